package io.millrace.cluster.queue;

import io.millrace.broker.message.Message;
import io.millrace.broker.queue.Hold;
import io.millrace.broker.queue.QueueOutcome;
import io.millrace.broker.queue.QueueSite;
import io.millrace.broker.queue.Queues.CountsReply;
import io.millrace.broker.topology.QueueView;
import io.millrace.cluster.metadata.RecordReader.MalformedRecord;
import io.millrace.model.Loop;
import io.millrace.model.TopicId;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/// The queues of one other node, as one loop of this one uses them: everything of a turn in one unit, on one
/// connection for each [LineUse]. When one ends, everything on it ends with it: what is unanswered is answered with
/// what is certain of it, holds are lost, and the next call makes another connection on which nothing of the old one is
/// known.
///
/// Owned by: that loop.
public final class QueueLink implements QueueSite {
    private final Loop loop;
    private final QueueLine.Dialler dialler;
    private final TransitRoom room;
    private final Map<LineUse, Connection> connections = new EnumMap<>(LineUse.class);
    private final PublishedBefore published;

    /// @param room for what comes
    public QueueLink(Loop loop, QueueLine.Dialler dialler, TransitRoom room) {
        this.loop = loop;
        this.dialler = dialler;
        this.room = room;
        this.published = new PublishedBefore(loop);
    }

    private Connection connection(LineUse use) {
        Connection open = connections.get(use);
        if (open == null) {
            open = new Connection(use);
            connections.put(use, open);
            open.dial();
        }
        return open;
    }

    /// The other node is gone for all this one knows: nothing is waited for.
    public void drop(String why) {
        for (LineUse use : LineUse.values()) { // questions that followed messages are asked, and answered, too
            Connection open = connections.get(use);
            if (open != null) {
                open.end(why);
            }
        }
    }

    @Override
    public void publish(QueueView queue, int attempt, Message message, Consumer<Fate> fate) {
        published.sent(queue.id());
        Consumer<Fate> answered = end -> {
            fate.accept(end);
            published.answered(queue.id());
        };
        connection(LineUse.MESSAGES)
                .publish(new Publishing(
                        message, answered, open -> new LinkOrder.Publish(open.lane(queue), attempt, message)));
    }

    /// An answer for whoever waits for it on that node under this name. There is no queue it could wait in: when too
    /// much is unanswered it is dropped.
    public void reply(String name, Message message) {
        Connection open = connection(LineUse.MESSAGES);
        if (open.hasRoom()) {
            open.publish(new Publishing(message, _ -> {}, _ -> new LinkOrder.Reply(name, message)));
        }
    }

    @Override
    public Hold hold(QueueView queue, Runnable onLost) {
        return connection(LineUse.HOLDS).hold(queue, onLost);
    }

    @Override
    public void counts(QueueView queue, boolean isUse, Consumer<CountsReply> reply) {
        ask(queue, reply, (call, lane) -> new LinkOrder.Counts(call, lane, isUse));
    }

    @Override
    public void purge(QueueView queue, Consumer<CountsReply> reply) {
        ask(queue, reply, LinkOrder.Purge::new);
    }

    @Override
    public void delete(QueueView queue, boolean ifUnused, boolean ifEmpty, Consumer<CountsReply> reply) {
        ask(queue, reply, (call, lane) -> new LinkOrder.Delete(call, lane, ifUnused, ifEmpty));
    }

    private void ask(QueueView queue, Consumer<CountsReply> reply, Question question) {
        published.ask(queue.id(), () -> connection(LineUse.HOLDS).ask(queue, reply, question));
    }

    /// @param order made when it is its turn
    private record Publishing(Message message, Consumer<Fate> fate, Function<Connection, LinkOrder> order) {
        long octets() {
            return (long) message.bytes() + LinkPace.MESSAGE_OVERHEAD;
        }
    }

    /// Something asked, which is answered once.
    private sealed interface Call {
        record Counting(Consumer<CountsReply> reply) implements Call {}

        record Ending(Consumer<QueueOutcome> reply) implements Call {}

        record Getting(Hold.GetReply reply) implements Call {}
    }

    private interface Question {
        LinkOrder of(int call, int lane);
    }

    private static final class Lane {
        private final int number;
        private boolean used = true;

        Lane(int number) {
            this.number = number;
        }
    }

    /// One connection, from the first call to its end.
    ///
    /// Invariant: everything asked is answered exactly once.
    final class Connection implements QueueLine.Listener, Intake.Waiting {
        private static final int PINGS_PER_SWEEP = 60;

        private final LineUse use;
        private final UnitWriter unit = new UnitWriter();
        private final Intake intake = new Intake(loop, room, this);
        private final List<List<ByteBuffer>> unsent = new ArrayList<>();
        private final Map<TopicId, Lane> lanes = new HashMap<>();
        private final InFlight<Publishing> publishings = new InFlight<>();
        private final ArrayDeque<Publishing> backlog = new ArrayDeque<>();
        private final Map<Integer, Call> calls = new LinkedHashMap<>();
        private final Map<Integer, RemoteHold> holds = new LinkedHashMap<>();
        private @Nullable QueueLine line;
        private boolean open;
        private boolean ended;
        private boolean flushPosted;
        private long publishedOctets;
        private long sentThrough;
        private long takenOctets;
        private int lastNumber;
        private int silentPings;
        private int pings;

        Connection(LineUse use) {
            this.use = use;
        }

        void dial() {
            line = dialler.dial(use, this);
            loop.after(LinkPace.OPEN_MS_MAX, () -> {
                if (!open) {
                    end("the node does not answer the greeting");
                }
            });
        }

        @Override
        public void onOpen() {
            open = true;
            flush();
            loop.after(LinkPace.PING_MS, this::ping);
        }

        /// Asks for a sign now and then; forgets lanes nobody uses.
        private void ping() {
            if (ended) {
                return;
            }
            if (silentPings++ >= LinkPace.SILENT_PINGS_MAX) {
                end("the node is silent");
                return;
            }
            if (++pings % PINGS_PER_SWEEP == 0) {
                sweep();
            }
            order(new LinkOrder.Ping());
            loop.after(LinkPace.PING_MS, this::ping);
        }

        private void sweep() {
            lanes.values().removeIf(lane -> {
                boolean isIdle = !lane.used;
                lane.used = false;
                if (isIdle) {
                    order(new LinkOrder.ShutLane(lane.number));
                }
                return isIdle;
            });
        }

        // --- to the other node

        void order(LinkOrder order) {
            LinkOrderCodec.write(unit, order);
            if (unit.size() >= UnitWriter.UNIT_BYTES) {
                cut();
            }
            if (!flushPosted) {
                flushPosted = true;
                loop.post(this::flush);
            }
        }

        private void cut() {
            unsent.addAll(unit.take());
            sendUnsent();
        }

        private void flush() {
            flushPosted = false;
            cut();
        }

        private void sendUnsent() {
            QueueLine to = line;
            if (open && !ended && to != null) {
                unsent.forEach(to::send);
                unsent.clear();
                sentThrough = publishings.next();
            }
        }

        private int lane(QueueView queue) {
            Lane lane = lanes.get(queue.id());
            if (lane == null) {
                lane = new Lane(++lastNumber);
                lanes.put(queue.id(), lane);
                order(new LinkOrder.OpenLane(lane.number, queue.ref(), queue.id()));
            }
            lane.used = true;
            return lane.number;
        }

        boolean hasRoom() {
            return publishedOctets < LinkPace.PUBLISH_WINDOW && backlog.isEmpty();
        }

        private void publish(Publishing publishing) {
            if (hasRoom()) {
                transmit(publishing);
            } else {
                backlog.add(publishing);
            }
        }

        private void transmit(Publishing publishing) {
            publishedOctets += publishing.octets();
            LinkOrder order = publishing.order.apply(this);
            publishings.add(publishing);
            order(order);
        }

        private void ask(QueueView queue, Consumer<CountsReply> reply, Question question) {
            int lane = lane(queue);
            call(new Call.Counting(reply), number -> question.of(number, lane));
        }

        private void call(Call call, IntFunction<LinkOrder> order) {
            int number = ++lastNumber;
            calls.put(number, call);
            order(order.apply(number));
        }

        Hold hold(QueueView queue, Runnable onLost) {
            int lane = lane(queue);
            RemoteHold hold = new RemoteHold(this, queue.id(), ++lastNumber, onLost);
            holds.put(hold.number(), hold);
            order(new LinkOrder.OpenHold(hold.number(), lane));
            return hold;
        }

        void consume(Consumer<QueueOutcome> reply, IntFunction<LinkOrder> order) {
            if (ended) {
                reply.accept(QueueOutcome.UNAVAILABLE);
            } else {
                call(new Call.Ending(reply), order);
            }
        }

        void get(TopicId queue, Hold.GetReply reply, IntFunction<LinkOrder> order) {
            published.ask(queue, () -> {
                if (ended) {
                    reply.got(QueueOutcome.UNAVAILABLE, null, 0);
                } else {
                    call(new Call.Getting(reply), order);
                }
            });
        }

        /// What a connection that has ended needs not know any more.
        void tell(LinkOrder order) {
            if (!ended) {
                order(order);
            }
        }

        void closed(RemoteHold hold) {
            if (holds.remove(hold.number()) != null) {
                tell(new LinkOrder.CloseHold(hold.number()));
            }
        }

        // --- from the other node

        @Override
        public boolean wantsMore() {
            return intake.wantsMore();
        }

        @Override
        public boolean isReady() {
            return true;
        }

        @Override
        public void resume() {
            QueueLine from = line;
            if (from != null) {
                from.resume();
            }
        }

        /// Nothing is heard because nothing is read.
        @Override
        public void onHeldUp() {
            silentPings = 0;
        }

        @Override
        public void onFrame(ByteBuffer frame) {
            silentPings = 0;
            try {
                Unit whole = intake.onFrame(frame);
                if (whole != null) {
                    onUnit(whole);
                }
            } catch (MalformedRecord malformed) {
                end(String.valueOf(malformed.getMessage()));
            }
        }

        private void onUnit(Unit whole) throws MalformedRecord {
            try {
                while (whole.hasMore() && !ended) {
                    on(LinkNoticeCodec.read(whole));
                }
            } finally {
                room.large(-whole.attachedOctets());
            }
        }

        private void on(LinkNotice notice) throws MalformedRecord {
            switch (notice) {
                case LinkNotice.Fates fates -> onFates(fates);
                case LinkNotice.Counted(int call, CountsReply reply) -> {
                    if (calls.remove(call) instanceof Call.Counting(Consumer<CountsReply> caller)) {
                        caller.accept(reply);
                    }
                }
                case LinkNotice.Ended(int call, QueueOutcome outcome) -> {
                    if (calls.remove(call) instanceof Call.Ending(Consumer<QueueOutcome> caller)) {
                        caller.accept(outcome);
                    }
                }
                case LinkNotice.Got got -> {
                    if (got.delivery() != null) {
                        taken(got.delivery().message());
                    }
                    if (calls.remove(got.call()) instanceof Call.Getting(Hold.GetReply caller)) {
                        caller.got(got.outcome(), got.delivery(), got.readyAfter());
                    }
                }
                case LinkNotice.Delivered delivered -> onDelivered(delivered);
                case LinkNotice.Lost(int number) -> {
                    RemoteHold hold = holds.remove(number);
                    if (hold != null) {
                        hold.lost();
                    }
                }
                case LinkNotice.Pong() -> {}
            }
        }

        private void onFates(LinkNotice.Fates fates) throws MalformedRecord {
            if (fates.first() + fates.count() > sentThrough || fates.first() < 0) {
                throw new MalformedRecord("the fate of a message that was not sent");
            }
            for (long number = fates.first(); number < fates.first() + fates.count(); number++) {
                Publishing publishing = publishings.take(number);
                if (publishing != null) {
                    publishedOctets -= publishing.octets();
                    publishing.fate.accept(fates.fate());
                }
            }
            while (publishedOctets < LinkPace.PUBLISH_WINDOW && !backlog.isEmpty()) {
                transmit(backlog.remove());
            }
        }

        private void onDelivered(LinkNotice.Delivered delivered) {
            delivered.deliveries().forEach(delivery -> taken(delivery.message()));
            RemoteHold hold = holds.get(delivered.hold());
            if (hold != null) {
                hold.deliver(delivered.tag(), delivered.deliveries());
            }
        }

        private void taken(Message message) {
            takenOctets += (long) message.bytes() + LinkPace.MESSAGE_OVERHEAD;
            if (takenOctets >= LinkPace.CREDIT_STEP) {
                tell(new LinkOrder.Credit(takenOctets));
                takenOctets = 0;
            }
        }

        // --- the end

        @Override
        public void onClosed() {
            end("closed");
        }

        void end(String why) {
            if (ended) {
                return;
            }
            ended = true;
            connections.remove(use, this);
            intake.close();
            QueueLine to = line;
            if (to != null) {
                to.close(why);
            }
            List<Call> unanswered = List.copyOf(calls.values());
            List<RemoteHold> lost = List.copyOf(holds.values());
            calls.clear();
            holds.clear();
            publishings.takeAll((each, number) -> each.fate.accept(number < sentThrough ? Fate.FAILED : Fate.NOT_HERE));
            for (Publishing each = backlog.poll(); each != null; each = backlog.poll()) {
                each.fate.accept(Fate.NOT_HERE);
            }
            lost.forEach(RemoteHold::lost);
            unanswered.forEach(QueueLink::refuse);
        }
    }

    private static void refuse(Call call) {
        switch (call) {
            case Call.Counting(Consumer<CountsReply> reply) ->
                reply.accept(new CountsReply(QueueOutcome.UNAVAILABLE, 0, 0, 0));
            case Call.Ending(Consumer<QueueOutcome> reply) -> reply.accept(QueueOutcome.UNAVAILABLE);
            case Call.Getting(Hold.GetReply reply) -> reply.got(QueueOutcome.UNAVAILABLE, null, 0);
        }
    }
}
