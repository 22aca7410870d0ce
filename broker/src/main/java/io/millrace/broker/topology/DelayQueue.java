package io.millrace.broker.topology;

import io.millrace.broker.routing.Delay;
import io.millrace.model.Arguments;
import io.millrace.model.ExchangeName;
import io.millrace.model.QueueName;
import io.millrace.model.VhostName;
import java.util.Optional;

/// The queue in which the messages of a delayed exchange wait (ADR 0031): part of the exchange, under a name no client
/// can declare.
public final class DelayQueue {
    private DelayQueue() {}

    /// What is declared with the exchange.
    public static QueueSpec of(VhostName vhost, ExchangeName exchange) {
        return new QueueSpec(
                new QueueRef(vhost, Delay.queueOf(exchange)), QueueType.QUORUM, true, false, false, Arguments.NONE);
    }

    /// The exchange whose messages wait in a queue; empty for any other queue.
    public static Optional<ExchangeName> exchangeOf(QueueName queue) {
        return Delay.exchangeOf(queue);
    }

    public static boolean is(QueueView queue) {
        return exchangeOf(queue.ref().name()).isPresent();
    }
}
