package io.millrace.kafka.replica;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.catalog.NodeView;
import io.millrace.broker.partition.FetchQuery.Asker;
import io.millrace.broker.partition.FetchReply;
import io.millrace.broker.partition.FetchReply.DivergingEpoch;
import io.millrace.broker.partition.LeaderHint;
import io.millrace.kafka.KafkaFixture;
import io.millrace.kafka.MemoryConnection;
import io.millrace.kafka.codec.Decoded;
import io.millrace.kafka.session.KafkaSession;
import io.millrace.kafka.session.Peer;
import io.millrace.model.ErrorKind;
import io.millrace.model.Lease;
import io.millrace.model.Principal;
import io.millrace.model.TopicId;
import io.millrace.model.TopicPartition;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.message.ProduceRequestData.PartitionProduceData;
import org.apache.kafka.common.message.ProduceRequestData.TopicProduceData;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.Record;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.apache.kafka.common.requests.ProduceRequest;
import org.apache.kafka.common.requests.ProduceResponse;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// A follower's question and its leader's answer, through real bytes.
final class FollowerFetchTest {
    private static final TopicPartition ORDERS = new TopicPartition("orders", 0);
    private static final FetchCall.Limits AT_ONCE = new FetchCall.Limits(0, 0, 1 << 20, 1 << 20);
    private static final FetchCall.Limits PATIENT = new FetchCall.Limits(500, 1, 1 << 20, 1 << 20);

    private final KafkaFixture node = new KafkaFixture();
    private final MemoryConnection connection = new MemoryConnection();
    private final KafkaSession follower = session(NodeView.CLUSTER_LISTENER, connection);
    private final TopicId orders;

    FollowerFetchTest() {
        node.topic("orders", 3);
        orders = node.catalog.current().topic("orders").orElseThrow().id();
    }

    @AfterEach
    void everySliceWasReleased() {
        assertThat(node.partitions.openSlices()).isZero();
    }

    private KafkaSession session(String listener, MemoryConnection to) {
        return node.protocol.connect(new Peer(Principal.ANONYMOUS, "127.0.0.1", listener), to);
    }

    private FetchCall call(int sessionId, int sessionEpoch, FetchCall.Limits limits) {
        return new FetchCall(2, 9, sessionId, sessionEpoch, limits);
    }

    private void ask(FetchCall call) {
        follower.onFrame(call.encode("millrace-records"), Lease.NONE);
    }

    private FetchedFrame answer() {
        return ((Decoded.Complete<FetchedFrame>) FetchedFrame.decode(connection.next())).value();
    }

    private void produce(String value) {
        ProduceRequestData data = new ProduceRequestData().setAcks((short) -1);
        MemoryRecords records = MemoryRecords.withRecords(
                Compression.NONE, new SimpleRecord(1, null, value.getBytes(StandardCharsets.UTF_8)));
        data.topicData()
                .add(new TopicProduceData()
                        .setName("orders")
                        .setPartitionData(
                                List.of(new PartitionProduceData().setIndex(0).setRecords(records))));
        node.call(new ProduceRequest(data, (short) 9), ProduceResponse.class);
    }

    private static List<String> values(ByteBuffer records) {
        List<String> values = new ArrayList<>();
        for (Record record : MemoryRecords.readableRecords(records).records()) {
            values.add(StandardCharsets.UTF_8.decode(record.value()).toString());
        }
        return values;
    }

    @Test
    void batchesComeBackAsTheyWereWritten() {
        produce("a");
        produce("b");
        FetchCall call = call(0, 0, AT_ONCE);
        call.want(orders, 0, 0, 0, 0, -1, 1 << 20);
        call.want(orders, 1, 0, 0, 0, -1, 1 << 20);
        ask(call);
        FetchedFrame answer = answer();
        assertThat(answer.error()).isEqualTo(Errors.NONE);
        assertThat(answer.sessionId()).isPositive();
        assertThat(answer.parts()).hasSize(2);
        FetchedFrame.Part first = answer.parts().getFirst();
        assertThat(first.topic()).isEqualTo(orders);
        assertThat(first.error()).isEqualTo(ErrorKind.NONE);
        assertThat(values(first.records())).containsExactly("a", "b");
        assertThat(first.highWatermark()).isEqualTo(2);
        assertThat(first.divergingEpoch()).isNull();
        assertThat(answer.parts().getLast().records().hasRemaining()).isFalse();
    }

    @Test
    void theLeaderIsToldWhoAsksAndFromWhere() {
        FetchCall call = call(0, 0, AT_ONCE);
        call.want(orders, 2, 0, 0, 7, 5, 1234);
        ask(call);
        answer();
        var query = node.partitions.queries().getLast();
        assertThat(query.asker()).isEqualTo(Asker.follower(2, 9));
        var asked = query.partitions().getFirst();
        assertThat(asked.partition()).isEqualTo(new TopicPartition("orders", 2));
        assertThat(asked.currentLeaderEpoch()).isEqualTo(7);
        assertThat(asked.lastFetchedEpoch()).isEqualTo(5);
        assertThat(asked.logStartOffset()).isZero();
        assertThat(asked.maxBytes()).isEqualTo(1234);
    }

    @Test
    void whoClaimsToBeAFollowerAtTheClientsDoorIsAConsumer() {
        MemoryConnection other = new MemoryConnection();
        FetchCall call = call(0, 0, AT_ONCE);
        call.want(orders, 0, 0, 0, -1, -1, 1 << 20);
        session("kafka", other).onFrame(call.encode("x"), Lease.NONE);
        assertThat(other.unread()).isEqualTo(1);
        assertThat(node.partitions.queries().getLast().asker().isFollower()).isFalse();
    }

    @Test
    void anEarlierLifeOfANodeIsRefused() {
        node.catalog.addNode(new NodeView(2, 10, "", NodeView.Standing.ACTIVE, false, List.of()));
        FetchCall call = call(0, 0, AT_ONCE);
        call.want(orders, 0, 0, 0, 0, -1, 1 << 20);
        ask(call);
        assertThat(answer().error()).isEqualTo(Errors.STALE_BROKER_EPOCH);
        assertThat(node.partitions.queries()).isEmpty();
    }

    @Test
    void aSessionGoesOnWithWhatChangedAndLetsGo() {
        FetchCall opening = call(0, 0, AT_ONCE);
        opening.want(orders, 0, 0, 0, 0, -1, 1 << 20);
        opening.want(orders, 1, 0, 0, 0, -1, 1 << 20);
        ask(opening);
        int session = answer().sessionId();

        produce("a");
        ask(call(session, 1, PATIENT));
        FetchedFrame second = answer();
        assertThat(second.sessionId()).isEqualTo(session);
        assertThat(second.parts()).extracting(FetchedFrame.Part::partition).containsExactly(0);

        FetchCall third = call(session, 2, AT_ONCE);
        third.forget(orders, 0);
        ask(third);
        answer();
        assertThat(node.partitions.queries().getLast().partitions())
                .extracting(asked -> asked.partition().partition())
                .containsExactly(1);
        ask(call(session, 9, PATIENT));
        assertThat(answer().isSessionLost()).isTrue();
    }

    @Test
    void aSecondQuestionHurriesTheFirst() {
        FetchCall opening = call(0, 0, AT_ONCE);
        opening.want(orders, 0, 0, 0, 0, -1, 1 << 20);
        ask(opening);
        int session = answer().sessionId();
        ask(call(session, 1, PATIENT));
        assertThat(connection.unread()).isZero();

        FetchCall newcomer = call(session, 2, PATIENT);
        newcomer.want(orders, 1, 0, 0, 0, -1, 1 << 20);
        ask(newcomer);
        assertThat(connection.unread()).isEqualTo(1);
        assertThat(answer().parts()).isEmpty();
        assertThat(node.partitions.waiting()).isEqualTo(1);
        assertThat(node.partitions.queries().getLast().partitions()).hasSize(2);
    }

    @Test
    void aConnectionThatGoesTakesItsSessionWithIt() {
        FetchCall opening = call(0, 0, AT_ONCE);
        opening.want(orders, 0, 0, 0, 0, -1, 1 << 20);
        ask(opening);
        int session = answer().sessionId();
        ask(call(session, 1, PATIENT));
        follower.onClose();
        assertThat(node.partitions.waiting()).isZero();

        MemoryConnection next = new MemoryConnection();
        session(NodeView.CLUSTER_LISTENER, next)
                .onFrame(call(session, 2, PATIENT).encode("x"), Lease.NONE);
        Decoded<FetchedFrame> answer = FetchedFrame.decode(next.next());
        assertThat(((Decoded.Complete<FetchedFrame>) answer).value().isSessionLost())
                .isTrue();
    }

    /// What it acknowledges counts for its present life only.
    @Test
    void aNodeThatHasRegisteredAnewGoesOnAsThat() {
        FetchCall opening = call(0, 0, AT_ONCE);
        opening.want(orders, 0, 0, 0, 0, -1, 1 << 20);
        ask(opening);
        int session = answer().sessionId();
        ask(call(session, 1, AT_ONCE));
        answer();
        ask(new FetchCall(2, 10, session, 2, AT_ONCE));
        answer();
        var query = node.partitions.queries().getLast();
        assertThat(query.asker()).isEqualTo(Asker.follower(2, 10));
        assertThat(query.partitions()).hasSize(1);
    }

    @Test
    void aQuestionThatWaitsIsAnsweredWhenItsSessionEnds() {
        FetchCall opening = call(0, 0, AT_ONCE);
        opening.want(orders, 0, 0, 0, 0, -1, 1 << 20);
        ask(opening);
        int session = answer().sessionId();
        ask(call(session, 1, PATIENT));
        assertThat(connection.unread()).isZero();
        session(NodeView.CLUSTER_LISTENER, new MemoryConnection())
                .onFrame(call(session, 0, AT_ONCE).encode("x"), Lease.NONE);
        assertThat(answer().parts()).isEmpty();
        ask(call(session, 2, PATIENT));
        assertThat(answer().isSessionLost()).isTrue();
    }

    @Test
    void whoOpensASessionDoesNotWait() {
        FetchCall opening = call(0, 0, PATIENT);
        opening.want(orders, 0, 0, 0, 0, -1, 1 << 20);
        ask(opening);
        assertThat(answer().sessionId()).isPositive();
    }

    @Test
    void refusalsAndPartingsArrive() {
        node.partitions.answerFetch(FetchReply.Part.refused(ORDERS, ErrorKind.UNKNOWN_LEADER_EPOCH, LeaderHint.NONE));
        node.partitions.answerFetch(new FetchReply.Part(
                new TopicPartition("orders", 1),
                ErrorKind.NONE,
                null,
                4,
                4,
                0,
                LeaderHint.NONE,
                new DivergingEpoch(3, 17)));
        FetchCall call = call(0, 0, AT_ONCE);
        call.want(orders, 0, 0, 0, 0, -1, 1 << 20);
        call.want(orders, 1, 0, 0, 0, -1, 1 << 20);
        ask(call);
        List<FetchedFrame.Part> parts = answer().parts();
        assertThat(parts.get(0).error()).isEqualTo(ErrorKind.UNKNOWN_LEADER_EPOCH);
        assertThat(parts.get(1).divergingEpoch()).isEqualTo(new DivergingEpoch(3, 17));
    }

    @Test
    void bytesThatAreNoAnswerAreTold() {
        assertThat(FetchedFrame.decode(ByteBuffer.allocate(7))).isInstanceOf(Decoded.Malformed.class);
    }
}
