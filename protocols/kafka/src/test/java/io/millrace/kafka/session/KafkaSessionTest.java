package io.millrace.kafka.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.broker.quota.Quotas;
import io.millrace.kafka.KafkaFixture;
import io.millrace.kafka.MemoryConnection;
import io.millrace.kafka.MemoryLease;
import io.millrace.kafka.session.Api.Order;
import io.millrace.model.InvariantViolation;
import io.millrace.model.Lease;
import io.millrace.testkit.ManualClock;
import io.millrace.testkit.Property;
import io.millrace.testkit.SeededRandomness;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.message.HeartbeatRequestData;
import org.apache.kafka.common.message.HeartbeatResponseData;
import org.apache.kafka.common.message.ListGroupsRequestData;
import org.apache.kafka.common.message.ListGroupsResponseData;
import org.apache.kafka.common.message.SyncGroupRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.requests.AbstractRequest;
import org.apache.kafka.common.requests.HeartbeatRequest;
import org.apache.kafka.common.requests.HeartbeatResponse;
import org.apache.kafka.common.requests.ListGroupsRequest;
import org.apache.kafka.common.requests.ListGroupsResponse;
import org.apache.kafka.common.requests.RequestHeader;
import org.apache.kafka.common.requests.SyncGroupRequest;
import org.junit.jupiter.api.Test;

class KafkaSessionTest {
    private static final short V = 3;

    private final List<Started> started = new ArrayList<>();
    private final MemoryConnection connection = new MemoryConnection();
    private KafkaSession session = session(Order.OVERLAPPING, 64);

    /// A request that a handler has been given and not answered yet.
    private record Started(int id, boolean heartbeat, Reply reply) {
        void answer() {
            reply.send(
                    heartbeat
                            ? new HeartbeatResponse(new HeartbeatResponseData())
                            : new ListGroupsResponse(new ListGroupsResponseData()));
        }
    }

    private KafkaSession session(Order order, int inFlightMax) {
        List<Api<?>> apis = List.of(
                Api.of(
                                ApiKeys.HEARTBEAT,
                                0,
                                4,
                                HeartbeatRequest.class,
                                (q, context, reply) -> started.add(new Started(context.correlationId(), true, reply)))
                        .ordered(order),
                Api.of(
                        ApiKeys.LIST_GROUPS,
                        0,
                        5,
                        ListGroupsRequest.class,
                        (q, context, reply) -> started.add(new Started(context.correlationId(), false, reply))));
        return new KafkaSession(new Apis(apis), KafkaFixture.PEER, connection, around(inFlightMax));
    }

    private static Surroundings around(int inFlightMax) {
        return new Surroundings(RequestMetrics.NONE, new ManualClock(), Quotas.NONE, inFlightMax);
    }

    private static ByteBuffer overlapping(int id) {
        return frame(new HeartbeatRequest.Builder(new HeartbeatRequestData().setGroupId("g")).build(V), id);
    }

    private static ByteBuffer alone(int id) {
        return frame(new ListGroupsRequest.Builder(new ListGroupsRequestData()).build(V), id);
    }

    private static ByteBuffer frame(AbstractRequest request, int id) {
        return request.serializeWithHeader(new RequestHeader(request.apiKey(), request.version(), "c", id));
    }

    private List<Integer> startedIds() {
        return started.stream().map(Started::id).toList();
    }

    private List<Integer> answeredIds() {
        List<Integer> ids = new ArrayList<>();
        while (connection.unread() > 0) {
            ids.add(connection.next().getInt());
        }
        return ids;
    }

    private void send(ByteBuffer... frames) {
        for (ByteBuffer frame : frames) {
            session.onFrame(frame, Lease.NONE);
        }
    }

    @Test
    void aFaultInAHandlerClosesTheConnectionAndReachesNobodyElse() {
        Handler<HeartbeatRequest> faulty = (request, context, reply) -> {
            if (context.correlationId() == 2) {
                throw new IllegalStateException("a bug");
            }
            started.add(new Started(context.correlationId(), true, reply));
        };
        Api<?> api =
                Api.of(ApiKeys.HEARTBEAT, 0, 4, HeartbeatRequest.class, faulty).ordered(Order.ALONE);
        session = new KafkaSession(new Apis(List.of(api)), KafkaFixture.PEER, connection, around(5));
        send(overlapping(1), overlapping(2), overlapping(3));
        assertThat(session.owesAnswers()).isTrue();

        started.getFirst().answer(); // starts the second, whose fault is not this answer's

        assertThat(answeredIds()).containsExactly(1);
        assertThat(connection.closed()).contains("a fault while handling HEARTBEAT: a bug");
        assertThat(startedIds()).containsExactly(1);
        assertThat(session.owesAnswers()).isFalse();
    }

    @Test
    void answersLeaveInRequestOrderAlthoughHandlersAnswerInAnother() {
        send(overlapping(1), overlapping(2), overlapping(3));
        started.get(2).answer();
        started.get(1).answer();
        assertThat(answeredIds()).isEmpty();

        started.get(0).answer();

        assertThat(answeredIds()).containsExactly(1, 2, 3);
    }

    @Test
    void aRequestThatRunsAloneWaitsForThoseBeforeItAndHoldsThoseBehindIt() {
        send(overlapping(1), alone(2), overlapping(3));
        assertThat(startedIds()).containsExactly(1);
        assertThat(session.wantsMore()).isFalse();

        started.get(0).answer();
        assertThat(startedIds()).containsExactly(1, 2);
        assertThat(session.wantsMore()).isFalse();

        started.get(1).answer();
        assertThat(startedIds()).containsExactly(1, 2, 3);
        assertThat(connection.resumes()).isEqualTo(1);
    }

    @Test
    void oneAtATimeNeverRunsBesideItself() {
        session = session(Order.ONE_AT_A_TIME, 64);
        send(overlapping(1), overlapping(2));
        assertThat(startedIds()).containsExactly(1);

        started.get(0).answer();

        assertThat(startedIds()).containsExactly(1, 2);
    }

    @Test
    void wantsNoMoreAtTheLimitAndSaysWhenItDoesAgain() {
        session = session(Order.OVERLAPPING, 2);
        send(overlapping(1));
        assertThat(session.wantsMore()).isTrue();
        send(overlapping(2));
        assertThat(session.wantsMore()).isFalse();

        started.get(1).answer();
        assertThat(connection.resumes()).isZero();
        started.get(0).answer();

        assertThat(connection.resumes()).isPositive();
        assertThat(session.wantsMore()).isTrue();
    }

    @Test
    void aParkedFrameIsHeldUntilItsRequestHasStarted() {
        MemoryLease lease = new MemoryLease();
        send(overlapping(1));
        session.onFrame(alone(2), lease);
        lease.release();
        assertThat(lease.holds()).isEqualTo(1);

        started.get(0).answer();

        assertThat(lease.holds()).isZero();
        assertThat(startedIds()).containsExactly(1, 2);
    }

    @Test
    void closingReleasesParkedFramesAndTellsWhoWaits() {
        MemoryLease lease = new MemoryLease();
        List<Integer> abandoned = new ArrayList<>();
        send(overlapping(1));
        started.get(0).reply().onAbandoned(() -> abandoned.add(1));
        session.onFrame(alone(2), lease);
        lease.release();

        session.onClose();

        assertThat(lease.holds()).isZero();
        assertThat(abandoned).containsExactly(1);
        assertThat(session.wantsMore()).isFalse();
        started.get(0).answer();
        assertThat(connection.unread()).isZero();
        send(overlapping(3));
        assertThat(startedIds()).containsExactly(1);
    }

    @Test
    void nothingIsAnAnswerThatSendsNothing() {
        send(overlapping(1), overlapping(2));
        started.get(1).answer();

        started.get(0).reply().nothing();

        assertThat(answeredIds()).containsExactly(2);
    }

    @Test
    void aSecondAnswerIsABugOfOurs() {
        send(overlapping(1));
        started.get(0).answer();

        assertThatThrownBy(() -> started.get(0).answer()).isInstanceOf(InvariantViolation.class);
    }

    @Test
    void anUnknownApiClosesTheConnection() {
        send(KafkaFixture.rawFrame(999, 0, 1, new byte[0]));

        assertThat(connection.closed())
                .hasValueSatisfying(why -> assertThat(why).contains("999"));
    }

    @Test
    void anApiThatIsNotOfferedClosesTheConnection() {
        send(frame(new SyncGroupRequest.Builder(new SyncGroupRequestData().setGroupId("g")).build((short) 3), 1));

        assertThat(connection.closed()).isPresent();
    }

    @Test
    void aVersionNobodyServesClosesTheConnection() {
        send(KafkaFixture.rawFrame(ApiKeys.HEARTBEAT.id, 5, 1, new byte[8]));

        assertThat(connection.closed())
                .hasValueSatisfying(why -> assertThat(why).contains("version 5"));
        assertThat(started).isEmpty();
    }

    @Test
    void aBrokenBodyClosesTheConnectionAndDropsWhatIsUnanswered() {
        send(overlapping(1));
        send(KafkaFixture.rawFrame(ApiKeys.HEARTBEAT.id, 0, 2, new byte[] {0x7f}));
        assertThat(connection.closed()).isPresent();

        started.get(0).answer();

        assertThat(connection.unread()).isZero();
    }

    /// Whatever order handlers answer in: requests start in order, answers leave in order, each once, and a request
    /// that runs alone never has company.
    @Property(tries = 200)
    void orderHoldsForAnyOrderOfAnswers(SeededRandomness chance) {
        started.clear();
        while (connection.unread() > 0) {
            connection.next();
        }
        session = session(chance.nextBoolean() ? Order.OVERLAPPING : Order.ONE_AT_A_TIME, 5);
        List<Started> open = new ArrayList<>();
        List<Integer> answered = new ArrayList<>();
        int seen = 0;
        int sent = 0;
        while (answered.size() < 40) {
            if (sent < 40 && chance.nextBoolean()) {
                sent++;
                send(chance.onceIn(4) ? alone(sent) : overlapping(sent));
            } else if (!open.isEmpty()) {
                open.remove(chance.nextInt(open.size())).answer();
            }
            while (seen < started.size()) {
                open.add(started.get(seen++));
            }
            answered.addAll(answeredIds());
            boolean someAlone = open.stream().anyMatch(each -> !each.heartbeat());
            assertThat(!someAlone || open.size() == 1).isTrue();
        }
        assertThat(startedIds()).isSorted().hasSize(40);
        assertThat(answered).isSorted().doesNotHaveDuplicates();
    }
}
