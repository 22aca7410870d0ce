package io.millrace.broker.topology;

import io.millrace.broker.routing.Inequivalence;
import io.millrace.model.ArgumentValue;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/// When a new declaration of a queue is the one that is there.
public final class QueueRules {
    private static final ArgumentValue NONE = new ArgumentValue.Nothing();
    private static final String TYPE = "x-queue-type";

    /// In RabbitMQ's order. Other arguments never matter.
    private static final List<String> COMPARED = List.of(
            "x-expires",
            "x-message-ttl",
            "x-dead-letter-exchange",
            "x-dead-letter-routing-key",
            "x-dead-letter-strategy",
            "x-max-length",
            "x-max-length-bytes",
            "x-max-in-memory-length",
            "x-max-in-memory-bytes",
            "x-max-priority",
            "x-overflow",
            "x-queue-mode",
            "x-queue-version",
            "x-queue-master-locator",
            "x-single-active-consumer",
            TYPE,
            "x-delivery-limit",
            "x-quorum-initial-group-size",
            "x-max-age",
            "x-stream-max-segment-size-bytes",
            "x-initial-cluster-size",
            "x-queue-leader-locator");

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
                .map(name -> inequivalence(name, current, received));
    }

    /// A type that was not named is said to be none, unless nobody named one.
    private static Inequivalence inequivalence(String name, QueueSpec current, QueueSpec received) {
        ArgumentValue there = current.arguments().find(name).orElse(NONE);
        ArgumentValue given = received.arguments().find(name).orElse(NONE);
        return there.equals(given)
                ? new Inequivalence(name, true, argument(received, name), argument(current, name))
                : new Inequivalence(name, true, given, there);
    }

    /// The type counts whether it was named or is the virtual host's default.
    private static ArgumentValue argument(QueueSpec queue, String name) {
        return name.equals(TYPE)
                ? ArgumentValue.text(queue.type().word())
                : queue.arguments().find(name).orElse(NONE);
    }

    private static Optional<Inequivalence> flag(String name, boolean received, boolean current) {
        return Optional.of(new Inequivalence(name, false, ArgumentValue.bool(received), ArgumentValue.bool(current)));
    }
}
