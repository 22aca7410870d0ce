package io.millrace.broker.routing;

import io.millrace.model.ArgumentValue;
import java.util.Optional;

/// What makes a declaration differ from the exchange that is there. Protocols put it into their own words, RabbitMQ's
/// being `inequivalent arg 'durable' for exchange ...: received 'true' but current is 'false'`.
///
/// @param name `type`, `durable`, `auto_delete`, `internal`, or an argument's name
/// @param isArgument whether `name` is one of the declaration's arguments; those may be absent, [ArgumentValue.Nothing]
public record Inequivalence(String name, boolean isArgument, ArgumentValue received, ArgumentValue current) {
    static final ArgumentValue NONE = new ArgumentValue.Nothing();

    /// The one argument RabbitMQ compares; what else was given at first holds.
    private static final String COMPARED = ExchangeSpec.ALTERNATE_EXCHANGE;

    static Optional<Inequivalence> first(ExchangeSpec current, ExchangeSpec received) {
        if (current.type() != received.type()) {
            return field(
                    "type",
                    ArgumentValue.text(received.type().word()),
                    ArgumentValue.text(current.type().word()));
        }
        if (current.durable() != received.durable()) {
            return field("durable", received.durable(), current.durable());
        }
        if (current.autoDelete() != received.autoDelete()) {
            return field("auto_delete", received.autoDelete(), current.autoDelete());
        }
        if (current.internal() != received.internal()) {
            return field("internal", received.internal(), current.internal());
        }
        ArgumentValue is = current.argument(COMPARED);
        ArgumentValue given = received.argument(COMPARED);
        return is.equals(given) ? Optional.empty() : Optional.of(new Inequivalence(COMPARED, true, given, is));
    }

    private static Optional<Inequivalence> field(String name, boolean received, boolean current) {
        return field(name, ArgumentValue.bool(received), ArgumentValue.bool(current));
    }

    private static Optional<Inequivalence> field(String name, ArgumentValue received, ArgumentValue current) {
        return Optional.of(new Inequivalence(name, false, received, current));
    }
}
