package io.millrace.broker.routing;

import java.util.Optional;

/// How an exchange chooses among its bindings.
public enum ExchangeType {
    /// The routing key is the binding's key.
    DIRECT("direct"),
    /// Every binding.
    FANOUT("fanout"),
    /// Words between dots; `*` stands for one word, `#` for any number of them.
    TOPIC("topic"),
    /// The message's headers against the binding's arguments (`x-match`).
    HEADERS("headers"),
    /// One binding by a hash of the routing key, a header or a property; the binding's key is its weight.
    CONSISTENT_HASH("x-consistent-hash"),
    /// One binding by a hash of the routing key, modulo the number of bindings.
    MODULUS_HASH("x-modulus-hash"),
    /// Any one binding.
    RANDOM("x-random"),
    /// Any one binding to a queue that lives on this node.
    LOCAL_RANDOM("x-local-random"),
    /// Every binding, for messages whose `x-deduplication-header` was not seen before ([SeenValues]).
    DEDUPLICATION("x-message-deduplication"),
    /// Routes like the type in `x-delayed-type`; a message that wants to wait first is routed to where it does
    /// ([Delay]).
    DELAYED("x-delayed-message");

    private final String word;

    ExchangeType(String word) {
        this.word = word;
    }

    /// The name clients use.
    public String word() {
        return word;
    }

    /// Whether a delayed exchange may route like it.
    boolean isPlain() {
        return this != DELAYED && this != DEDUPLICATION;
    }

    /// The type that clients call `word`.
    public static Optional<ExchangeType> find(String word) {
        for (ExchangeType type : values()) {
            if (type.word.equals(word)) {
                return Optional.of(type);
            }
        }
        return Optional.empty();
    }

    @Override
    public String toString() {
        return word;
    }
}
