package io.millrace.broker.routing;

import io.millrace.model.ArgumentValue;
import io.millrace.model.Arguments;
import io.millrace.model.ExchangeName;
import java.util.List;
import java.util.Optional;

/// An exchange as it was declared.
///
/// @param durable whether it outlives a restart
/// @param autoDelete whether it goes when the last binding from it goes
/// @param internal whether clients may not publish to it; whoever publishes checks that
/// @param arguments as given; `alternate-exchange`, `x-delayed-type`, `hash-header` and `hash-property` have a meaning
public record ExchangeSpec(
        ExchangeName name,
        ExchangeType type,
        boolean durable,
        boolean autoDelete,
        boolean internal,
        Arguments arguments) {
    public static final String ALTERNATE_EXCHANGE = "alternate-exchange";
    public static final String DELAYED_TYPE = "x-delayed-type";
    public static final String CACHE_SIZE = "x-cache-size";
    public static final String CACHE_TTL = "x-cache-ttl";
    public static final String CACHE_PERSISTENCE = "x-cache-persistence";
    public static final String HASH_HEADER = "hash-header";
    public static final String HASH_PROPERTY = "hash-property";

    /// The exchanges every virtual host has. None can be declared otherwise or deleted.
    public static final List<ExchangeSpec> PREDECLARED = List.of(
            predeclared("", ExchangeType.DIRECT, false),
            predeclared("amq.direct", ExchangeType.DIRECT, false),
            predeclared("amq.fanout", ExchangeType.FANOUT, false),
            predeclared("amq.headers", ExchangeType.HEADERS, false),
            predeclared("amq.match", ExchangeType.HEADERS, false),
            predeclared("amq.rabbitmq.trace", ExchangeType.TOPIC, true),
            predeclared("amq.topic", ExchangeType.TOPIC, false));

    private static ExchangeSpec predeclared(String name, ExchangeType type, boolean internal) {
        return new ExchangeSpec(new ExchangeName(name), type, true, false, internal, Arguments.NONE);
    }

    /// A durable exchange without arguments.
    public static ExchangeSpec durable(String name, ExchangeType type) {
        return new ExchangeSpec(new ExchangeName(name), type, true, false, false, Arguments.NONE);
    }

    /// The type it routes by: that of a de-duplicating one is fanout, that of a delayed exchange's own choice, direct
    /// when that says nothing sensible.
    public ExchangeType routingType() {
        if (type == ExchangeType.DEDUPLICATION) {
            return ExchangeType.FANOUT;
        }
        if (type != ExchangeType.DELAYED) {
            return type;
        }
        return arguments
                .text(DELAYED_TYPE)
                .flatMap(ExchangeType::find)
                .filter(ExchangeType::isPlain)
                .orElse(ExchangeType.DIRECT);
    }

    /// How many values a de-duplicating exchange remembers.
    public long cacheSize() {
        return argument(CACHE_SIZE) instanceof ArgumentValue.Whole whole ? whole.value() : 0;
    }

    /// Where what no binding wanted goes, by the exchange's own arguments; a policy may name one too.
    public Optional<ExchangeName> alternate() {
        return arguments.text(ALTERNATE_EXCHANGE).map(ExchangeName::new);
    }

    /// Where a new declaration of the same name differs first from this one, in RabbitMQ's order; nothing when it is
    /// equivalent. Of the arguments only the alternate exchange counts.
    public Optional<Inequivalence> differenceTo(ExchangeSpec received) {
        return Inequivalence.first(this, received);
    }

    /// The argument `name`, or [ArgumentValue.Nothing].
    ArgumentValue argument(String name) {
        return arguments.find(name).orElse(Inequivalence.NONE);
    }
}
