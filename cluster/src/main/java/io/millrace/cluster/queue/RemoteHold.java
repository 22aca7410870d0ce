package io.millrace.cluster.queue;

import io.millrace.broker.queue.ConsumerSpec;
import io.millrace.broker.queue.Delivery;
import io.millrace.broker.queue.Hold;
import io.millrace.broker.queue.QueueConsumer;
import io.millrace.broker.queue.QueueOutcome;
import io.millrace.broker.queue.Settlement;
import io.millrace.model.TopicId;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/// A hold on a queue of another node, for as long as one connection lasts.
///
/// Owned by: one [QueueLink].
final class RemoteHold implements Hold {
    private final QueueLink.Connection connection;
    private final TopicId queue;
    private final int number;
    private final Runnable onLost;
    private final Map<String, QueueConsumer> consumers = new HashMap<>();
    private boolean over;

    RemoteHold(QueueLink.Connection connection, TopicId queue, int number, Runnable onLost) {
        this.connection = connection;
        this.queue = queue;
        this.number = number;
        this.onLost = onLost;
    }

    int number() {
        return number;
    }

    void deliver(String tag, List<Delivery> deliveries) {
        QueueConsumer consumer = consumers.get(tag);
        if (consumer != null) {
            consumer.deliver(deliveries);
        }
    }

    void lost() {
        if (!over) {
            over = true;
            consumers.clear();
            onLost.run();
        }
    }

    @Override
    public void consume(ConsumerSpec spec, QueueConsumer consumer, Consumer<QueueOutcome> reply) {
        consumers.put(spec.tag(), consumer);
        connection.consume(reply, call -> new LinkOrder.Consume(number, call, spec));
    }

    @Override
    public void cancel(String consumerTag, Runnable reply) {
        connection.consume(
                _ -> {
                    consumers.remove(consumerTag);
                    reply.run();
                },
                call -> new LinkOrder.Cancel(number, call, consumerTag));
    }

    @Override
    public void get(boolean autoAck, GetReply reply) {
        connection.get(queue, reply, call -> new LinkOrder.Get(number, call, autoAck));
    }

    @Override
    public void settle(long[] offsets, int count, Settlement settlement) {
        tell(new LinkOrder.Settle(number, settlement, Arrays.copyOf(offsets, count)));
    }

    @Override
    public void limit(int unsettled) {
        tell(new LinkOrder.Limit(number, unsettled));
    }

    @Override
    public void pause(boolean paused) {
        tell(new LinkOrder.Pause(number, paused));
    }

    private void tell(LinkOrder order) {
        if (!over) {
            connection.tell(order);
        }
    }

    @Override
    public void close() {
        if (!over) {
            over = true;
            consumers.clear();
            connection.closed(this);
        }
    }
}
