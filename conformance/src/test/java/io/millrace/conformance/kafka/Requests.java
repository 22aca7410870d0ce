package io.millrace.conformance.kafka;

import io.millrace.conformance.BrokerUnderTest;
import io.millrace.conformance.Wire;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.ListOffsetsRequestData;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.MessageUtil;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.Records;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.apache.kafka.common.requests.FetchRequest;
import org.apache.kafka.common.requests.FetchResponse;
import org.apache.kafka.common.requests.ListOffsetsRequest;
import org.apache.kafka.common.requests.MetadataRequest;
import org.apache.kafka.common.requests.ProduceRequest;
import org.apache.kafka.common.requests.RequestHeader;

/// Requests built by hand for tests that choose the version themselves. All concern partition 0 of one topic.
final class Requests {
    private Requests() {}

    static MetadataRequest metadata(String topic, int version) {
        var data = new MetadataRequestData().setAllowAutoTopicCreation(version < 4);
        data.topics().add(new MetadataRequestData.MetadataRequestTopic().setName(topic));
        return new MetadataRequest(data, (short) version);
    }

    static MemoryRecords records(String... values) {
        var records = new SimpleRecord[values.length];
        for (int i = 0; i < values.length; i++) {
            records[i] = new SimpleRecord(values[i].getBytes(StandardCharsets.UTF_8));
        }
        return MemoryRecords.withRecords(Compression.NONE, records);
    }

    /// From version 13 on a topic is known by its id alone.
    static ProduceRequest produce(String topic, Uuid id, int version, int acks, MemoryRecords records) {
        var partition =
                new ProduceRequestData.PartitionProduceData().setIndex(0).setRecords(records);
        var topicData = new ProduceRequestData.TopicProduceData().setPartitionData(List.of(partition));
        if (version >= 13) {
            topicData.setTopicId(id);
        } else {
            topicData.setName(topic);
        }
        var data = new ProduceRequestData().setAcks((short) acks).setTimeoutMs(5_000);
        data.topicData().add(topicData);
        return new ProduceRequest(data, (short) version);
    }

    /// A full fetch outside any session; from version 13 on a topic is known by its id alone.
    static FetchRequest fetch(String topic, Uuid id, int version, long offset, int waitMs) {
        var partition = new FetchRequestData.FetchPartition()
                .setPartition(0)
                .setFetchOffset(offset)
                .setPartitionMaxBytes(1_000_000);
        var topicData = new FetchRequestData.FetchTopic().setPartitions(List.of(partition));
        if (version >= 13) {
            topicData.setTopicId(id);
        } else {
            topicData.setTopic(topic);
        }
        var data = new FetchRequestData()
                .setMaxWaitMs(waitMs)
                .setMinBytes(1)
                .setMaxBytes(1_000_000)
                .setTopics(List.of(topicData));
        if (version >= 7) {
            data.setSessionId(0).setSessionEpoch(-1);
        }
        return new FetchRequest(data, (short) version);
    }

    static ListOffsetsRequest latestOffset(String topic, int version) {
        var partition = new ListOffsetsRequestData.ListOffsetsPartition()
                .setPartitionIndex(0)
                .setTimestamp(ListOffsetsRequest.LATEST_TIMESTAMP);
        var data = new ListOffsetsRequestData().setReplicaId(-1);
        data.topics()
                .add(new ListOffsetsRequestData.ListOffsetsTopic()
                        .setName(topic)
                        .setPartitions(List.of(partition)));
        return ListOffsetsRequest.parse(MessageUtil.toByteBufferAccessor(data, (short) version), (short) version);
    }

    /// The codecs of the first batches as the broker hands them out.
    static Set<String> storedCodecs(BrokerUnderTest broker, String topic) throws IOException {
        try (var wire = new Wire(broker.port())) {
            RequestHeader header = Wire.header(ApiKeys.FETCH, 12, 1);
            wire.send(header, fetch(topic, Uuid.ZERO_UUID, 12, 0, 100));
            var partition = ((FetchResponse) wire.receive(header))
                    .data()
                    .responses()
                    .getFirst()
                    .partitions()
                    .getFirst();
            var codecs = new HashSet<String>();
            ((Records) partition.records()).batches().forEach(batch -> codecs.add(batch.compressionType().name));
            return codecs;
        }
    }
}
