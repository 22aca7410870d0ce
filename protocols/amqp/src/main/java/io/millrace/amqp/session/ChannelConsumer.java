package io.millrace.amqp.session;

import io.millrace.broker.queue.Delivery;
import io.millrace.broker.queue.QueueConsumer;
import java.util.List;

/// One consumer of a channel.
///
/// Owned by: one connection's loop.
final class ChannelConsumer implements QueueConsumer {
    private final Deliveries deliveries;
    private final ChannelQueue queue;
    private final String tag;
    private final boolean autoAck;
    private boolean ended;

    ChannelConsumer(Deliveries deliveries, ChannelQueue queue, String tag, boolean autoAck) {
        this.deliveries = deliveries;
        this.queue = queue;
        this.tag = tag;
        this.autoAck = autoAck;
    }

    ChannelQueue queue() {
        return queue;
    }

    String tag() {
        return tag;
    }

    boolean isAutoAck() {
        return autoAck;
    }

    boolean isEnded() {
        return ended;
    }

    void end() {
        ended = true;
    }

    @Override
    public void deliver(List<Delivery> arrived) {
        deliveries.deliver(this, arrived);
    }

    @Override
    public void cancelled() {
        deliveries.cancelled(this);
    }
}
