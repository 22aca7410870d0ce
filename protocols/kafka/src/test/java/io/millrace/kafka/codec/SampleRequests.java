package io.millrace.kafka.codec;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.message.CreateTopicsRequestData;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopic;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopicConfig;
import org.apache.kafka.common.message.DescribeConfigsRequestData;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.InitProducerIdRequestData;
import org.apache.kafka.common.message.ListOffsetsRequestData;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.MessageUtil;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.apache.kafka.common.requests.RequestHeader;

/// Valid frames of many shapes, as kafka-clients writes them: the default request of every API and version, and filled
/// ones.
final class SampleRequests {
    private SampleRequests() {}

    static List<ByteBuffer> frames() {
        List<ByteBuffer> frames = new ArrayList<>();
        for (ApiKeys key : ApiKeys.clientApis()) {
            if (key == ApiKeys.DESCRIBE_ACLS) {
                continue; // its default request asks for unknown kinds, which the client library refuses
            }
            for (short version = key.oldestVersion(); version <= key.latestVersion(); version++) {
                frames.add(frame(key, version, key.messageType.newRequest()));
            }
        }
        frames.add(frame(ApiKeys.PRODUCE, 9, produce(false)));
        frames.add(frame(ApiKeys.PRODUCE, 3, produce(false)));
        frames.add(frame(ApiKeys.PRODUCE, 13, produce(true)));
        frames.add(frame(ApiKeys.FETCH, 4, fetch(false)));
        frames.add(frame(ApiKeys.FETCH, 12, fetch(false)));
        frames.add(frame(ApiKeys.FETCH, 18, fetch(true)));
        frames.add(frame(
                ApiKeys.METADATA,
                9,
                new MetadataRequestData()
                        .setTopics(List.of(new MetadataRequestData.MetadataRequestTopic().setName("orders")))));
        frames.add(frame(
                ApiKeys.LIST_OFFSETS,
                7,
                new ListOffsetsRequestData()
                        .setTopics(List.of(new ListOffsetsRequestData.ListOffsetsTopic()
                                .setName("orders")
                                .setPartitions(List.of(
                                        new ListOffsetsRequestData.ListOffsetsPartition().setTimestamp(-1)))))));
        frames.add(frame(ApiKeys.CREATE_TOPICS, 7, createTopics()));
        frames.add(frame(
                ApiKeys.DESCRIBE_CONFIGS,
                4,
                new DescribeConfigsRequestData()
                        .setResources(List.of(new DescribeConfigsRequestData.DescribeConfigsResource()
                                .setResourceType((byte) 2)
                                .setResourceName("orders")
                                .setConfigurationKeys(List.of("retention.ms"))))));
        frames.add(frame(ApiKeys.INIT_PRODUCER_ID, 4, new InitProducerIdRequestData()));
        return frames;
    }

    static ByteBuffer frame(ApiKeys key, int version, ApiMessage body) {
        RequestHeader header = new RequestHeader(key, (short) version, "client-é", 77);
        ByteBuffer head = MessageUtil.toByteBufferAccessor(header.data(), header.headerVersion())
                .buffer();
        ByteBuffer rest =
                MessageUtil.toByteBufferAccessor(body, (short) version).buffer();
        return ByteBuffer.allocate(head.remaining() + rest.remaining())
                .put(head)
                .put(rest)
                .flip();
    }

    static MemoryRecords records(String... values) {
        SimpleRecord[] records = new SimpleRecord[values.length];
        for (int i = 0; i < values.length; i++) {
            records[i] = new SimpleRecord(1_000 + i, null, values[i].getBytes(java.nio.charset.StandardCharsets.UTF_8));
        }
        return MemoryRecords.withRecords(Compression.NONE, records);
    }

    static ProduceRequestData produce(boolean byId) {
        ProduceRequestData data = new ProduceRequestData().setAcks((short) -1).setTimeoutMs(1_000);
        data.topicData()
                .add(new ProduceRequestData.TopicProduceData()
                        .setName(byId ? "" : "orders")
                        .setTopicId(byId ? new Uuid(1, 2) : Uuid.ZERO_UUID)
                        .setPartitionData(List.of(new ProduceRequestData.PartitionProduceData()
                                .setIndex(0)
                                .setRecords(records("one", "two")))));
        return data;
    }

    private static FetchRequestData fetch(boolean byId) {
        return new FetchRequestData()
                .setMaxWaitMs(500)
                .setMinBytes(1)
                .setMaxBytes(1 << 20)
                .setTopics(List.of(new FetchRequestData.FetchTopic()
                        .setTopic(byId ? "" : "orders")
                        .setTopicId(byId ? new Uuid(1, 2) : Uuid.ZERO_UUID)
                        .setPartitions(List.of(new FetchRequestData.FetchPartition()
                                .setPartition(3)
                                .setPartitionMaxBytes(1 << 20)))))
                .setForgottenTopicsData(
                        byId
                                ? List.of(new FetchRequestData.ForgottenTopic()
                                        .setTopicId(new Uuid(3, 4))
                                        .setPartitions(List.of(1, 2)))
                                : List.of());
    }

    private static CreateTopicsRequestData createTopics() {
        CreatableTopic topic =
                new CreatableTopic().setName("orders").setNumPartitions(3).setReplicationFactor((short) 1);
        topic.configs().add(new CreatableTopicConfig().setName("cleanup.policy").setValue("compact"));
        CreateTopicsRequestData data = new CreateTopicsRequestData();
        data.topics().add(topic);
        return data;
    }
}
