package io.millrace.broker.routing;

import io.millrace.broker.message.DeduplicationKey;
import io.millrace.model.ArgumentValue;
import io.millrace.model.ArgumentValue.Whole;
import io.millrace.model.Arguments;
import io.millrace.model.VhostName;
import java.util.Optional;

/// A message on its way through a de-duplicating exchange: whether it goes on, and what is taken back when it does not
/// arrive. Immutable.
///
/// @param value which the exchange has seen now
record Deduplication(SeenMessages seen, VhostName vhost, ExchangeSpec exchange, DeduplicationKey value) {
    private static final String DISK = "disk";
    private static final String MEMORY = "memory";

    /// Nothing where the message has no value, and is never a duplicate.
    static Optional<Deduplication> of(SeenMessages seen, VhostName vhost, ExchangeSpec exchange, Arguments headers) {
        return DeduplicationKey.of(headers).map(value -> new Deduplication(seen, vhost, exchange, value));
    }

    boolean isFirst(Arguments headers) {
        long ofExchange = positive(exchange.argument(ExchangeSpec.CACHE_TTL));
        long ofMessage = positive(headers.find(ExchangeSpec.CACHE_TTL).orElse(new ArgumentValue.Nothing()));
        return seen.isFirst(vhost, exchange, value, ofMessage == 0 ? ofExchange : ofMessage);
    }

    void forget() {
        seen.forget(vhost, exchange, value);
    }

    private static long positive(ArgumentValue value) {
        return value instanceof Whole(long number, var _) && number > 0 ? number : 0;
    }

    /// Why an exchange can not be declared with these, in the words of RabbitMQ's plug-in where it has some.
    static Optional<String> invalid(Arguments arguments) {
        if (positive(arguments.find(ExchangeSpec.CACHE_SIZE).orElse(new ArgumentValue.Nothing())) == 0) {
            return Optional.of("Missing or invalid argument, 'x-cache-size' must be an integer greater than 0");
        }
        Optional<ArgumentValue> ttl = arguments.find(ExchangeSpec.CACHE_TTL);
        if (ttl.isPresent() && positive(ttl.get()) == 0) {
            return Optional.of("Invalid argument, 'x-cache-ttl' must be an integer greater than 0");
        }
        Optional<ArgumentValue> persistence = arguments.find(ExchangeSpec.CACHE_PERSISTENCE);
        Optional<String> kept = arguments.text(ExchangeSpec.CACHE_PERSISTENCE);
        if (persistence.isEmpty() || kept.filter(MEMORY::equals).isPresent()) {
            return Optional.empty();
        }
        return Optional.of(
                kept.filter(DISK::equals).isPresent()
                        ? "Invalid argument, 'x-cache-persistence' can only be 'memory' here"
                        : "Invalid argument, 'x-cache-persistence' must be either 'disk' or 'memory'");
    }
}
