package io.millrace.broker.queue;

import io.millrace.broker.queue.machine.ConsumerKey;
import java.util.ArrayList;
import java.util.List;

/// A consumer as its queue sees it: deliveries of one turn travel together.
///
/// Owned by: the queue's loop.
final class HostedConsumer {
    private final ConsumerKey key;
    private final boolean autoAck;
    private final Courier home;
    private final QueueConsumer consumer;
    private List<Delivery> turn = new ArrayList<>();

    /// @param home the way to the consumer's connection
    HostedConsumer(ConsumerKey key, boolean autoAck, Courier home, QueueConsumer consumer) {
        this.key = key;
        this.autoAck = autoAck;
        this.home = home;
        this.consumer = consumer;
    }

    ConsumerKey key() {
        return key;
    }

    boolean autoAck() {
        return autoAck;
    }

    void add(Delivery delivery) {
        turn.add(delivery);
    }

    void flush() {
        List<Delivery> deliveries = turn;
        turn = new ArrayList<>();
        home.send(() -> consumer.deliver(deliveries));
    }

    void cancelled() {
        home.send(consumer::cancelled);
    }
}
