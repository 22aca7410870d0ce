package io.millrace.kafka.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.catalog.NodeView;
import io.millrace.broker.partition.AppendReply;
import io.millrace.broker.partition.LeaderHint;
import io.millrace.kafka.KafkaFixture;
import io.millrace.kafka.mapping.Uuids;
import io.millrace.log.batch.AppendResult;
import io.millrace.log.config.LogConfig;
import io.millrace.model.ErrorKind;
import io.millrace.model.TopicPartition;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.message.ProduceRequestData.PartitionProduceData;
import org.apache.kafka.common.message.ProduceRequestData.TopicProduceData;
import org.apache.kafka.common.message.ProduceResponseData.PartitionProduceResponse;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.apache.kafka.common.requests.ProduceRequest;
import org.apache.kafka.common.requests.ProduceResponse;
import org.junit.jupiter.api.Test;

class HandleProduceTest {
    private static final TopicPartition ORDERS_0 = new TopicPartition("orders", 0);

    private final KafkaFixture node = new KafkaFixture();

    HandleProduceTest() {
        node.topic("orders", 3);
    }

    private static MemoryRecords records(Compression codec, String... values) {
        SimpleRecord[] records = new SimpleRecord[values.length];
        for (int i = 0; i < values.length; i++) {
            records[i] = new SimpleRecord(1_000, null, values[i].getBytes(StandardCharsets.UTF_8));
        }
        return MemoryRecords.withRecords(codec, records);
    }

    private static ProduceRequestData data(int acks, String topic, int partition, MemoryRecords records) {
        ProduceRequestData data = new ProduceRequestData().setAcks((short) acks).setTimeoutMs(1_000);
        data.topicData()
                .add(new TopicProduceData()
                        .setName(topic)
                        .setPartitionData(List.of(
                                new PartitionProduceData().setIndex(partition).setRecords(records))));
        return data;
    }

    private PartitionProduceResponse produce(ProduceRequestData data, int version) {
        ProduceResponse answer = node.call(new ProduceRequest(data, (short) version), ProduceResponse.class);
        return answer.data().responses().iterator().next().partitionResponses().getFirst();
    }

    private Errors errorOf(ProduceRequestData data, int version) {
        return Errors.forCode(produce(data, version).errorCode());
    }

    @Test
    void everyVersionAppendsAndAnswersTheOffset() {
        long expected = 0;
        for (short version : KafkaFixture.versions(ApiKeys.PRODUCE, 3, 12)) {
            PartitionProduceResponse answer =
                    produce(data(-1, "orders", 0, records(Compression.NONE, "a", "b")), version);

            assertThat(answer.errorCode()).as("v" + version).isZero();
            assertThat(answer.baseOffset()).as("v" + version).isEqualTo(expected);
            expected += 2;
        }
        assertThat(node.partitions.endOffset(ORDERS_0)).isEqualTo(expected);
    }

    @Test
    void version13NamesTopicsById() {
        Uuid id = Uuids.of(node.catalog.current().topic("orders").orElseThrow().id());
        ProduceRequestData data = data(-1, "", 1, records(Compression.NONE, "a"));
        data.topicData().iterator().next().setTopicId(id);

        assertThat(errorOf(data, 13)).isEqualTo(Errors.NONE);
        assertThat(node.partitions.appends()).containsExactly(new TopicPartition("orders", 1));
    }

    @Test
    void anIdNobodyHasIsUnknown() {
        ProduceRequestData data = data(-1, "", 0, records(Compression.NONE, "a"));
        data.topicData().iterator().next().setTopicId(new Uuid(8, 9));

        assertThat(errorOf(data, 13)).isEqualTo(Errors.UNKNOWN_TOPIC_ID);
    }

    /// Up to five batches of a producer are on their way at once; the topic becomes known between two of them.
    @Test
    void whatFollowsABatchForAnUnknownTopicWaitsForItToComeAgain() {
        KafkaFixture same = new KafkaFixture();
        same.topic("orders", 3);
        same.topic("late", 1);
        Uuid id = Uuids.of(same.catalog.current().topic("late").orElseThrow().id());

        assertThat(errorOf(idempotent(id, 0), 13)).isEqualTo(Errors.UNKNOWN_TOPIC_ID);
        node.topic("late", 1);
        assertThat(errorOf(idempotent(id, 1), 13)).isEqualTo(Errors.OUT_OF_ORDER_SEQUENCE_NUMBER);
        assertThat(errorOf(idempotent(id, 0), 13)).isEqualTo(Errors.NONE);
        assertThat(errorOf(idempotent(id, 1), 13)).isEqualTo(Errors.NONE);
    }

    private static ProduceRequestData idempotent(Uuid topic, int sequence) {
        MemoryRecords batch = MemoryRecords.withIdempotentRecords(
                Compression.NONE, 7, (short) 0, sequence, new SimpleRecord("v".getBytes(StandardCharsets.UTF_8)));
        ProduceRequestData data = data(-1, "", 0, batch);
        data.topicData().iterator().next().setTopicId(topic);
        return data;
    }

    @Test
    void partitionsSucceedAndFailOneByOneInRequestOrder() {
        ProduceRequestData data = new ProduceRequestData().setAcks((short) -1).setTimeoutMs(1_000);
        data.topicData()
                .add(new TopicProduceData()
                        .setName("orders")
                        .setPartitionData(List.of(
                                new PartitionProduceData().setIndex(9).setRecords(records(Compression.NONE, "a")),
                                new PartitionProduceData().setIndex(2).setRecords(records(Compression.NONE, "a")))));

        ProduceResponse answer = node.call(new ProduceRequest(data, (short) 9), ProduceResponse.class);

        List<PartitionProduceResponse> parts =
                answer.data().responses().iterator().next().partitionResponses();
        assertThat(parts).extracting(PartitionProduceResponse::index).containsExactly(9, 2);
        assertThat(parts)
                .extracting(PartitionProduceResponse::errorCode)
                .containsExactly(Errors.UNKNOWN_TOPIC_OR_PARTITION.code(), Errors.NONE.code());
    }

    @Test
    void acksAllWaitsForTheCommitWhileLaterProducesAreAppended() {
        node.partitions.holdCommits();
        node.send(new ProduceRequest(data(-1, "orders", 0, records(Compression.NONE, "a")), (short) 9));
        node.send(new ProduceRequest(data(-1, "orders", 1, records(Compression.NONE, "b")), (short) 9));
        assertThat(node.connection.unread()).isZero();
        assertThat(node.partitions.appends()).hasSize(2);

        node.partitions.commit();

        assertThat(node.receive(ProduceResponse.class).data().responses()).hasSize(1);
        assertThat(node.receive(ProduceResponse.class).data().responses()).hasSize(1);
    }

    @Test
    void acks0GetsNoAnswer() {
        node.send(new ProduceRequest(data(0, "orders", 0, records(Compression.NONE, "a")), (short) 9));
        node.expectNoAnswer();

        assertThat(node.connection.unread()).isZero();
        assertThat(node.connection.closed()).isEmpty();
        assertThat(node.partitions.endOffset(ORDERS_0)).isEqualTo(1);
        assertThat(node.metrics).containsExactly("PRODUCE v9 false");
        assertThat(produce(data(1, "orders", 0, records(Compression.NONE, "b")), 9)
                        .baseOffset())
                .isEqualTo(1);
    }

    @Test
    void acks0WithAnErrorClosesTheConnection() {
        node.send(new ProduceRequest(data(0, "nowhere", 0, records(Compression.NONE, "a")), (short) 9));

        assertThat(node.connection.closed())
                .hasValueSatisfying(why -> assertThat(why).contains("UNKNOWN_TOPIC_OR_PARTITION"));
    }

    @Test
    void otherAcksAreRefused() {
        assertThat(errorOf(data(2, "orders", 0, records(Compression.NONE, "a")), 9))
                .isEqualTo(Errors.INVALID_REQUIRED_ACKS);
        assertThat(node.partitions.appends()).isEmpty();
    }

    @Test
    void zstdNeedsVersion7() {
        MemoryRecords zstd = records(Compression.zstd().build(), "a");

        assertThat(errorOf(data(-1, "orders", 0, zstd), 6)).isEqualTo(Errors.UNSUPPORTED_COMPRESSION_TYPE);
        assertThat(errorOf(data(-1, "orders", 0, zstd), 7)).isEqualTo(Errors.NONE);
    }

    @Test
    void aRecordSetHoldsExactlyOneBatch() {
        java.nio.ByteBuffer one = records(Compression.NONE, "a").buffer();
        java.nio.ByteBuffer two = java.nio.ByteBuffer.allocate(one.remaining() * 2)
                .put(one.duplicate())
                .put(one.duplicate())
                .flip();

        assertThat(errorOf(data(-1, "orders", 0, MemoryRecords.readableRecords(two)), 9))
                .isEqualTo(Errors.INVALID_RECORD);
        assertThat(errorOf(data(-1, "orders", 0, MemoryRecords.EMPTY), 9)).isEqualTo(Errors.INVALID_RECORD);
        assertThat(errorOf(data(-1, "orders", 0, null), 9)).isEqualTo(Errors.INVALID_RECORD);
    }

    @Test
    void oldBatchFormatsAreRefused() {
        java.nio.ByteBuffer batch = records(Compression.NONE, "a").buffer();
        batch.put(16, (byte) 1);

        PartitionProduceResponse answer = produce(data(-1, "orders", 0, MemoryRecords.readableRecords(batch)), 9);

        assertThat(answer.errorCode()).isEqualTo(Errors.INVALID_RECORD.code());
        assertThat(answer.errorMessage()).contains("magic");
    }

    @Test
    void transactionsAreRefusedUntilThereAreSome() {
        ProduceRequestData data =
                data(-1, "orders", 0, records(Compression.NONE, "a")).setTransactionalId("tx");

        assertThat(errorOf(data, 9)).isEqualTo(Errors.INVALID_TXN_STATE);
        assertThat(node.partitions.appends()).isEmpty();
    }

    @Test
    void recordErrorsReachTheClient() {
        AppendResult refused = new AppendResult(
                ErrorKind.INVALID_RECORD,
                -1,
                -1,
                -1,
                0,
                false,
                List.of(new AppendResult.RecordError(1, "no key")),
                "one or more records are wrong");
        node.partitions.refuse(ORDERS_0, AppendReply.of(refused));

        PartitionProduceResponse answer = produce(data(-1, "orders", 0, records(Compression.NONE, "a", "b")), 8);

        assertThat(answer.errorCode()).isEqualTo(Errors.INVALID_RECORD.code());
        assertThat(answer.errorMessage()).isEqualTo("one or more records are wrong");
        assertThat(answer.recordErrors().getFirst().batchIndex()).isEqualTo(1);
        assertThat(answer.recordErrors().getFirst().batchIndexErrorMessage()).isEqualTo("no key");
    }

    /// KIP-951.
    @Test
    void theNewLeaderIsNamedFromVersion10On() {
        node.catalog.addNode(new NodeView(2, "r2", false, List.of(new NodeView.Endpoint("kafka", "other", 9093))));
        node.partitions.refuse(
                ORDERS_0, new AppendReply(AppendResult.refused(ErrorKind.NOT_LEADER, -1, ""), new LeaderHint(2, 7)));
        ProduceRequestData data = data(-1, "orders", 0, records(Compression.NONE, "a"));

        ProduceResponse answer = node.call(new ProduceRequest(data, (short) 10), ProduceResponse.class);

        PartitionProduceResponse part =
                answer.data().responses().iterator().next().partitionResponses().getFirst();
        assertThat(part.errorCode()).isEqualTo(Errors.NOT_LEADER_OR_FOLLOWER.code());
        assertThat(part.currentLeader().leaderId()).isEqualTo(2);
        assertThat(part.currentLeader().leaderEpoch()).isEqualTo(7);
        assertThat(answer.data().nodeEndpoints().find(2).host()).isEqualTo("other");
        assertThat(errorOf(data, 9)).isEqualTo(Errors.NOT_LEADER_OR_FOLLOWER);
    }

    @Test
    void onlyKafkasOwnToolsWriteToInternalTopics() {
        node.catalog.addTopic("__consumer_offsets", 1, LogConfig.DEFAULT, true);
        node.partitions.create("__consumer_offsets", 1);
        ProduceRequestData data = data(-1, "__consumer_offsets", 0, records(Compression.NONE, "a"));

        assertThat(errorOf(data, 9)).isEqualTo(Errors.INVALID_TOPIC_EXCEPTION);
        node.as("__admin_client");
        assertThat(errorOf(data, 9)).isEqualTo(Errors.NONE);
    }

    @Test
    void nobodyWritesToTheLogOfAQueue() {
        node.catalog.addTopic("queue.amq.tx.1", 1, LogConfig.DEFAULT, true);
        node.partitions.create("queue.amq.tx.1", 1);
        node.as("__admin_client");

        assertThat(errorOf(data(-1, "queue.amq.tx.1", 0, records(Compression.NONE, "a")), 9))
                .isEqualTo(Errors.INVALID_TOPIC_EXCEPTION);
    }
}
