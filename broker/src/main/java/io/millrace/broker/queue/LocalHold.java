package io.millrace.broker.queue;

import io.millrace.broker.topology.QueueView;
import io.millrace.model.InvariantViolation;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A hold on a queue of this node, from the connection's side: everything is done on the queue's loop, in order.
///
/// A queue that goes elsewhere and comes back is another one to it: the hold is lost, and what was unsettled is the
/// queue's again.
///
/// Owned by: the connection's loop, but for the fields it names.
final class LocalHold implements Hold {
    private final QueueView queue;
    private final QueueShard shard;
    private final Courier there;
    private final Courier back;
    private final Runnable onLost;

    /// Belongs to the queue's loop.
    private @Nullable HostedHold hosted;

    /// Belongs to the queue's loop.
    private boolean paused;

    /// Belongs to the queue's loop.
    private int limit = UNLIMITED;

    LocalHold(QueueView queue, QueueShard shard, Courier there, Courier back, Runnable onLost) {
        this.queue = queue;
        this.shard = shard;
        this.there = there;
        this.back = back;
        this.onLost = onLost;
    }

    /// Stands for the hold among those the queue tells when it goes: a hold may have messages and no consumer.
    private record Lifeline(Runnable onLost) implements QueueConsumer {
        @Override
        public void deliver(List<Delivery> deliveries) {
            throw new InvariantViolation("a hold gets nothing itself");
        }

        @Override
        public void cancelled() {
            onLost.run();
        }
    }

    @Override
    public void consume(ConsumerSpec spec, QueueConsumer consumer, Consumer<QueueOutcome> reply) {
        Consumer<QueueOutcome> answer = outcome -> back.send(() -> reply.accept(outcome));
        there.send(() -> shard.use(
                queue,
                host -> {
                    HostedHold hold = opened(host);
                    answer.accept(hold.isOpen() ? hold.consume(spec, consumer, back) : QueueOutcome.UNAVAILABLE);
                },
                answer));
    }

    /// Runs on the queue's loop.
    private HostedHold opened(QueueHost host) {
        HostedHold known = hosted;
        if (known == null) {
            known = new HostedHold(host, paused, limit, back, new Lifeline(onLost));
            hosted = known;
        }
        return known;
    }

    @Override
    public void cancel(String consumerTag, Runnable reply) {
        there.send(() -> onHosted(hold -> hold.cancel(consumerTag), () -> back.send(reply)));
    }

    /// Runs on the queue's loop: does what concerns only what is held already.
    private void onHosted(Consumer<HostedHold> work, Runnable after) {
        shard.afterOthers(queue, () -> {
            HostedHold hold = hosted;
            if (hold != null && hold.isOpen()) {
                work.accept(hold);
            }
            after.run();
        });
    }

    @Override
    public void get(boolean autoAck, GetReply reply) {
        there.send(() -> shard.use(
                queue,
                host -> {
                    HostedHold hold = opened(host);
                    if (!hold.isOpen()) {
                        back.send(() -> reply.got(QueueOutcome.UNAVAILABLE, null, 0));
                        return;
                    }
                    hold.get(autoAck, delivery -> {
                        QueueOutcome outcome = hold.isOpen() ? QueueOutcome.DONE : QueueOutcome.UNAVAILABLE;
                        long ready = hold.ready();
                        back.send(() -> reply.got(outcome, delivery, ready));
                    });
                },
                outcome -> back.send(() -> reply.got(outcome, null, 0))));
    }

    @Override
    public void settle(long[] offsets, int count, Settlement settlement) {
        long[] settled = Arrays.copyOf(offsets, count);
        there.send(() -> onHosted(hold -> hold.settle(settled, count, settlement), () -> {}));
    }

    @Override
    public void limit(int unsettled) {
        there.send(() -> onHosted(hold -> hold.limit(unsettled), () -> limit = unsettled));
    }

    @Override
    public void pause(boolean pausing) {
        there.send(() -> onHosted(hold -> hold.pause(pausing), () -> paused = pausing));
    }

    @Override
    public void close() {
        there.send(() -> onHosted(HostedHold::close, () -> {}));
    }
}
