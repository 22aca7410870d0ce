package io.millrace.benchmarks.vskafka.wire;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.message.CreateTopicsRequestData;
import org.apache.kafka.common.message.DeleteTopicsRequestData;
import org.apache.kafka.common.message.ListOffsetsRequestData.ListOffsetsPartition;
import org.apache.kafka.common.message.ListOffsetsRequestData.ListOffsetsTopic;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.AbstractRequest;
import org.apache.kafka.common.requests.CreateTopicsRequest;
import org.apache.kafka.common.requests.CreateTopicsResponse;
import org.apache.kafka.common.requests.DeleteTopicsRequest;
import org.apache.kafka.common.requests.DeleteTopicsResponse;
import org.apache.kafka.common.requests.ListOffsetsRequest;
import org.apache.kafka.common.requests.ListOffsetsResponse;
import org.apache.kafka.common.requests.MetadataRequest;
import org.apache.kafka.common.requests.MetadataResponse;

/// Creates, watches and deletes topics over one connection.
///
/// Owned by: the thread that owns the connection.
public final class TopicAdmin {
    private static final short METADATA_VERSION = 12;
    private static final short CREATE_TOPICS_VERSION = 7;
    private static final short DELETE_TOPICS_VERSION = 5;
    private static final short LIST_OFFSETS_VERSION = 7;
    private static final int TIMEOUT_MILLIS = 60_000;
    private static final long POLL_MILLIS = 20;

    private final KafkaWire wire;

    public TopicAdmin(KafkaWire wire) {
        this.wire = wire;
    }

    /// How many brokers the node knows: none until it is ready.
    public int brokerCount() throws IOException {
        return metadata(new MetadataRequestData().setTopics(List.of()))
                .brokers()
                .size();
    }

    /// Creates all topics in one request; anything but success is a failure.
    public void create(List<String> names, int partitions, Map<String, String> configs) throws IOException {
        CreateTopicsRequestData data = new CreateTopicsRequestData().setTimeoutMs(TIMEOUT_MILLIS);
        for (String name : names) {
            var topic = new CreateTopicsRequestData.CreatableTopic()
                    .setName(name)
                    .setNumPartitions(partitions)
                    .setReplicationFactor((short) 1);
            configs.forEach((key, value) -> topic.configs()
                    .add(new CreateTopicsRequestData.CreatableTopicConfig()
                            .setName(key)
                            .setValue(value)));
            data.topics().add(topic);
        }
        CreateTopicsRequest request = new CreateTopicsRequest.Builder(data).build(CREATE_TOPICS_VERSION);
        for (var result : wire.send(request, CreateTopicsResponse.class).data().topics()) {
            check(result.errorCode(), "create " + result.name() + " " + result.errorMessage());
        }
    }

    /// Deletes the topics by name.
    public void delete(List<String> names) throws IOException {
        DeleteTopicsRequestData data =
                new DeleteTopicsRequestData().setTopicNames(names).setTimeoutMs(TIMEOUT_MILLIS);
        DeleteTopicsRequest request = new DeleteTopicsRequest.Builder(data).build(DELETE_TOPICS_VERSION);
        for (var result : wire.send(request, DeleteTopicsResponse.class).data().responses()) {
            check(result.errorCode(), "delete " + result.name());
        }
    }

    /// Waits until Metadata lists a leader for every partition and every leader answers for its partition.
    public void awaitOnline(List<String> names, int partitions, Duration timeoutMax)
            throws IOException, InterruptedException {
        long deadline = System.nanoTime() + timeoutMax.toNanos();
        while (leaderCount(names) < names.size() * partitions || !answerOffsets(names, partitions)) {
            if (System.nanoTime() > deadline) {
                throw new IOException("leaders missing after " + timeoutMax);
            }
            TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
        }
    }

    /// Partitions of these topics that Metadata lists with a leader and without an error.
    private int leaderCount(List<String> names) throws IOException {
        MetadataRequestData data = new MetadataRequestData().setAllowAutoTopicCreation(false);
        List<MetadataRequestData.MetadataRequestTopic> topics = new ArrayList<>();
        names.forEach(name -> topics.add(new MetadataRequestData.MetadataRequestTopic().setName(name)));
        data.setTopics(topics);
        return metadata(data).data().topics().stream()
                .filter(topic -> topic.errorCode() == Errors.NONE.code())
                .flatMap(topic -> topic.partitions().stream())
                .mapToInt(partition -> partition.leaderId() >= 0 && partition.errorCode() == 0 ? 1 : 0)
                .sum();
    }

    /// A leader in Metadata may still be loading its log; one that answers ListOffsets is online.
    private boolean answerOffsets(List<String> names, int partitions) throws IOException {
        return listOffsets(names, partitions).topics().stream()
                .flatMap(topic -> topic.partitions().stream())
                .allMatch(partition -> partition.errorCode() == Errors.NONE.code());
    }

    /// The sum of the end offsets of all partitions: how many records were ever appended to fresh topics.
    public long endOffsetSum(List<String> names, int partitions) throws IOException {
        long sum = 0;
        for (var topic : listOffsets(names, partitions).topics()) {
            for (var partition : topic.partitions()) {
                check(partition.errorCode(), "offset of " + topic.name());
                sum += partition.offset();
            }
        }
        return sum;
    }

    private ListOffsetsResponse listOffsets(List<String> names, int partitions) throws IOException {
        List<ListOffsetsTopic> topics = new ArrayList<>();
        for (String name : names) {
            ListOffsetsTopic topic = new ListOffsetsTopic().setName(name);
            for (int index = 0; index < partitions; index++) {
                topic.partitions()
                        .add(new ListOffsetsPartition()
                                .setPartitionIndex(index)
                                .setTimestamp(ListOffsetsRequest.LATEST_TIMESTAMP));
            }
            topics.add(topic);
        }
        AbstractRequest request = ListOffsetsRequest.Builder.forConsumer(false, IsolationLevel.READ_UNCOMMITTED)
                .setTargetTimes(topics)
                .build(LIST_OFFSETS_VERSION);
        return wire.send(request, ListOffsetsResponse.class);
    }

    private MetadataResponse metadata(MetadataRequestData data) throws IOException {
        return wire.send(new MetadataRequest(data, METADATA_VERSION), MetadataResponse.class);
    }

    private static void check(short code, String what) throws IOException {
        Errors error = Errors.forCode(code);
        if (error != Errors.NONE) {
            throw new IOException(what + ": " + error);
        }
    }
}
