package io.millrace.kafka.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.kafka.KafkaFixture;
import io.millrace.log.config.LogConfig;
import io.millrace.model.TopicPartition;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.message.DeleteRecordsRequestData;
import org.apache.kafka.common.message.DeleteRecordsRequestData.DeleteRecordsPartition;
import org.apache.kafka.common.message.DeleteRecordsRequestData.DeleteRecordsTopic;
import org.apache.kafka.common.message.DeleteRecordsResponseData.DeleteRecordsPartitionResult;
import org.apache.kafka.common.message.DescribeProducersRequestData;
import org.apache.kafka.common.message.DescribeProducersRequestData.TopicRequest;
import org.apache.kafka.common.message.DescribeProducersResponseData.PartitionResponse;
import org.apache.kafka.common.message.ListOffsetsRequestData;
import org.apache.kafka.common.message.ListOffsetsRequestData.ListOffsetsPartition;
import org.apache.kafka.common.message.ListOffsetsRequestData.ListOffsetsTopic;
import org.apache.kafka.common.message.ListOffsetsResponseData.ListOffsetsPartitionResponse;
import org.apache.kafka.common.message.OffsetForLeaderEpochRequestData;
import org.apache.kafka.common.message.OffsetForLeaderEpochRequestData.OffsetForLeaderPartition;
import org.apache.kafka.common.message.OffsetForLeaderEpochRequestData.OffsetForLeaderTopic;
import org.apache.kafka.common.message.OffsetForLeaderEpochResponseData.EpochEndOffset;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.protocol.MessageUtil;
import org.apache.kafka.common.requests.AbstractRequest;
import org.apache.kafka.common.requests.DeleteRecordsResponse;
import org.apache.kafka.common.requests.DescribeProducersResponse;
import org.apache.kafka.common.requests.ListOffsetsResponse;
import org.apache.kafka.common.requests.OffsetsForLeaderEpochResponse;
import org.junit.jupiter.api.Test;

/// ListOffsets, OffsetForLeaderEpoch, DeleteRecords and DescribeProducers: questions to single partitions.
class HandleOffsetsTest {
    private final KafkaFixture node = new KafkaFixture();

    HandleOffsetsTest() {
        node.topic("orders", 2);
        node.partitions.setLogStart(new TopicPartition("orders", 1), 0);
    }

    private static AbstractRequest request(ApiKeys key, org.apache.kafka.common.protocol.ApiMessage data, int version) {
        ByteBufferAccessor bytes = MessageUtil.toByteBufferAccessor(data, (short) version);
        return AbstractRequest.parseRequest(key, (short) version, bytes).request;
    }

    private List<ListOffsetsPartitionResponse> listOffsets(int version, long... timestamps) {
        List<ListOffsetsPartition> partitions = new ArrayList<>();
        for (int i = 0; i < timestamps.length; i++) {
            partitions.add(new ListOffsetsPartition().setPartitionIndex(i).setTimestamp(timestamps[i]));
        }
        ListOffsetsRequestData data = new ListOffsetsRequestData()
                .setReplicaId(-1)
                .setTopics(List.of(new ListOffsetsTopic().setName("orders").setPartitions(partitions)));
        return node.call(request(ApiKeys.LIST_OFFSETS, data, version), ListOffsetsResponse.class)
                .topics()
                .getFirst()
                .partitions();
    }

    @Test
    void everyVersionAnswersFirstAndLast() {
        for (short version : KafkaFixture.versions(ApiKeys.LIST_OFFSETS, 1, 11)) {
            List<ListOffsetsPartitionResponse> answers = listOffsets(version, -2, -1);

            assertThat(answers).as("v" + version).allSatisfy(answer -> {
                assertThat(answer.errorCode()).isZero();
                assertThat(answer.offset()).isZero();
            });
        }
    }

    @Test
    void aTimeIsLookedUp() {
        assertThat(listOffsets(5, 1_234).getFirst().offset()).isEqualTo(1_234);
    }

    @Test
    void eachSpecialTimestampNeedsItsVersion() {
        assertThat(errorOfSpecial(-3, 6)).isEqualTo(Errors.UNSUPPORTED_VERSION);
        assertThat(errorOfSpecial(-3, 7)).isEqualTo(Errors.NONE);
        assertThat(errorOfSpecial(-4, 7)).isEqualTo(Errors.UNSUPPORTED_VERSION);
        assertThat(errorOfSpecial(-4, 8)).isEqualTo(Errors.NONE);
        assertThat(errorOfSpecial(-5, 8)).isEqualTo(Errors.UNSUPPORTED_VERSION);
        assertThat(errorOfSpecial(-5, 9)).isEqualTo(Errors.NONE);
        assertThat(errorOfSpecial(-6, 10)).isEqualTo(Errors.UNSUPPORTED_VERSION);
        assertThat(errorOfSpecial(-6, 11)).isEqualTo(Errors.NONE);
        assertThat(errorOfSpecial(-7, 11)).isEqualTo(Errors.UNSUPPORTED_VERSION);
        assertThat(errorOfSpecial(Long.MIN_VALUE, 11)).isEqualTo(Errors.UNSUPPORTED_VERSION);
    }

    private Errors errorOfSpecial(long timestamp, int version) {
        return Errors.forCode(listOffsets(version, timestamp).getFirst().errorCode());
    }

    @Test
    void anUnknownPartitionIsUnknown() {
        assertThat(listOffsets(5, -1, -1, -1).get(2).errorCode()).isEqualTo(Errors.UNKNOWN_TOPIC_OR_PARTITION.code());
    }

    @Test
    void aPartitionAskedTwiceIsRefused() {
        ListOffsetsPartition twice =
                new ListOffsetsPartition().setPartitionIndex(0).setTimestamp(-1);
        ListOffsetsRequestData data = new ListOffsetsRequestData()
                .setTopics(List.of(new ListOffsetsTopic().setName("orders").setPartitions(List.of(twice, twice))));

        ListOffsetsResponse answer = node.call(request(ApiKeys.LIST_OFFSETS, data, 5), ListOffsetsResponse.class);

        assertThat(answer.topics().getFirst().partitions())
                .extracting(ListOffsetsPartitionResponse::errorCode)
                .containsOnly(Errors.INVALID_REQUEST.code());
    }

    @Test
    void epochsEndWhereTheLogSays() {
        for (short version : KafkaFixture.versions(ApiKeys.OFFSET_FOR_LEADER_EPOCH, 2, 4)) {
            OffsetForLeaderEpochRequestData data = new OffsetForLeaderEpochRequestData().setReplicaId(-1);
            data.topics()
                    .add(new OffsetForLeaderTopic()
                            .setTopic("orders")
                            .setPartitions(List.of(
                                    new OffsetForLeaderPartition()
                                            .setPartition(0)
                                            .setLeaderEpoch(4),
                                    new OffsetForLeaderPartition()
                                            .setPartition(7)
                                            .setLeaderEpoch(4))));

            List<EpochEndOffset> answers = node.call(
                            request(ApiKeys.OFFSET_FOR_LEADER_EPOCH, data, version),
                            OffsetsForLeaderEpochResponse.class)
                    .data()
                    .topics()
                    .find("orders")
                    .partitions();

            assertThat(answers.get(0).leaderEpoch()).isEqualTo(4);
            assertThat(answers.get(0).endOffset()).isZero();
            assertThat(answers.get(1).errorCode()).isEqualTo(Errors.UNKNOWN_TOPIC_OR_PARTITION.code());
            assertThat(answers.get(1).endOffset()).isEqualTo(-1);
        }
    }

    private DeleteRecordsPartitionResult deleteRecords(String topic, long offset, int version) {
        DeleteRecordsRequestData data = new DeleteRecordsRequestData()
                .setTopics(List.of(new DeleteRecordsTopic()
                        .setName(topic)
                        .setPartitions(List.of(new DeleteRecordsPartition()
                                .setPartitionIndex(0)
                                .setOffset(offset)))));
        return node.call(request(ApiKeys.DELETE_RECORDS, data, version), DeleteRecordsResponse.class)
                .data()
                .topics()
                .find(topic)
                .partitions()
                .find(0);
    }

    @Test
    void recordsAreDeletedUpToTheHighWatermark() {
        for (short version : KafkaFixture.versions(ApiKeys.DELETE_RECORDS, 0, 2)) {
            assertThat(deleteRecords("orders", -1, version).errorCode()).isZero();
            assertThat(deleteRecords("orders", -1, version).lowWatermark()).isZero();
        }
        assertThat(deleteRecords("orders", 5, 2).errorCode()).isEqualTo(Errors.OFFSET_OUT_OF_RANGE.code());
        assertThat(deleteRecords("orders", -2, 2).errorCode()).isEqualTo(Errors.OFFSET_OUT_OF_RANGE.code());
        assertThat(deleteRecords("orders", -2, 2).lowWatermark()).isEqualTo(-1);
        assertThat(deleteRecords("nowhere", 0, 2).errorCode()).isEqualTo(Errors.UNKNOWN_TOPIC_OR_PARTITION.code());
    }

    @Test
    void recordsOfCompactedAndInternalTopicsStay() {
        node.catalog.addTopic("compacted", 1, compacted(), false);
        node.catalog.addTopic("__consumer_offsets", 1, LogConfig.DEFAULT, true);

        assertThat(deleteRecords("compacted", 0, 2).errorCode()).isEqualTo(Errors.POLICY_VIOLATION.code());
        assertThat(deleteRecords("__consumer_offsets", 0, 2).errorCode())
                .isEqualTo(Errors.INVALID_TOPIC_EXCEPTION.code());
    }

    private static LogConfig compacted() {
        LogConfig d = LogConfig.DEFAULT;
        return new LogConfig(
                d.segmentBytes(),
                d.segmentMs(),
                d.segmentJitterMs(),
                d.indexIntervalBytes(),
                d.indexBytesMax(),
                d.batchBytesMax(),
                d.retentionMs(),
                d.retentionBytes(),
                false,
                true,
                d.deleteRetentionMs(),
                d.minCompactionLagMs(),
                d.maxCompactionLagMs(),
                d.minCleanableRatio(),
                d.timestampType(),
                d.timestampBeforeMaxMs(),
                d.timestampAfterMaxMs(),
                d.compression(),
                d.compressionLevel(),
                d.fileDeleteDelayMs(),
                d.preallocate());
    }

    @Test
    void producersAreShown() {
        DescribeProducersRequestData data = new DescribeProducersRequestData();
        data.topics().add(new TopicRequest().setName("orders").setPartitionIndexes(List.of(0, 9)));

        List<PartitionResponse> answers = node.call(
                        request(ApiKeys.DESCRIBE_PRODUCERS, data, 0), DescribeProducersResponse.class)
                .data()
                .topics()
                .getFirst()
                .partitions();

        assertThat(answers.get(0).activeProducers().getFirst().producerId()).isEqualTo(7);
        assertThat(answers.get(0).activeProducers().getFirst().lastSequence()).isEqualTo(41);
        assertThat(answers.get(1).errorCode()).isEqualTo(Errors.UNKNOWN_TOPIC_OR_PARTITION.code());
    }
}
