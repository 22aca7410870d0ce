package io.millrace.kafka.session;

import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.requests.AbstractRequest;

/// One API as this broker offers it.
///
/// @param advertisedFrom lowest version named in the ApiVersions answer; differs from `servedFrom` only for Produce
/// @param servedFrom lowest version really answered
/// @param servedTo highest version named and answered
/// @param order whether requests of this API may run beside others of the same connection
public record Api<Q extends AbstractRequest>(
        ApiKeys key,
        Class<Q> type,
        short advertisedFrom,
        short servedFrom,
        short servedTo,
        Order order,
        Handler<? super Q> handler) {

    /// How a request stands to the other unanswered requests of its connection. Kafka runs one request of a connection
    /// at a time; we overlap only where no client can tell the difference by the effects.
    public enum Order {
        /// Starts when everything before it is answered; nothing after it starts before it is answered (Kafka's way).
        ALONE,
        /// Starts at once beside other overlapping requests of other APIs and of its own. Its effects happen in the
        /// call itself.
        OVERLAPPING,
        /// Like [#OVERLAPPING], but never beside another request of the same API (a fetch session knows one fetch at a
        /// time).
        ONE_AT_A_TIME
    }

    /// An API that runs alone, which is right for everything that is not sent many times a second.
    public static <Q extends AbstractRequest> Api<Q> of(
            ApiKeys key, int from, int to, Class<Q> type, Handler<? super Q> handler) {
        return new Api<>(key, type, (short) from, (short) from, (short) to, Order.ALONE, handler);
    }

    public Api<Q> ordered(Order other) {
        return new Api<>(key, type, advertisedFrom, servedFrom, servedTo, other, handler);
    }

    public Api<Q> advertisedFrom(int version) {
        return new Api<>(key, type, (short) version, servedFrom, servedTo, order, handler);
    }

    public boolean serves(short version) {
        return version >= servedFrom && version <= servedTo;
    }

    void handle(AbstractRequest request, RequestContext context, Reply reply) {
        handler.handle(type.cast(request), context, reply);
    }
}
