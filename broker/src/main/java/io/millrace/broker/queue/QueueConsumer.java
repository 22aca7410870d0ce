package io.millrace.broker.queue;

import java.util.List;

/// Where deliveries go. Called on the loop of the connection.
public interface QueueConsumer {
    /// In the queue's order; never empty.
    void deliver(List<Delivery> deliveries);

    /// The queue let the consumer go by itself: it was deleted, or its leader was lost.
    void cancelled();
}
