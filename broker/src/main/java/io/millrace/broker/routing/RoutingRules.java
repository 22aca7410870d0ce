package io.millrace.broker.routing;

import io.millrace.broker.routing.Destination.ToExchange;
import io.millrace.broker.routing.Destination.ToQueue;
import io.millrace.broker.routing.Destination.ToTopic;
import io.millrace.broker.routing.RoutingRefusal.DefaultExchange;
import io.millrace.broker.routing.RoutingRefusal.Inequivalent;
import io.millrace.broker.routing.RoutingRefusal.Invalid;
import io.millrace.broker.routing.RoutingRefusal.NoExchange;
import io.millrace.broker.routing.RoutingRefusal.NoQueue;
import io.millrace.broker.routing.RoutingRefusal.ReservedName;
import io.millrace.model.ArgumentValue;
import io.millrace.model.Arguments;
import io.millrace.model.ExchangeName;
import io.millrace.model.QueueName;
import io.millrace.model.VhostName;
import java.util.List;
import java.util.Optional;

/// Which changes of a topology are allowed, asked before they are made. An empty answer is a yes.
///
/// Permissions and the existence of Kafka topics are checked elsewhere.
public final class RoutingRules {
    private static final String RESERVED = "amq.";
    private static final List<String> HASHED_PROPERTIES = List.of("correlation_id", "message_id", "timestamp");
    private static final List<String> MATCHES = List.of("all", "any", "all-with-x", "any-with-x");

    private RoutingRules() {}

    /// Whether a client may declare `exchange`: also yes when an equivalent one is there.
    public static Optional<RoutingRefusal> declare(RoutingTable table, ExchangeSpec exchange) {
        if (exchange.name().isDefault()) {
            return Optional.of(new DefaultExchange());
        }
        Optional<ExchangeSpec> current = table.exchange(exchange.name());
        if (current.isPresent()) {
            return current.get()
                    .differenceTo(exchange)
                    .map(difference -> new Inequivalent(exchange.name(), difference));
        }
        if (exchange.name().value().startsWith(RESERVED)) {
            return Optional.of(new ReservedName(exchange.name()));
        }
        return invalid(exchange).map(Invalid::new);
    }

    private static Optional<String> invalid(ExchangeSpec exchange) {
        return switch (exchange.type()) {
            case DELAYED -> invalidDelayed(exchange.arguments());
            case CONSISTENT_HASH -> invalidHash(exchange.arguments());
            case DEDUPLICATION -> Deduplication.invalid(exchange.arguments());
            default -> Optional.empty();
        };
    }

    private static Optional<String> invalidDelayed(Arguments arguments) {
        boolean isKnown = arguments
                .text(ExchangeSpec.DELAYED_TYPE)
                .flatMap(ExchangeType::find)
                .filter(ExchangeType::isPlain)
                .isPresent();
        return isKnown
                ? Optional.empty()
                : Optional.of("Invalid argument, 'x-delayed-type' must be an existing exchange type");
    }

    private static Optional<String> invalidHash(Arguments arguments) {
        Optional<String> property = arguments.text(ExchangeSpec.HASH_PROPERTY);
        if (property.isEmpty()) {
            return Optional.empty();
        }
        if (arguments.find(ExchangeSpec.HASH_HEADER).isPresent()) {
            return Optional.of("hash-header and hash-property are mutually exclusive");
        }
        return property.filter(name -> !HASHED_PROPERTIES.contains(name)).map(name -> "Unsupported property: " + name);
    }

    /// Whether a client may delete `exchange`. That there is none is no reason against it.
    public static Optional<RoutingRefusal> delete(RoutingTable table, ExchangeName exchange, boolean ifUnused) {
        if (exchange.isDefault()) {
            return Optional.of(new DefaultExchange());
        }
        if (exchange.value().startsWith(RESERVED)) {
            return Optional.of(new ReservedName(exchange));
        }
        return ifUnused && table.bindingCountFrom(exchange) > 0
                ? Optional.of(new RoutingRefusal.InUse(exchange))
                : Optional.empty();
    }

    /// Topics are in the virtual host `/` alone: for all others there is none, whatever its name.
    public static Optional<RoutingRefusal> bind(RoutingTable table, Binding binding) {
        Optional<RoutingRefusal> refusal = unbind(binding);
        if (refusal.isPresent()) {
            return refusal;
        }
        Optional<ExchangeSpec> source = table.exchange(binding.source());
        if (source.isEmpty()) {
            return Optional.of(new NoExchange(binding.source()));
        }
        if (binding.destination() instanceof ToExchange(var name)
                && table.exchange(name).isEmpty()) {
            return Optional.of(new NoExchange(name));
        }
        if (binding.destination() instanceof ToQueue(var name) && !table.hasQueue(name)) {
            return Optional.of(new NoQueue(name));
        }
        if (binding.destination() instanceof ToTopic(String topic)
                && !table.vhost().equals(VhostName.HOME)) {
            return Optional.of(new NoQueue(new QueueName(topic)));
        }
        return invalid(source.get().routingType(), binding).map(Invalid::new);
    }

    private static Optional<String> invalid(ExchangeType type, Binding binding) {
        return switch (type) {
            case HEADERS -> binding.arguments().find(HeadersPattern.MATCH).flatMap(RoutingRules::invalidMatch);
            case CONSISTENT_HASH -> invalidWeight(binding.key());
            default -> Optional.empty();
        };
    }

    private static Optional<String> invalidMatch(ArgumentValue match) {
        if (!(match instanceof ArgumentValue.Text text)) {
            return Optional.of("Invalid x-match field type " + described(match) + "; expected longstr");
        }
        return MATCHES.contains(text.asString())
                ? Optional.empty()
                : Optional.of("Invalid x-match field value <<\"" + text.asString()
                        + "\">>; expected all, any, all-with-x, or any-with-x");
    }

    /// As RabbitMQ names types and values, as far as clients write them.
    private static String described(ArgumentValue value) {
        return switch (value) {
            case ArgumentValue.Whole(long number, ArgumentValue.Width width) ->
                (width == ArgumentValue.Width.LONG ? "long" : "signedint") + " (value " + number + ")";
            case ArgumentValue.Bool(boolean is) -> "bool (value " + is + ")";
            case ArgumentValue.Real(double number, boolean isSingle) ->
                (isSingle ? "float" : "double") + " (value " + number + ")";
            case ArgumentValue.Nothing _ -> "void (value undefined)";
            default -> value.toString();
        };
    }

    private static Optional<String> invalidWeight(String key) {
        try {
            return Integer.parseInt(key) < 1 ? Optional.of("The binding key must be greater than 0") : Optional.empty();
        } catch (NumberFormatException _) {
            String term = key.isEmpty() ? "<<>>" : "<<\"" + key + "\">>";
            return Optional.of("The binding key must be an integer: " + term);
        }
    }

    /// Whether a client may unbind. That there is no such binding, or nothing it could be between, is no reason against
    /// it.
    public static Optional<RoutingRefusal> unbind(Binding binding) {
        boolean isDefault = binding.source().isDefault()
                || (binding.destination() instanceof ToExchange(var name) && name.isDefault());
        return isDefault ? Optional.of(new DefaultExchange()) : Optional.empty();
    }
}
