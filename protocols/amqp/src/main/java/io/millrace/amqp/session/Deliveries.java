package io.millrace.amqp.session;

import io.millrace.amqp.codec.method.BasicMethods;
import io.millrace.amqp.codec.wire.ShortStrings;
import io.millrace.broker.message.Message;
import io.millrace.broker.queue.ConsumerSpec;
import io.millrace.broker.queue.Delivery;
import io.millrace.broker.queue.Hold;
import io.millrace.broker.queue.Settlement;
import io.millrace.broker.topology.QueueView;
import io.millrace.model.TopicId;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What goes from queues to one channel: its consumers, the tags of deliveries, and how many may be unsettled.
///
/// The channel's common prefetch is a limit of each hold: what consumers of the channel's other queues leave of it. The
/// queues keep it, so one queue never gives too much. Several may at the same time: what is too much then waits here,
/// unsent.
///
/// Owned by: one connection's loop.
final class Deliveries {
    /// Holds nobody uses that are kept, for clients that poll the same few queues.
    private static final int IDLE_QUEUES_MAX = 32;

    /// Replies that a slow socket takes on top of what it has.
    private static final long SLOW_REPLY_BYTES_MAX = 4 * 1024 * 1024;

    private final AmqpChannel channel;
    private final Map<TopicId, ChannelQueue> queues = new LinkedHashMap<>();
    private final Map<String, ChannelConsumer> consumers = new LinkedHashMap<>();
    private final Unsettled unsettled = new Unsettled();
    private final DeliveryAges ages;
    private final Deque<Waiting> waiting = new ArrayDeque<>();
    private final Deque<ChannelQueue> settling = new ArrayDeque<>();
    private @Nullable ReplyConsumer replyConsumer;
    private long lastTag;
    private int consumerPrefetch;
    private int channelPrefetch;
    /// What consumers have to settle, with what waits; what came by `basic.get` is not in it.
    private int held;

    private int awaitingCommit;
    private boolean slow;
    private long slowReplyBytes;
    private boolean paused;

    Deliveries(AmqpChannel channel) {
        this.channel = channel;
        this.ages = new DeliveryAges(channel.connection().config().consumerTimeoutMs());
    }

    private record Waiting(ChannelConsumer consumer, Delivery delivery) {}

    /// The hold on a queue, opened when there is none.
    ChannelQueue queue(QueueView view) {
        ChannelQueue known = queues.get(view.id());
        if (known == null) {
            closeIdle();
            known = new ChannelQueue(view, channel.ports().queues().hold(view));
            queues.put(view.id(), known);
            if (paused) {
                known.hold().pause(true);
            }
            known.limit(limit(known));
        }
        return known;
    }

    private void closeIdle() {
        if (queues.size() < IDLE_QUEUES_MAX) {
            return;
        }
        List<ChannelQueue> idle =
                queues.values().stream().filter(ChannelQueue::isIdle).toList();
        for (ChannelQueue each : idle) {
            queues.remove(each.view().id());
            each.flush();
            each.hold().close();
        }
    }

    @Nullable
    ChannelConsumer consumer(String tag) {
        return consumers.get(tag);
    }

    int consumerCount() {
        return consumers.size();
    }

    ChannelConsumer addConsumer(ChannelQueue queue, ConsumerSpec spec) {
        ChannelConsumer consumer = new ChannelConsumer(this, queue, spec);
        consumers.put(spec.tag(), consumer);
        queue.used(1);
        return consumer;
    }

    void removeConsumer(ChannelConsumer consumer) {
        if (consumers.remove(consumer.tag(), consumer)) {
            consumer.end();
            consumer.queue().used(-1);
        }
    }

    @Nullable
    ReplyConsumer replyConsumer() {
        return replyConsumer;
    }

    void replyConsumer(@Nullable ReplyConsumer consumer) {
        replyConsumer = consumer;
    }

    /// For consumers that come after; 0 for any number.
    void consumerPrefetch(int count) {
        consumerPrefetch = count;
    }

    /// For all consumers of the channel together; 0 for any number.
    void channelPrefetch(int count) {
        channelPrefetch = count;
        queues.values().forEach(each -> each.limit(limit(each)));
        credit();
    }

    int channelPrefetch() {
        return channelPrefetch;
    }

    List<SessionView.ConsumerView> views() {
        return consumers.values().stream().map(ChannelConsumer::view).toList();
    }

    /// What a new consumer may have unsettled; 0 for any number.
    int prefetch() {
        return consumerPrefetch;
    }

    void deliver(ChannelConsumer consumer, List<Delivery> arrived) {
        if (channel.isClosed()) {
            return; // the hold gives back what was under way
        }
        for (Delivery delivery : arrived) {
            if (consumer.isAutoAck()) {
                send(consumer, delivery);
                continue;
            }
            if (waiting.isEmpty() && hasRoom()) {
                send(consumer, delivery);
            } else {
                waiting.add(new Waiting(consumer, delivery));
            }
            held(consumer.queue(), 1);
        }
        credit();
    }

    /// The queue ended the consumer by itself; the client hears of it if it wants to.
    void cancelled(ChannelConsumer consumer) {
        if (channel.isClosed() || consumer.isEnded()) {
            return;
        }
        removeConsumer(consumer);
        if (channel.connection().client().hearsCancels()) {
            channel.send(new BasicMethods.Cancel(consumer.tag(), true));
        }
    }

    private void send(ChannelConsumer consumer, Delivery delivery) {
        long tag = ++lastTag;
        Message message = delivery.message();
        if (!consumer.isAutoAck()) {
            keep(new Unsettled.Entry(tag, consumer.queue(), delivery.offset(), consumer));
        }
        Contents.write(
                channel,
                new BasicMethods.Deliver(
                        consumer.tag(),
                        tag,
                        delivery.redelivered(),
                        message.exchange(),
                        ShortStrings.fitting(message.routingKey())),
                consumer.queue(),
                delivery);
    }

    /// Answers `basic.get` with a message.
    void sendGot(ChannelQueue queue, Delivery delivery, boolean autoAck, long readyAfter) {
        long tag = ++lastTag;
        Message message = delivery.message();
        if (!autoAck) {
            keep(new Unsettled.Entry(tag, queue, delivery.offset(), null));
        }
        Contents.write(
                channel,
                new BasicMethods.GetOk(
                        tag,
                        delivery.redelivered(),
                        message.exchange(),
                        ShortStrings.fitting(message.routingKey()),
                        readyAfter),
                queue,
                delivery);
        updatePause();
    }

    /// An answer to a reply consumer. There is no queue it could wait in: a client that reads too slowly misses it.
    void sendReply(ReplyConsumer consumer, Message message) {
        boolean fits = !slow || (slowReplyBytes += message.bytes()) < SLOW_REPLY_BYTES_MAX;
        if (!channel.isClosed() && fits) {
            Contents.write(
                    channel,
                    new BasicMethods.Deliver(
                            consumer.tag(),
                            ++lastTag,
                            false,
                            message.exchange(),
                            ShortStrings.fitting(message.routingKey())),
                    message);
        }
    }

    private void keep(Unsettled.Entry entry) {
        entry.queue().used(1);
        unsettled.add(entry);
    }

    /// Takes deliveries out of the unsettled ones: this one, or with `multiple` all up to it, or simply all for tag 0.
    ///
    /// @throws Refused when there is none of this tag
    List<Unsettled.Entry> take(long tag, boolean multiple) throws Refused {
        if (!multiple) {
            Unsettled.Entry entry = unsettled.remove(tag);
            if (entry == null) {
                throw unknown(tag);
            }
            return List.of(entry);
        }
        List<Unsettled.Entry> taken = new ArrayList<>();
        if (tag == 0) {
            unsettled.removeAll(taken::add);
        } else if (!unsettled.removeThrough(tag, taken::add)) {
            throw unknown(tag);
        }
        return taken;
    }

    private static Refused unknown(long tag) {
        return Refused.preconditionFailed("unknown delivery tag " + Long.toUnsignedString(tag));
    }

    /// Tells the queues about deliveries that were taken, at the end of the turn.
    void settle(List<Unsettled.Entry> taken, Settlement how) {
        for (Unsettled.Entry entry : taken) {
            settle(entry.queue(), entry.offset(), how);
            entry.queue().used(-1);
            if (entry.consumer() != null) {
                held(entry.queue(), -1);
            }
        }
        credit();
    }

    private void held(ChannelQueue queue, int more) {
        queue.held(more);
        held += more;
    }

    private void settle(ChannelQueue queue, long offset, Settlement how) {
        if (!queue.hasSettlements()) {
            settling.add(queue);
        }
        queue.settle(offset, how);
        channel.touch();
    }

    /// Takes back what was taken and is not settled after all.
    void restore(List<Unsettled.Entry> taken) {
        unsettled.restore(taken);
        updatePause();
    }

    /// So many deliveries that were taken are settled at the commit of a transaction, or will not be when negative.
    void awaitCommit(int more) {
        awaitingCommit += more;
    }

    /// What the queues wait for, with what a commit will settle.
    int unsettledCount() {
        return unsettled.count() + awaitingCommit;
    }

    /// Whether one has waited too long to be settled. Looked at now and then.
    boolean isOverdue(long nowMs) {
        return ages.isOver(nowMs, unsettled.oldest(), lastTag);
    }

    void flush() {
        for (ChannelQueue queue = settling.poll(); queue != null; queue = settling.poll()) {
            queue.flush();
        }
    }

    void slow(boolean isSlow) {
        slow = isSlow;
        slowReplyBytes = 0;
        updatePause();
    }

    /// What others leave of the common prefetch to this one.
    private int limit(ChannelQueue queue) {
        int others = held - queue.held();
        return channelPrefetch == 0 ? Hold.UNLIMITED : Math.max(0, channelPrefetch - others);
    }

    private boolean hasRoom() {
        boolean isInPrefetch = channelPrefetch == 0 || held - waiting.size() < channelPrefetch;
        return isInPrefetch && unsettledCount() < channel.connection().config().unackedMax();
    }

    private void credit() {
        while (!waiting.isEmpty() && hasRoom()) {
            Waiting next = waiting.remove();
            if (next.consumer().isEnded()) {
                settle(next.consumer().queue(), next.delivery().offset(), Settlement.REQUEUE);
                held(next.consumer().queue(), -1);
            } else {
                send(next.consumer(), next.delivery());
            }
        }
        if (channelPrefetch != 0) {
            queues.values().forEach(each -> each.limit(limit(each)));
        }
        updatePause();
    }

    private void updatePause() {
        int most = channel.connection().config().unackedMax();
        boolean wanted = slow || unsettledCount() + waiting.size() >= most;
        if (wanted != paused) {
            paused = wanted;
            List.copyOf(queues.values()).forEach(each -> each.hold().pause(wanted));
        }
    }

    void close() {
        ReplyConsumer replies = replyConsumer;
        if (replies != null) {
            channel.ports().replies().close(replies.name());
        }
        flush();
        queues.values().forEach(each -> each.hold().close());
        queues.clear();
        consumers.clear();
        waiting.clear();
    }
}
