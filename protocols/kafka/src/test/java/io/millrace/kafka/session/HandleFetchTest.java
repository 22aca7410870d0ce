package io.millrace.kafka.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.catalog.NodeView;
import io.millrace.broker.partition.FetchReply;
import io.millrace.broker.partition.LeaderHint;
import io.millrace.kafka.KafkaFixture;
import io.millrace.kafka.mapping.Uuids;
import io.millrace.model.ErrorKind;
import io.millrace.model.TopicPartition;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchRequestData.FetchPartition;
import org.apache.kafka.common.message.FetchRequestData.FetchTopic;
import org.apache.kafka.common.message.FetchRequestData.ForgottenTopic;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.message.FetchResponseData.PartitionData;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.message.ProduceRequestData.PartitionProduceData;
import org.apache.kafka.common.message.ProduceRequestData.TopicProduceData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.Record;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.apache.kafka.common.requests.FetchRequest;
import org.apache.kafka.common.requests.FetchResponse;
import org.apache.kafka.common.requests.ProduceRequest;
import org.apache.kafka.common.requests.ProduceResponse;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class HandleFetchTest {
    private static final int NO_SESSION = -1;
    private static final int NEW_SESSION = 0;

    private final KafkaFixture node = new KafkaFixture();

    HandleFetchTest() {
        node.topic("orders", 3);
        node.topic("bills", 2);
    }

    @AfterEach
    void everySliceWasReleased() {
        assertThat(node.partitions.openSlices()).isZero();
    }

    private void produce(String topic, int partition, String value) {
        ProduceRequestData data = new ProduceRequestData().setAcks((short) -1);
        MemoryRecords records = MemoryRecords.withRecords(
                Compression.NONE, new SimpleRecord(1, null, value.getBytes(StandardCharsets.UTF_8)));
        data.topicData()
                .add(new TopicProduceData()
                        .setName(topic)
                        .setPartitionData(List.of(
                                new PartitionProduceData().setIndex(partition).setRecords(records))));
        node.call(new ProduceRequest(data, (short) 9), ProduceResponse.class);
    }

    private static FetchTopic topic(String name, FetchPartition... partitions) {
        return new FetchTopic().setTopic(name).setPartitions(List.of(partitions));
    }

    private static FetchPartition at(int partition, long offset) {
        return new FetchPartition()
                .setPartition(partition)
                .setFetchOffset(offset)
                .setPartitionMaxBytes(1 << 20);
    }

    private static FetchRequestData data(int sessionId, int epoch, FetchTopic... topics) {
        return new FetchRequestData()
                .setMaxBytes(1 << 20)
                .setMinBytes(1)
                .setMaxWaitMs(0)
                .setSessionId(sessionId)
                .setSessionEpoch(epoch)
                .setTopics(List.of(topics));
    }

    private FetchResponseData fetch(FetchRequestData data, int version) {
        return node.call(new FetchRequest(data, (short) version), FetchResponse.class)
                .data();
    }

    private static List<String> values(PartitionData partition) {
        List<String> values = new ArrayList<>();
        for (Record record : FetchResponse.recordsOrFail(partition).records()) {
            byte[] value = new byte[record.valueSize()];
            record.value().get(value);
            values.add(new String(value, StandardCharsets.UTF_8));
        }
        return values;
    }

    private static List<String> shown(FetchResponseData data) {
        List<String> shown = new ArrayList<>();
        data.responses()
                .forEach(topic -> topic.partitions()
                        .forEach(partition -> shown.add(topic.topic() + "-"
                                + partition.partitionIndex()
                                + (partition.errorCode() == 0
                                        ? values(partition).toString()
                                        : Errors.forCode(partition.errorCode())))));
        return shown;
    }

    @Test
    void everyVersionByNameReturnsTheRecords() {
        produce("orders", 1, "hello");
        for (short version : KafkaFixture.versions(ApiKeys.FETCH, 4, 12)) {
            FetchResponseData answer = fetch(data(0, NO_SESSION, topic("orders", at(1, 0))), version);

            assertThat(shown(answer)).as("v" + version).containsExactly("orders-1[hello]");
            assertThat(answer.responses().getFirst().partitions().getFirst().highWatermark())
                    .isEqualTo(1);
        }
    }

    @Test
    void everyVersionByIdReturnsTheRecords() {
        produce("orders", 1, "hello");
        Uuid id = Uuids.of(node.catalog.current().topic("orders").orElseThrow().id());
        for (short version : KafkaFixture.versions(ApiKeys.FETCH, 13, 18)) {
            FetchResponseData answer =
                    fetch(data(0, NO_SESSION, topic("", at(1, 0)).setTopicId(id)), version);

            assertThat(shown(answer)).as("v" + version).containsExactly("-1[hello]");
            assertThat(answer.responses().getFirst().topicId()).isEqualTo(id);
        }
    }

    @Test
    void readCommittedSaysThatNothingIsAborted() {
        produce("orders", 1, "hello");
        FetchRequestData committed =
                data(0, NO_SESSION, topic("orders", at(1, 0))).setIsolationLevel((byte) 1);
        FetchRequestData uncommitted = data(0, NO_SESSION, topic("orders", at(1, 0)));

        PartitionData first =
                fetch(committed, 11).responses().getFirst().partitions().getFirst();
        PartitionData second =
                fetch(uncommitted, 11).responses().getFirst().partitions().getFirst();

        assertThat(first.abortedTransactions()).isEmpty();
        assertThat(second.abortedTransactions()).isNull();
        assertThat(node.partitions.queries().getFirst().readCommitted()).isTrue();
    }

    @Test
    void errorsAreTheirPartitionsOwn() {
        produce("orders", 0, "a");

        FetchResponseData answer =
                fetch(data(0, NO_SESSION, topic("orders", at(0, 0), at(1, 99)), topic("nowhere", at(0, 0))), 11);

        assertThat(shown(answer))
                .containsExactly("orders-0[a]", "orders-1OFFSET_OUT_OF_RANGE", "nowhere-0UNKNOWN_TOPIC_OR_PARTITION");
    }

    @Test
    void aTopicIdNobodyHasIsUnknown() {
        FetchResponseData answer = fetch(data(0, NO_SESSION, topic("", at(0, 0)).setTopicId(new Uuid(5, 6))), 13);

        assertThat(shown(answer)).containsExactly("-0UNKNOWN_TOPIC_ID");
        assertThat(node.partitions.queries()).isEmpty();
    }

    @Test
    void aFetchWaitsForDataAndIsWokenByIt() {
        FetchRequestData waiting =
                data(0, NO_SESSION, topic("orders", at(0, 0))).setMaxWaitMs(500);
        node.send(new FetchRequest(waiting, (short) 11));
        assertThat(node.connection.unread()).isZero();
        produceBehind(node);

        FetchResponseData answer = node.receive(FetchResponse.class).data();
        assertThat(shown(answer)).containsExactly("orders-0[woken]");
        node.receive(ProduceResponse.class);
    }

    private static void produceBehind(KafkaFixture node) {
        ProduceRequestData data = new ProduceRequestData().setAcks((short) -1);
        MemoryRecords records = MemoryRecords.withRecords(
                Compression.NONE, new SimpleRecord(1, null, "woken".getBytes(StandardCharsets.UTF_8)));
        data.topicData()
                .add(new TopicProduceData()
                        .setName("orders")
                        .setPartitionData(
                                List.of(new PartitionProduceData().setIndex(0).setRecords(records))));
        node.send(new ProduceRequest(data, (short) 9));
    }

    @Test
    void aFetchThatFindsNothingAnswersWhenItsTimeIsUp() {
        node.send(new FetchRequest(
                data(0, NO_SESSION, topic("orders", at(0, 0))).setMaxWaitMs(500), (short) 11));

        node.partitions.expireWaits();

        assertThat(shown(node.receive(FetchResponse.class).data())).containsExactly("orders-0[]");
    }

    @Test
    void aClientThatGoesAwayTakesItsWaitingFetchWithIt() {
        node.send(new FetchRequest(
                data(0, NO_SESSION, topic("orders", at(0, 0))).setMaxWaitMs(500), (short) 11));
        assertThat(node.partitions.waiting()).isEqualTo(1);

        node.session.onClose();

        assertThat(node.partitions.waiting()).isZero();
    }

    @Test
    void limitsAreBoundedByTheNodesOwn() {
        fetch(
                data(0, NO_SESSION, topic("orders", at(0, 0)))
                        .setMaxBytes(Integer.MAX_VALUE)
                        .setMinBytes(-5),
                11);

        assertThat(node.partitions.queries().getFirst().maxBytes()).isEqualTo(57_671_680);
        assertThat(node.partitions.queries().getFirst().minBytes()).isZero();
    }

    @Test
    void anIncrementalFetchNamesOnlyWhatChanged() {
        FetchResponseData first =
                fetch(data(0, NEW_SESSION, topic("orders", at(0, 0), at(1, 0)), topic("bills", at(0, 0))), 11);
        assertThat(first.sessionId()).isPositive();
        assertThat(shown(first)).containsExactly("orders-0[]", "orders-1[]", "bills-0[]");

        produce("orders", 1, "new");
        FetchResponseData second = fetch(data(first.sessionId(), 1), 11);
        assertThat(second.sessionId()).isEqualTo(first.sessionId());
        assertThat(shown(second)).containsExactly("orders-1[new]");

        FetchResponseData third = fetch(data(first.sessionId(), 2, topic("orders", at(1, 1))), 11);
        assertThat(shown(third)).isEmpty();
        assertThat(third.errorCode()).isZero();
    }

    @Test
    void aMovedLogStartIsNewsOnce() {
        int session = fetch(data(0, NEW_SESSION, topic("orders", at(0, 0))), 11).sessionId();
        produce("orders", 0, "a");
        fetch(data(session, 1, topic("orders", at(0, 1))), 11);
        node.partitions.setLogStart(new TopicPartition("orders", 0), 1);

        FetchResponseData news = fetch(data(session, 2), 11);
        FetchResponseData later = fetch(data(session, 3), 11);

        assertThat(news.responses().getFirst().partitions().getFirst().logStartOffset())
                .isEqualTo(1);
        assertThat(later.responses()).isEmpty();
    }

    @Test
    void errorsAreRepeatedAndTheirEndIsNews() {
        int session = fetch(data(0, NEW_SESSION, topic("orders", at(0, 0), at(1, 7))), 11)
                .sessionId();

        assertThat(shown(fetch(data(session, 1), 11))).containsExactly("orders-1OFFSET_OUT_OF_RANGE");
        assertThat(shown(fetch(data(session, 2, topic("orders", at(1, 0))), 11)))
                .containsExactly("orders-1[]");
        assertThat(shown(fetch(data(session, 3), 11))).isEmpty();
    }

    @Test
    void partitionsWithRecordsGoToTheEndOfTheOrder() {
        int session = fetch(data(0, NEW_SESSION, topic("orders", at(0, 0), at(1, 0), at(2, 0))), 11)
                .sessionId();
        produce("orders", 0, "a");
        fetch(data(session, 1), 11);
        produce("orders", 1, "b");

        FetchResponseData answer = fetch(data(session, 2), 11);

        assertThat(shown(answer)).containsExactly("orders-1[b]", "orders-0[a]");
    }

    @Test
    void forgottenPartitionsAreGone() {
        int session = fetch(data(0, NEW_SESSION, topic("orders", at(0, 0), at(1, 0))), 11)
                .sessionId();
        FetchRequestData forgetting = data(session, 1)
                .setForgottenTopicsData(
                        List.of(new ForgottenTopic().setTopic("orders").setPartitions(List.of(0))));
        fetch(forgetting, 11);
        produce("orders", 0, "unseen");

        assertThat(shown(fetch(data(session, 2), 11))).isEmpty();
    }

    @Test
    void aSessionThatFollowsNothingEnds() {
        int session = fetch(data(0, NEW_SESSION, topic("orders", at(0, 0))), 11).sessionId();
        FetchRequestData forgetting = data(session, 1)
                .setForgottenTopicsData(
                        List.of(new ForgottenTopic().setTopic("orders").setPartitions(List.of(0))));

        assertThat(fetch(forgetting, 11).sessionId()).isZero();
        assertThat(fetch(data(session, 2), 11).errorCode()).isEqualTo(Errors.FETCH_SESSION_ID_NOT_FOUND.code());
    }

    @Test
    void anUnknownSessionIsToldSo() {
        assertThat(fetch(data(4711, 1), 11).errorCode()).isEqualTo(Errors.FETCH_SESSION_ID_NOT_FOUND.code());
    }

    @Test
    void anEpochOutOfTurnIsToldSo() {
        int session = fetch(data(0, NEW_SESSION, topic("orders", at(0, 0))), 11).sessionId();

        assertThat(fetch(data(session, 2), 11).errorCode()).isEqualTo(Errors.INVALID_FETCH_SESSION_EPOCH.code());
        assertThat(fetch(data(session, 1), 11).errorCode()).isZero();
        assertThat(fetch(data(session, 1), 11).errorCode()).isEqualTo(Errors.INVALID_FETCH_SESSION_EPOCH.code());
    }

    @Test
    void theFinalEpochClosesTheSession() {
        int session = fetch(data(0, NEW_SESSION, topic("orders", at(0, 0))), 11).sessionId();

        FetchResponseData closing = fetch(data(session, -1), 11);

        assertThat(closing.errorCode()).isZero();
        assertThat(closing.sessionId()).isZero();
        assertThat(fetch(data(session, 1), 11).errorCode()).isEqualTo(Errors.FETCH_SESSION_ID_NOT_FOUND.code());
    }

    @Test
    void aSessionByNameIsNotContinuedById() {
        int session = fetch(data(0, NEW_SESSION, topic("orders", at(0, 0))), 12).sessionId();

        assertThat(fetch(data(session, 1), 13).errorCode()).isEqualTo(Errors.FETCH_SESSION_TOPIC_ID_ERROR.code());
    }

    @Test
    void aRecreatedTopicIsAnotherOne() {
        Uuid id = Uuids.of(node.catalog.current().topic("orders").orElseThrow().id());
        int session = fetch(data(0, NEW_SESSION, topic("", at(0, 0)).setTopicId(id)), 13)
                .sessionId();
        node.catalog.removeTopic("orders");
        node.catalog.addTopic("orders", 3);

        assertThat(shown(fetch(data(session, 1), 13))).containsExactly("-0UNKNOWN_TOPIC_ID");
    }

    /// KIP-951.
    @Test
    void theNewLeaderIsNamedFromVersion16On() {
        node.catalog.addNode(new NodeView(2, "r2", false, List.of(new NodeView.Endpoint("kafka", "other", 9093))));
        Uuid id = Uuids.of(node.catalog.current().topic("orders").orElseThrow().id());
        node.partitions.answerFetch(new FetchReply.Part(
                new TopicPartition("orders", 0), ErrorKind.NOT_LEADER, null, -1, -1, -1, new LeaderHint(2, 7), null));

        FetchResponseData named = fetch(data(0, NO_SESSION, topic("", at(0, 0)).setTopicId(id)), 16);
        FetchResponseData unnamed =
                fetch(data(0, NO_SESSION, topic("", at(0, 0)).setTopicId(id)), 15);

        PartitionData partition = named.responses().getFirst().partitions().getFirst();
        assertThat(partition.errorCode()).isEqualTo(Errors.NOT_LEADER_OR_FOLLOWER.code());
        assertThat(partition.currentLeader().leaderId()).isEqualTo(2);
        assertThat(partition.currentLeader().leaderEpoch()).isEqualTo(7);
        assertThat(named.nodeEndpoints().find(2).host()).isEqualTo("other");
        assertThat(unnamed.nodeEndpoints()).isEmpty();
    }

    /// KIP-392.
    @Test
    void aConsumerIsToldWhichReplicaIsNearer() {
        node.partitions.answerFetch(new FetchReply.Part(
                new TopicPartition("orders", 0), ErrorKind.NONE, null, 9, 9, 0, LeaderHint.NONE, null, 2));
        int session = fetch(data(0, NEW_SESSION, topic("orders", at(0, 0))), 12).sessionId();

        FetchResponseData again = fetch(data(session, 1), 12);

        assertThat(again.responses().getFirst().partitions().getFirst().preferredReadReplica())
                .isEqualTo(2);
    }

    /// KIP-595: told in every answer until the client has truncated.
    @Test
    void aDivergedClientIsToldWhereTheLogsPart() {
        node.partitions.answerFetch(new FetchReply.Part(
                new TopicPartition("orders", 0),
                ErrorKind.NONE,
                null,
                9,
                9,
                0,
                LeaderHint.NONE,
                new FetchReply.DivergingEpoch(3, 5)));
        int session = fetch(data(0, NEW_SESSION, topic("orders", at(0, 0))), 12).sessionId();

        PartitionData again =
                fetch(data(session, 1), 12).responses().getFirst().partitions().getFirst();

        assertThat(again.divergingEpoch().epoch()).isEqualTo(3);
        assertThat(again.divergingEpoch().endOffset()).isEqualTo(5);
    }

    @Test
    void pipelinedFetchesOfOneConnectionTakeTurns() {
        FetchRequestData waiting =
                data(0, NO_SESSION, topic("orders", at(0, 0))).setMaxWaitMs(500);
        node.send(new FetchRequest(waiting, (short) 11));
        node.send(new FetchRequest(waiting.duplicate(), (short) 11));
        assertThat(node.partitions.waiting()).isEqualTo(1);

        node.partitions.expireWaits();
        assertThat(node.partitions.waiting()).isEqualTo(1);
        node.partitions.expireWaits();

        node.receive(FetchResponse.class);
        node.receive(FetchResponse.class);
    }
}
