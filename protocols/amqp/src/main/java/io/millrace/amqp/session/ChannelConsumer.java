package io.millrace.amqp.session;

import io.millrace.broker.queue.ConsumerSpec;
import io.millrace.broker.queue.Delivery;
import io.millrace.broker.queue.QueueConsumer;
import java.util.List;

/// One consumer of a channel.
///
/// Owned by: one connection's loop.
final class ChannelConsumer implements QueueConsumer {
    private final Deliveries deliveries;
    private final ChannelQueue queue;
    private final ConsumerSpec spec;
    private boolean ended;

    ChannelConsumer(Deliveries deliveries, ChannelQueue queue, ConsumerSpec spec) {
        this.deliveries = deliveries;
        this.queue = queue;
        this.spec = spec;
    }

    ChannelQueue queue() {
        return queue;
    }

    String tag() {
        return spec.tag();
    }

    boolean isAutoAck() {
        return spec.autoAck();
    }

    SessionView.ConsumerView view() {
        return new SessionView.ConsumerView(
                queue.view().ref(), spec.tag(), !spec.autoAck(), spec.exclusive(), spec.prefetch(), spec.arguments());
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
