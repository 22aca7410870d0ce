package io.millrace.cluster.queue;

import io.millrace.broker.message.Message;
import io.millrace.broker.queue.ConsumerSpec;
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
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/// Does for another node what it asks of the queues of this one, on one connection. It is a client like any other: what
/// it holds goes back to the queues when the connection ends.
///
/// Messages ([ArrivedMessages]) are bounded by not telling their fate while memory is scarce, upon which no more come,
/// and by not reading what there is no room for. The other node brings them on a line of their own ([LineUse]), so that
/// nothing else waits for that.
///
/// Owned by: the connection's loop.
public final class QueueDesk implements Intake.Waiting {
    private final Loop loop;
    private final Clock clock;
    private final Known known;
    private final QueueSite queues;
    private final BiConsumer<String, Message> replies;
    private final QueueLine line;
    private final Intake intake;
    private final UnitWriter unit = new UnitWriter();
    private final Map<Integer, Lane> lanes = new HashMap<>();
    private final ArrivedMessages messages;
    private final LentHolds holds;
    private long heardMs;
    private boolean flushPosted;
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
        this.line = line;
        this.intake = new Intake(loop, room, this);
        this.messages = new ArrivedMessages(
                loop, queues, isMemoryScarce, room, this::flushSoon, fates -> LinkNoticeCodec.write(unit, fates));
        this.holds = new LentHolds(queues, this::tell);
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

    /// Whether the next frame may come.
    public boolean wantsMore() {
        return intake.wantsMore();
    }

    @Override
    public boolean isReady() {
        return messages.isReady();
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
        messages.begin(whole);
        try {
            while (whole.hasMore() && !closed) {
                on(LinkOrderCodec.read(whole));
            }
        } finally {
            messages.end();
        }
    }

    private void on(LinkOrder order) throws MalformedRecord {
        switch (order) {
            case LinkOrder.OpenLane(int lane, QueueRef queue, TopicId id) -> lanes.put(lane, new Lane(queue, id));
            case LinkOrder.ShutLane(int lane) -> lanes.remove(lane);
            case LinkOrder.Publish publish -> publish(publish);
            case LinkOrder.Reply(String name, Message message) -> {
                replies.accept(name, message);
                messages.pass(Fate.STORED);
            }
            case LinkOrder.Counts(int call, int lane, boolean isUse) ->
                ask(call, lane, (queue, reply) -> queues.counts(queue, isUse, reply));
            case LinkOrder.Purge(int call, int lane) -> ask(call, lane, queues::purge);
            case LinkOrder.Delete(int call, int lane, boolean ifUnused, boolean ifEmpty) ->
                ask(call, lane, (queue, reply) -> queues.delete(queue, ifUnused, ifEmpty, reply));
            case LinkOrder.OpenHold(int hold, int lane) ->
                holds.open(hold, lane(lane).queue());
            case LinkOrder.Consume(int hold, int call, ConsumerSpec spec) -> holds.consume(hold, call, spec);
            case LinkOrder.Cancel(int hold, int call, String tag) -> holds.cancel(hold, call, tag);
            case LinkOrder.Get(int hold, int call, boolean autoAck) -> holds.get(hold, call, autoAck);
            case LinkOrder.Settle settle ->
                holds.with(settle.hold(), hold -> hold.settle(settle.offsets(), settle.offsets().length, settle.how()));
            case LinkOrder.Limit(int hold, int unsettled) -> holds.with(hold, held -> held.limit(unsettled));
            case LinkOrder.Pause(int hold, boolean paused) -> holds.pause(hold, paused);
            case LinkOrder.CloseHold(int hold) -> holds.close(hold);
            case LinkOrder.Credit(long octets) -> holds.credit(octets);
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

    private void publish(LinkOrder.Publish publish) throws MalformedRecord {
        Lane lane = lane(publish.lane());
        Optional<QueueView> queue = lane.queue();
        if (queue.isEmpty() || publish.attempt() <= lane.refusedAttempt) {
            lane.refusedAttempt = Math.max(lane.refusedAttempt, publish.attempt());
            messages.pass(Fate.NOT_HERE);
        } else {
            messages.publish(queue.get(), publish);
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
            messages.tell();
            unit.take().forEach(line::send);
        }
    }

    /// The connection has ended.
    public void onClosed() {
        closed = true;
        intake.close();
        messages.close();
        holds.closeAll();
    }
}
