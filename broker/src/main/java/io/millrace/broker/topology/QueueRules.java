package io.millrace.broker.topology;

import io.millrace.broker.routing.Inequivalence;
import io.millrace.model.ArgumentValue;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/// When a new declaration of a queue is the one that is there.
public final class QueueRules {
    private static final ArgumentValue NONE = new ArgumentValue.Nothing();

    /// In RabbitMQ's order. The type is not among them: classic and quorum are the same thing here.
    private static final List<String> COMPARED = List.of(
            "x-expires",
            "x-message-ttl",
            "x-dead-letter-exchange",
            "x-dead-letter-routing-key",
            "x-max-length",
            "x-max-length-bytes",
            "x-max-priority",
            "x-overflow",
            "x-single-active-consumer",
            "x-delivery-limit");

    private QueueRules() {}

    /// Where `received` differs first from `current`; nothing when it is equivalent.
    public static Optional<Inequivalence> difference(QueueSpec current, QueueSpec received) {
        if (current.durable() != received.durable()) {
            return flag("durable", received.durable(), current.durable());
        }
        if (current.exclusive() != received.exclusive()) {
            return flag("exclusive", received.exclusive(), current.exclusive());
        }
        if (current.autoDelete() != received.autoDelete()) {
            return flag("auto_delete", received.autoDelete(), current.autoDelete());
        }
        return COMPARED.stream()
                .filter(name -> !Objects.equals(argument(current, name), argument(received, name)))
                .findFirst()
                .map(name -> new Inequivalence(name, true, argument(received, name), argument(current, name)));
    }

    private static ArgumentValue argument(QueueSpec queue, String name) {
        return queue.arguments().find(name).orElse(NONE);
    }

    private static Optional<Inequivalence> flag(String name, boolean received, boolean current) {
        return Optional.of(new Inequivalence(name, false, ArgumentValue.bool(received), ArgumentValue.bool(current)));
    }
}
