package io.millrace.broker.routing;

import java.util.function.Consumer;

/// The bindings from one exchange, arranged so that its type finds those that want a message. Immutable.
sealed interface ExchangeIndex permits DirectIndex, TopicIndex, HeadersIndex, HashIndex, FlatIndex {
    /// An index without bindings.
    static ExchangeIndex of(ExchangeSpec exchange) {
        ExchangeType type = exchange.routingType();
        return switch (type) {
            case DIRECT, DELAYED -> DirectIndex.EMPTY;
            case TOPIC -> TopicIndex.EMPTY;
            case HEADERS -> HeadersIndex.EMPTY;
            case CONSISTENT_HASH -> HashIndex.empty(exchange);
            case FANOUT, MODULUS_HASH, RANDOM, LOCAL_RANDOM -> FlatIndex.empty(type);
            case DEDUPLICATION -> FlatIndex.empty(ExchangeType.FANOUT);
        };
    }

    /// This index with `binding`; this very index when it has it.
    ExchangeIndex with(Binding binding);

    /// This index without `binding`; this very index when it does not have it.
    ExchangeIndex without(Binding binding);

    boolean contains(Binding binding);

    int size();

    void forEach(Consumer<? super Binding> action);

    /// Tells `found` every binding that wants `message`.
    void match(Routable message, Chance chance, Consumer<? super Binding> found);

    /// Whether the answer follows from the message's first key and this index, and from nothing else.
    boolean dependsOnKeyAlone();
}
