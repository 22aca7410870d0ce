package io.millrace.broker.queue;

import io.millrace.broker.queue.machine.ConsumerKey;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;

/// A consumer as its queue sees it: deliveries of one turn travel together.
///
/// Owned by: the queue's loop.
final class HostedConsumer {
    /// Less is not worth a note back from another loop.
    private static final int NOTED_BYTES = 64 * 1024;

    private final ConsumerKey key;
    private final boolean autoAck;
    private final Courier home;
    private final QueueConsumer consumer;
    private List<Delivery> turn = new ArrayList<>();
    private int turnBytes;

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
        turnBytes += delivery.message().bytes();
    }

    /// @param arrived called with the bytes of what has come to the connection, there; or at once where that is little
    void flush(IntConsumer arrived) {
        List<Delivery> deliveries = turn;
        int bytes = turnBytes;
        turn = new ArrayList<>();
        turnBytes = 0;
        home.send(() -> consumer.deliver(deliveries));
        if (bytes < NOTED_BYTES) {
            arrived.accept(bytes);
        } else {
            home.send(() -> arrived.accept(bytes));
        }
    }

    void cancelled() {
        home.send(consumer::cancelled);
    }
}
