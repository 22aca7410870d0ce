package io.millrace.broker.queue;

import io.millrace.broker.topology.QueueView;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A hold on a queue of this node, from the connection's side: everything is done on the queue's loop, in order.
///
/// Owned by: the connection's loop, but for the field it names.
final class LocalHold implements Hold {
    private final QueueView queue;
    private final QueueShard shard;
    private final Courier there;
    private final Courier back;

    /// Belongs to the queue's loop.
    private @Nullable HostedHold hosted;

    LocalHold(QueueView queue, QueueShard shard, Courier there, Courier back) {
        this.queue = queue;
        this.shard = shard;
        this.there = there;
        this.back = back;
    }

    @Override
    public void consume(ConsumerSpec spec, QueueConsumer consumer, Consumer<QueueOutcome> reply) {
        there.send(() -> {
            Optional<HostedHold> hold = opened();
            QueueOutcome outcome = hold.isPresent() ? hold.get().consume(spec, consumer, back) : QueueOutcome.GONE;
            back.send(() -> reply.accept(outcome));
        });
    }

    /// Runs on the queue's loop.
    private Optional<HostedHold> opened() {
        if (hosted == null) {
            hosted = shard.host(queue).map(HostedHold::new).orElse(null);
        }
        return Optional.ofNullable(hosted);
    }

    @Override
    public void cancel(String consumerTag, Runnable reply) {
        there.send(() -> {
            opened().ifPresent(hold -> hold.cancel(consumerTag));
            back.send(reply);
        });
    }

    @Override
    public void get(boolean autoAck, GetReply reply) {
        there.send(() -> {
            Optional<HostedHold> hold = opened();
            if (hold.isEmpty()) {
                back.send(() -> reply.got(QueueOutcome.GONE, null, 0));
                return;
            }
            Delivery delivery = hold.get().get(autoAck);
            long ready = hold.get().ready();
            back.send(() -> reply.got(QueueOutcome.DONE, delivery, ready));
        });
    }

    @Override
    public void settle(long[] offsets, int count, Settlement settlement) {
        long[] settled = Arrays.copyOf(offsets, count);
        there.send(() -> opened().ifPresent(hold -> hold.settle(settled, count, settlement)));
    }

    @Override
    public void pause(boolean paused) {
        there.send(() -> opened().ifPresent(hold -> hold.pause(paused)));
    }

    @Override
    public void close() {
        there.send(() -> {
            HostedHold hold = hosted;
            if (hold != null) {
                hold.close();
            }
        });
    }
}
