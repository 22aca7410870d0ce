package io.millrace.broker.routing;

import io.millrace.model.ArgumentValue;
import io.millrace.model.Arguments;
import io.millrace.model.PersistentMap;
import io.millrace.model.TextHash;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Bindings of a consistent-hash exchange: each gets a share of all keys that is proportional to its weight, and when
/// one comes or goes only the keys it gets or had move (weighted rendezvous hashing: every binding draws a number from
/// the key, the best one has it). The cost of a message grows with the number of bindings.
///
/// @param arguments the exchange's own: `hash-header` or `hash-property` say what is hashed instead of the routing key
record HashIndex(Arguments arguments, PersistentMap<Binding, Share> shares) implements ExchangeIndex {
    /// A binding's weight, and what makes its draws differ from those of others.
    record Share(Binding binding, long salt, long weight) {
        static Share of(Binding binding) {
            long destination = TextHash.of(binding.destination().toString());
            return new Share(
                    binding, TextHash.mixed(destination + TextHash.of(binding.key())), weightOf(binding.key()));
        }

        /// How long this binding takes for the key: exponentially distributed with the weight as its rate.
        double time(long keyHash) {
            double drawn = ((TextHash.mixed(keyHash ^ salt) >>> 11) + 0.5) * 0x1.0p-53;
            return -StrictMath.log(drawn) / weight;
        }
    }

    static HashIndex empty(ExchangeSpec exchange) {
        return new HashIndex(exchange.arguments(), PersistentMap.empty());
    }

    /// The weight that a binding key stands for; what is no positive number counts as 1 ([RoutingRules] refuses it).
    private static long weightOf(String key) {
        try {
            return Math.max(1, Integer.parseInt(key));
        } catch (NumberFormatException _) {
            return 1;
        }
    }

    @Override
    public ExchangeIndex with(Binding binding) {
        return contains(binding) ? this : new HashIndex(arguments, shares.with(binding, Share.of(binding)));
    }

    @Override
    public ExchangeIndex without(Binding binding) {
        PersistentMap<Binding, Share> left = shares.without(binding);
        return left == shares ? this : new HashIndex(arguments, left);
    }

    @Override
    public boolean contains(Binding binding) {
        return shares.get(binding) != null;
    }

    @Override
    public int size() {
        return shares.size();
    }

    @Override
    public void forEach(Consumer<? super Binding> action) {
        shares.forEach((binding, _) -> action.accept(binding));
    }

    @Override
    public void match(Routable message, Chance chance, Consumer<? super Binding> found) {
        var quickest = new Quickest(TextHash.of(hashed(message)));
        shares.forEach((_, share) -> quickest.offer(share));
        if (quickest.binding != null) {
            found.accept(quickest.binding);
        }
    }

    private String hashed(Routable message) {
        Optional<String> header = arguments.text(ExchangeSpec.HASH_HEADER);
        if (header.isPresent()) {
            return message.headers().find(header.get()).map(HashIndex::asText).orElse("");
        }
        return arguments
                .text(ExchangeSpec.HASH_PROPERTY)
                .map(property -> message.property(property).orElse(""))
                .orElseGet(message::routingKey);
    }

    /// The same text for numbers of every width.
    private static String asText(ArgumentValue value) {
        return switch (value) {
            case ArgumentValue.Text text -> text.asString();
            case ArgumentValue.Whole whole -> Long.toString(whole.value());
            default -> value.toString();
        };
    }

    @Override
    public boolean dependsOnKeyAlone() {
        return arguments.find(ExchangeSpec.HASH_HEADER).isEmpty()
                && arguments.find(ExchangeSpec.HASH_PROPERTY).isEmpty();
    }

    /// The best share seen so far.
    private static final class Quickest {
        private final long keyHash;
        private double time = Double.POSITIVE_INFINITY;
        private @Nullable Binding binding;

        Quickest(long keyHash) {
            this.keyHash = keyHash;
        }

        void offer(Share share) {
            double offered = share.time(keyHash);
            if (offered < time) {
                time = offered;
                binding = share.binding;
            }
        }
    }
}
