package io.millrace.cluster.queue;

import io.millrace.broker.message.Message;
import io.millrace.broker.queue.ConsumerSpec;
import io.millrace.broker.queue.Delivery;
import io.millrace.broker.queue.Hold;
import io.millrace.broker.queue.QueueConsumer;
import io.millrace.broker.queue.QueueOutcome;
import io.millrace.broker.queue.QueueSite;
import io.millrace.broker.queue.QueueSite.Fate;
import io.millrace.broker.queue.Queues.CountsReply;
import io.millrace.broker.topology.QueueRef;
import io.millrace.broker.topology.QueueView;
import io.millrace.cluster.metadata.RecordReader.MalformedRecord;
import io.millrace.model.Clock;
import io.millrace.model.Loop;
import io.millrace.model.TopicId;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/// Does for another node what it asks of the queues of this one, on one connection. It is a client like any other: what
/// it holds goes back to the queues when the connection ends.
///
/// Deliveries that are not taken yet are bounded by pausing the holds that bring more; messages by not telling their
/// fate while memory is scarce, upon which no more come, and by not reading what there is no room for.
///
/// Owned by: the connection's loop.
public final class QueueDesk implements Intake.Waiting {
    private static final long LOOK_MS = 50;

    private final Loop loop;
    private final Clock clock;
    private final Known known;
    private final QueueSite queues;
    private final BiConsumer<String, Message> replies;
    private final BooleanSupplier isMemoryScarce;
    private final QueueLine line;
    private final Intake intake;
    private final UnitWriter unit = new UnitWriter();
    private final Map<Integer, Lane> lanes = new HashMap<>();
    private final Map<Integer, Held> holds = new LinkedHashMap<>();
    private final Set<Held> heldBack = new LinkedHashSet<>();
    private final Fates fates = new Fates();
    private long nextMessage;
    private long untakenOctets;

    /// Messages whose fate is not known yet.
    private int underWay;

    /// What the node's room has to hear of messages that are not large.
    private long smallOctets;

    /// Of the unit that is being read, long octets that have not gone on to a queue.
    private long attachedOctets;

    private long heardMs;
    private boolean flushPosted;
    private boolean waitsForMemory;
    private boolean closed;

    /// The queues this node has heard of.
    @FunctionalInterface
    public interface Known {
        Optional<QueueView> find(QueueRef queue, TopicId id);
    }

    /// @param queues of this node, for this connection alone
    /// @param replies takes answers for whoever waits for them on this node by a name
    /// @param isMemoryScarce whether publishers have to wait
    /// @param room for what comes
    /// @param line to send by
    public QueueDesk(
            Loop loop,
            Clock clock,
            Known known,
            QueueSite queues,
            BiConsumer<String, Message> replies,
            BooleanSupplier isMemoryScarce,
            TransitRoom room,
            QueueLine line) {
        this.loop = loop;
        this.clock = clock;
        this.known = known;
        this.queues = queues;
        this.replies = replies;
        this.isMemoryScarce = isMemoryScarce;
        this.line = line;
        this.intake = new Intake(loop, room, this);
        this.heardMs = clock.monotonicMs();
        watch();
    }

    /// Closes the connection of a node that says nothing any more.
    private void watch() {
        loop.after(LinkPace.SILENT_MS_MAX / 2, () -> {
            if (closed) {
                return;
            }
            if (clock.monotonicMs() - heardMs > LinkPace.SILENT_MS_MAX) {
                line.close("the node is silent");
            } else {
                watch();
            }
        });
    }

    /// A queue by the number the other node has for it.
    private final class Lane {
        private final QueueRef ref;
        private final TopicId id;
        private Optional<QueueView> queue = Optional.empty();
        private int refusedAttempt = -1;

        Lane(QueueRef ref, TopicId id) {
            this.ref = ref;
            this.id = id;
        }

        /// Empty while this node has not heard of it.
        Optional<QueueView> queue() {
            if (queue.isEmpty()) {
                queue = known.find(ref, id);
            }
            return queue;
        }
    }

    /// A hold by its number.
    private final class Held {
        private final int number;
        private final Hold hold;
        private boolean paused;

        Held(int number, QueueView queue) {
            this.number = number;
            this.hold = queues.hold(queue, this::lost);
        }

        private void lost() {
            if (holds.remove(number, this)) {
                heldBack.remove(this);
                tell(new LinkNotice.Lost(number));
            }
        }

        void pause(boolean pausing) {
            paused = pausing;
            if (!heldBack.contains(this)) {
                hold.pause(pausing);
            }
        }

        void holdBack() {
            if (heldBack.add(this) && !paused) {
                hold.pause(true);
            }
        }

        void letGo() {
            if (!paused) {
                hold.pause(false);
            }
        }
    }

    /// Whether the next frame may come.
    public boolean wantsMore() {
        return intake.wantsMore();
    }

    @Override
    public boolean isReady() {
        return underWay == 0 || !intake.room().isFull();
    }

    @Override
    public void resume() {
        line.resume();
    }

    /// The other node waits because of us, and is to know that we are there.
    @Override
    public void onHeldUp() {
        heardMs = clock.monotonicMs();
        tell(new LinkNotice.Pong());
    }

    /// Takes a frame of the other node.
    public void onFrame(ByteBuffer frame) {
        heardMs = clock.monotonicMs();
        try {
            Unit whole = intake.onFrame(frame);
            if (whole != null) {
                onUnit(whole);
            }
        } catch (MalformedRecord malformed) {
            line.close("another node's order can not be read: " + malformed.getMessage());
        }
    }

    private void onUnit(Unit whole) throws MalformedRecord {
        attachedOctets = whole.attachedOctets();
        try {
            while (whole.hasMore() && !closed) {
                on(LinkOrderCodec.read(whole));
            }
        } finally {
            intake.room().large(-attachedOctets);
            attachedOctets = 0;
            settleRoom();
        }
    }

    private void settleRoom() {
        intake.room().small(smallOctets);
        smallOctets = 0;
    }

    private void on(LinkOrder order) throws MalformedRecord {
        switch (order) {
            case LinkOrder.OpenLane(int lane, QueueRef queue, TopicId id) -> lanes.put(lane, new Lane(queue, id));
            case LinkOrder.ShutLane(int lane) -> lanes.remove(lane);
            case LinkOrder.Publish publish -> publish(publish);
            case LinkOrder.Reply(String name, Message message) -> {
                replies.accept(name, message);
                onFate(nextMessage++, Fate.STORED);
            }
            case LinkOrder.Counts(int call, int lane, boolean isUse) ->
                ask(call, lane, (queue, reply) -> queues.counts(queue, isUse, reply));
            case LinkOrder.Purge(int call, int lane) -> ask(call, lane, queues::purge);
            case LinkOrder.Delete(int call, int lane, boolean ifUnused, boolean ifEmpty) ->
                ask(call, lane, (queue, reply) -> queues.delete(queue, ifUnused, ifEmpty, reply));
            case LinkOrder.OpenHold(int hold, int lane) -> openHold(hold, lane);
            case LinkOrder.Consume(int hold, int call, ConsumerSpec spec) -> consume(hold, call, spec);
            case LinkOrder.Cancel(int hold, int call, String tag) -> cancel(hold, call, tag);
            case LinkOrder.Get(int hold, int call, boolean autoAck) -> get(hold, call, autoAck);
            case LinkOrder.Settle settle ->
                with(settle.hold(), held -> held.hold.settle(settle.offsets(), settle.offsets().length, settle.how()));
            case LinkOrder.Limit(int hold, int unsettled) -> with(hold, held -> held.hold.limit(unsettled));
            case LinkOrder.Pause(int hold, boolean paused) -> with(hold, held -> held.pause(paused));
            case LinkOrder.CloseHold(int hold) -> closeHold(hold);
            case LinkOrder.Credit(long octets) -> credit(octets);
            case LinkOrder.Ping() -> tell(new LinkNotice.Pong());
        }
    }

    private Lane lane(int number) throws MalformedRecord {
        Lane lane = lanes.get(number);
        if (lane == null) {
            throw new MalformedRecord("lane " + number);
        }
        return lane;
    }

    // --- messages

    private void publish(LinkOrder.Publish publish) throws MalformedRecord {
        long number = nextMessage++;
        Lane lane = lane(publish.lane());
        Optional<QueueView> queue = lane.queue();
        if (queue.isEmpty() || publish.attempt() <= lane.refusedAttempt) {
            lane.refusedAttempt = Math.max(lane.refusedAttempt, publish.attempt());
            onFate(number, Fate.NOT_HERE);
            return;
        }
        int large = LinkShapes.attached(publish.message());
        int small = publish.message().bytes() - large + LinkPace.MESSAGE_OVERHEAD;
        underWay++;
        attachedOctets -= large;
        smallOctets += small;
        queues.publish(queue.get(), publish.attempt(), publish.message(), fate -> {
            underWay--;
            smallOctets -= small;
            if (large > 0) {
                intake.room().large(-large);
            }
            onFate(number, fate);
        });
    }

    private void onFate(long number, Fate fate) {
        if (closed) {
            settleRoom();
            return;
        }
        fates.add(number, fate);
        flushSoon();
    }

    /// Neighbours with the same fate are told together.
    private final class Fates {
        private long[] numbers = new long[64];
        private Fate[] fates = new Fate[64];
        private int size;

        void add(long number, Fate fate) {
            if (size == numbers.length) {
                numbers = Arrays.copyOf(numbers, size * 2);
                fates = Arrays.copyOf(fates, size * 2);
            }
            numbers[size] = number;
            fates[size++] = fate;
        }

        void tell() {
            if (size > 0 && isMemoryScarce.getAsBoolean()) {
                waitForMemory();
                return;
            }
            int from = 0;
            for (int to = 1; to <= size; to++) {
                boolean goesOn = to < size && fates[to] == fates[from] && numbers[to] == numbers[from] + (to - from);
                if (!goesOn) {
                    LinkNoticeCodec.write(unit, new LinkNotice.Fates(numbers[from], to - from, fates[from]));
                    from = to;
                }
            }
            size = 0;
        }
    }

    private void waitForMemory() {
        if (!waitsForMemory) {
            waitsForMemory = true;
            loop.after(LOOK_MS, () -> {
                waitsForMemory = false;
                flushSoon();
            });
        }
    }

    // --- questions

    private interface Question {
        void ask(QueueView queue, Consumer<CountsReply> reply);
    }

    private void ask(int call, int lane, Question question) throws MalformedRecord {
        lane(lane)
                .queue()
                .ifPresentOrElse(
                        queue -> question.ask(queue, reply -> tell(new LinkNotice.Counted(call, reply))),
                        () -> tell(new LinkNotice.Counted(call, new CountsReply(QueueOutcome.UNAVAILABLE, 0, 0, 0))));
    }

    // --- holds

    private void openHold(int number, int lane) throws MalformedRecord {
        Optional<QueueView> queue = lane(lane).queue();
        if (queue.isEmpty()) {
            tell(new LinkNotice.Lost(number));
        } else {
            holds.put(number, new Held(number, queue.get()));
        }
    }

    private void with(int number, Consumer<Held> work) {
        Held held = holds.get(number);
        if (held != null) {
            work.accept(held);
        }
    }

    private void consume(int number, int call, ConsumerSpec spec) {
        Held held = holds.get(number);
        if (held == null) {
            tell(new LinkNotice.Ended(call, QueueOutcome.UNAVAILABLE));
        } else {
            held.hold.consume(spec, new Wire(held, spec.tag()), outcome -> tell(new LinkNotice.Ended(call, outcome)));
        }
    }

    private void cancel(int number, int call, String tag) {
        Held held = holds.get(number);
        if (held == null) {
            tell(new LinkNotice.Ended(call, QueueOutcome.DONE));
        } else {
            held.hold.cancel(tag, () -> tell(new LinkNotice.Ended(call, QueueOutcome.DONE)));
        }
    }

    private void get(int number, int call, boolean autoAck) {
        Held held = holds.get(number);
        if (held == null) {
            tell(new LinkNotice.Got(call, QueueOutcome.UNAVAILABLE, null, 0));
            return;
        }
        held.hold.get(autoAck, (outcome, delivery, readyAfter) -> {
            if (delivery != null) {
                untaken(held, delivery);
            }
            tell(new LinkNotice.Got(call, outcome, delivery, readyAfter));
        });
    }

    private void closeHold(int number) {
        Held held = holds.remove(number);
        if (held != null) {
            heldBack.remove(held);
            held.hold.close();
        }
    }

    /// Where deliveries for one consumer of the other node go.
    private final class Wire implements QueueConsumer {
        private final Held held;
        private final String tag;

        Wire(Held held, String tag) {
            this.held = held;
            this.tag = tag;
        }

        @Override
        public void deliver(List<Delivery> deliveries) {
            deliveries.forEach(delivery -> untaken(held, delivery));
            tell(new LinkNotice.Delivered(held.number, tag, deliveries));
        }

        @Override
        public void cancelled() {
            held.lost();
        }
    }

    private void untaken(Held held, Delivery delivery) {
        untakenOctets += (long) delivery.message().bytes() + LinkPace.MESSAGE_OVERHEAD;
        if (untakenOctets > LinkPace.DELIVERY_WINDOW) {
            held.holdBack();
        }
    }

    private void credit(long octets) {
        untakenOctets -= octets;
        if (untakenOctets < LinkPace.DELIVERY_WINDOW / 2 && !heldBack.isEmpty()) {
            List<Held> all = List.copyOf(heldBack);
            heldBack.clear();
            all.forEach(Held::letGo);
        }
    }

    // --- to the other node

    private void tell(LinkNotice notice) {
        if (closed) {
            return;
        }
        LinkNoticeCodec.write(unit, notice);
        if (unit.size() >= UnitWriter.UNIT_BYTES) {
            unit.take().forEach(line::send);
        }
        flushSoon();
    }

    private void flushSoon() {
        if (!flushPosted && !closed) {
            flushPosted = true;
            loop.post(this::flush);
        }
    }

    private void flush() {
        flushPosted = false;
        if (!closed) {
            settleRoom();
            fates.tell();
            unit.take().forEach(line::send);
        }
    }

    /// The connection has ended.
    public void onClosed() {
        closed = true;
        intake.close();
        settleRoom();
        List<Held> all = List.copyOf(holds.values());
        holds.clear();
        heldBack.clear();
        all.forEach(held -> held.hold.close());
    }
}
