package io.millrace.benchmarks.vskafka.wire;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.message.CreateTopicsRequestData;
import org.apache.kafka.common.message.DeleteTopicsRequestData;
import org.apache.kafka.common.message.ListOffsetsRequestData.ListOffsetsPartition;
import org.apache.kafka.common.message.ListOffsetsRequestData.ListOffsetsTopic;
import org.apache.kafka.common.message.ListOffsetsResponseData.ListOffsetsPartitionResponse;
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
    public void create(List<String> names, int partitions, int replicas, Map<String, String> configs)
            throws IOException {
        CreateTopicsRequestData data = new CreateTopicsRequestData().setTimeoutMs(TIMEOUT_MILLIS);
        for (String name : names) {
            var topic = new CreateTopicsRequestData.CreatableTopic()
                    .setName(name)
                    .setNumPartitions(partitions)
                    .setReplicationFactor((short) replicas);
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

    /// Waits until Metadata lists a leader and all replicas in sync for every partition, and every leader answers for
    /// its partitions.
    public void awaitOnline(List<String> names, int partitions, Duration timeoutMax)
            throws IOException, InterruptedException {
        long deadline = System.nanoTime() + timeoutMax.toNanos();
        while (!isOnline(names, partitions)) {
            if (System.nanoTime() > deadline) {
                throw new IOException("leaders or replicas missing after " + timeoutMax);
            }
            TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
        }
    }

    private boolean isOnline(List<String> names, int partitions) throws IOException {
        Placement placement = placement(names);
        return placement.inSync() == names.size() * partitions && answerOffsets(placement.led());
    }

    /// Who leads what of these topics now.
    public Placement placement(List<String> names) throws IOException {
        MetadataRequestData data = new MetadataRequestData().setAllowAutoTopicCreation(false);
        List<MetadataRequestData.MetadataRequestTopic> topics = new ArrayList<>();
        names.forEach(name -> topics.add(new MetadataRequestData.MetadataRequestTopic().setName(name)));
        return Placement.of(metadata(data.setTopics(topics)).data());
    }

    /// A leader in Metadata may still be loading its log; one that answers ListOffsets is online.
    private static boolean answerOffsets(Map<InetSocketAddress, List<FrameTarget>> led) throws IOException {
        for (var entry : led.entrySet()) {
            for (var partition : endOffsets(entry.getKey(), entry.getValue())) {
                if (partition.errorCode() != Errors.NONE.code()) {
                    return false;
                }
            }
        }
        return true;
    }

    /// The sum of the end offsets of all partitions: how many records were ever appended to fresh topics.
    public long endOffsetSum(List<String> names) throws IOException {
        long sum = 0;
        for (var entry : placement(names).led().entrySet()) {
            for (var partition : endOffsets(entry.getKey(), entry.getValue())) {
                check(partition.errorCode(), "offset of partition " + partition.partitionIndex());
                sum += partition.offset();
            }
        }
        return sum;
    }

    private static List<ListOffsetsPartitionResponse> endOffsets(InetSocketAddress leader, List<FrameTarget> targets)
            throws IOException {
        Map<String, ListOffsetsTopic> topics = new LinkedHashMap<>();
        for (FrameTarget target : targets) {
            topics.computeIfAbsent(target.topic(), name -> new ListOffsetsTopic().setName(name))
                    .partitions()
                    .add(new ListOffsetsPartition()
                            .setPartitionIndex(target.partition())
                            .setTimestamp(ListOffsetsRequest.LATEST_TIMESTAMP));
        }
        AbstractRequest request = ListOffsetsRequest.Builder.forConsumer(false, IsolationLevel.READ_UNCOMMITTED)
                .setTargetTimes(List.copyOf(topics.values()))
                .build(LIST_OFFSETS_VERSION);
        try (KafkaWire wire = new KafkaWire(leader)) {
            return wire.send(request, ListOffsetsResponse.class).topics().stream()
                    .flatMap(topic -> topic.partitions().stream())
                    .toList();
        }
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
