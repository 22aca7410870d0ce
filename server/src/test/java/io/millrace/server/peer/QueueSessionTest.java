package io.millrace.server.peer;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.message.FormatId;
import io.millrace.broker.message.Message;
import io.millrace.broker.queue.Hold;
import io.millrace.broker.queue.QueueSite;
import io.millrace.broker.queue.Queues.CountsReply;
import io.millrace.broker.topology.EffectivePolicy;
import io.millrace.broker.topology.QueueRef;
import io.millrace.broker.topology.QueueSpec;
import io.millrace.broker.topology.QueueType;
import io.millrace.broker.topology.QueueView;
import io.millrace.broker.topology.QueueView.Home;
import io.millrace.cluster.queue.LineCaller;
import io.millrace.cluster.queue.LineUse;
import io.millrace.cluster.queue.LinkGreeting;
import io.millrace.cluster.queue.QueueDesk;
import io.millrace.cluster.queue.QueueLine;
import io.millrace.cluster.queue.QueueLink;
import io.millrace.kafka.codec.EncodedResponse;
import io.millrace.kafka.session.Output;
import io.millrace.model.Arguments;
import io.millrace.model.Lease;
import io.millrace.model.QueueName;
import io.millrace.model.TopicId;
import io.millrace.model.VhostName;
import io.millrace.server.queue.SharedTransitRoom;
import io.millrace.testkit.ManualClock;
import io.millrace.testkit.ManualLoop;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// A node calls again after a cut, while what it sent before is on the way still.
class QueueSessionTest {
    private static final LineCaller CALLER = new LineCaller(1, 0, LineUse.MESSAGES);
    private static final SharedTransitRoom ROOM = new SharedTransitRoom(1 << 20);

    private final ManualClock clock = new ManualClock();
    private final ManualLoop callers = new ManualLoop(clock);
    private final ManualLoop oldLoop = new ManualLoop(clock);
    private final ManualLoop newLoop = new ManualLoop(clock);
    private final CallingLines lines = new CallingLines();
    private final QueueView queue = queue();
    private final List<String> stored = new ArrayList<>();

    private static QueueView queue() {
        var id = new TopicId(7, 1);
        var ref = new QueueRef(new VhostName("/"), new QueueName("q"));
        var spec = new QueueSpec(ref, QueueType.CLASSIC, true, false, false, Arguments.NONE);
        return new QueueView(spec, id, new Home.OnLog("queue.q", id), Optional.empty(), EffectivePolicy.NONE);
    }

    private static Message message(String text) {
        byte[] body = text.getBytes(StandardCharsets.UTF_8);
        return new Message(FormatId.AMQP_0_9_1, "", "q", new byte[0], body, 0);
    }

    /// The far end of a line, with what was sent to it and has not arrived.
    private final class FarEnd implements Output {
        private final ManualLoop loop;
        private final QueueSession session;
        private final ArrayDeque<ByteBuffer> onTheWay = new ArrayDeque<>();
        private int welcomes;
        private boolean closed;

        FarEnd(ManualLoop loop) {
            this.loop = loop;
            this.session = new QueueSession(
                    loop,
                    this,
                    lines,
                    (_, line) -> new QueueDesk(
                            loop,
                            clock,
                            (_, _) -> Optional.of(queue),
                            new Stores(),
                            (_, _) -> {},
                            () -> false,
                            ROOM,
                            line));
        }

        void arrive(ByteBuffer frame) {
            loop.post(() -> session.onFrame(frame, Lease.NONE));
        }

        void arriveAll() {
            onTheWay.forEach(this::arrive);
            onTheWay.clear();
            loop.runReady();
        }

        void greet(LineCaller caller) {
            arrive(LinkGreeting.hello(caller));
        }

        @Override
        public void send(EncodedResponse response) {
            welcomes++;
        }

        @Override
        public void close(String why) {
            closed = true;
        }

        @Override
        public void fail(String why, Throwable fault) {
            throw new AssertionError(why, fault);
        }

        @Override
        public void mute(int forMs) {
            throw new AssertionError("never muted");
        }

        @Override
        public void resume() {}
    }

    private final class Stores implements QueueSite {
        @Override
        public void publish(QueueView view, int attempt, Message message, Consumer<Fate> fate) {
            stored.add(new String(message.body(), StandardCharsets.UTF_8));
            fate.accept(Fate.STORED);
        }

        @Override
        public Hold hold(QueueView view, Runnable onLost) {
            throw new AssertionError("nobody holds");
        }

        @Override
        public void counts(QueueView view, boolean isUse, Consumer<CountsReply> reply) {
            throw new AssertionError("nobody asks");
        }

        @Override
        public void purge(QueueView view, Consumer<CountsReply> reply) {
            throw new AssertionError("nobody asks");
        }

        @Override
        public void delete(QueueView view, boolean ifUnused, boolean ifEmpty, Consumer<CountsReply> reply) {
            throw new AssertionError("nobody asks");
        }
    }

    /// The near end of lines, each of which leads to the next far end.
    private final class NearEnds implements QueueLine.Dialler {
        private final ArrayDeque<FarEnd> next;
        private QueueLine.@Nullable Listener listener;

        NearEnds(FarEnd... far) {
            this.next = new ArrayDeque<>(List.of(far));
        }

        @Override
        public QueueLine dial(LineUse use, QueueLine.Listener calling) {
            FarEnd far = next.remove();
            listener = calling;
            return new QueueLine() {
                @Override
                public void send(List<ByteBuffer> frame) {
                    ByteBuffer whole = ByteBuffer.allocate(
                            frame.stream().mapToInt(ByteBuffer::remaining).sum());
                    frame.forEach(piece -> whole.put(piece.duplicate()));
                    far.onTheWay.add(whole.flip());
                }

                @Override
                public void resume() {}

                @Override
                public void close(String why) {}
            };
        }

        void open() {
            QueueLine.Listener calling = listener;
            assertThat(calling).isNotNull();
            callers.call(() -> {
                calling.onOpen();
                return this;
            });
            callers.runReady();
        }
    }

    private void publish(QueueLink link, List<QueueSite.Fate> fates, String... texts) {
        callers.call(() -> {
            for (String text : texts) {
                link.publish(queue, 0, message(text), fates::add);
            }
            return this;
        });
        callers.runReady();
    }

    @Test
    void whatWasGivenUpDoesNotComeBehindWhatIsNewer() {
        FarEnd before = new FarEnd(oldLoop);
        FarEnd after = new FarEnd(newLoop);
        NearEnds near = new NearEnds(before, after);
        QueueLink link = new QueueLink(callers, near, ROOM);
        List<QueueSite.Fate> fates = new ArrayList<>();

        publish(link, fates, "1", "2");
        before.greet(CALLER);
        oldLoop.runReady();
        near.open();
        before.arriveAll();
        publish(link, fates, "3", "4"); // and the cut begins: on the way until it is over
        callers.advance(Duration.ofSeconds(7));
        assertThat(fates)
                .containsExactly(
                        QueueSite.Fate.FAILED, QueueSite.Fate.FAILED, QueueSite.Fate.FAILED, QueueSite.Fate.FAILED);

        publish(link, fates, "5");
        after.greet(CALLER);
        newLoop.runReady();
        assertThat(after.welcomes).as("before the old line is closed").isZero();
        oldLoop.runReady();
        newLoop.runReady();
        assertThat(after.welcomes).isEqualTo(1);
        assertThat(before.closed).isTrue();
        near.open();
        after.arriveAll();
        before.arriveAll(); // at last

        assertThat(stored).containsExactly("1", "2", "5");
    }

    @Test
    void whoCallsOftenIsServedByTheLastLine() {
        FarEnd first = new FarEnd(oldLoop);
        FarEnd second = new FarEnd(newLoop);
        FarEnd third = new FarEnd(callers);
        first.greet(CALLER);
        oldLoop.runReady();
        second.greet(CALLER);
        newLoop.runReady(); // it waits for the first one
        third.greet(CALLER);
        callers.runReady();
        newLoop.runReady();
        callers.runReady();
        assertThat(third.welcomes).isZero();

        oldLoop.runReady();
        newLoop.runReady();
        callers.runReady();
        assertThat(second.welcomes).isZero();
        assertThat(third.welcomes).isEqualTo(1);
        assertThat(List.of(first.closed, second.closed, third.closed)).containsExactly(true, true, false);
    }

    /// The line that waited is gone, the one for which it waited is not.
    @Test
    void whoCallsAgainAfterALineThatWaitedStillWaits() {
        FarEnd first = new FarEnd(oldLoop);
        FarEnd second = new FarEnd(newLoop);
        FarEnd third = new FarEnd(callers);
        first.greet(CALLER);
        oldLoop.runReady();
        second.greet(CALLER);
        newLoop.runReady();
        newLoop.call(() -> {
            second.session.onClose();
            return this;
        });

        third.greet(CALLER);
        callers.runReady();
        newLoop.runReady();
        callers.runReady();
        assertThat(third.welcomes).isZero();

        oldLoop.runReady();
        newLoop.runReady();
        callers.runReady();
        assertThat(third.welcomes).isEqualTo(1);
        assertThat(first.closed).isTrue();
    }

    @Test
    void othersCallBesideEachOther() {
        FarEnd one = new FarEnd(oldLoop);
        List<FarEnd> all = new ArrayList<>(List.of(one));
        one.greet(CALLER);
        for (LineCaller other : List.of(
                new LineCaller(2, 0, LineUse.MESSAGES),
                new LineCaller(1, 1, LineUse.MESSAGES),
                new LineCaller(1, 0, LineUse.HOLDS))) {
            FarEnd far = new FarEnd(oldLoop);
            far.greet(other);
            all.add(far);
        }
        oldLoop.runReady();

        assertThat(all).allSatisfy(far -> {
            assertThat(far.welcomes).isEqualTo(1);
            assertThat(far.closed).isFalse();
        });

        oldLoop.call(() -> {
            one.session.onClose();
            return this;
        });
        FarEnd again = new FarEnd(oldLoop);
        again.greet(CALLER);
        oldLoop.runReady();
        assertThat(again.welcomes).isEqualTo(1);
    }

    @Test
    void anotherReleaseIsNotUnderstood() {
        FarEnd older = new FarEnd(oldLoop);
        ByteBuffer hello = LinkGreeting.hello(CALLER);
        int version = 0;
        while (hello.get(version) != LinkGreeting.VERSION || hello.getInt(version + 1) != CALLER.nodeId()) {
            version++;
        }
        hello.put(version, (byte) (LinkGreeting.VERSION - 1));
        older.arrive(hello);
        FarEnd nonsense = new FarEnd(oldLoop);
        nonsense.arrive(ByteBuffer.wrap(new byte[] {1, 2, 3}));
        oldLoop.runReady();

        assertThat(older.closed).isTrue();
        assertThat(nonsense.closed).isTrue();
        assertThat(older.welcomes + nonsense.welcomes).isZero();
    }
}
