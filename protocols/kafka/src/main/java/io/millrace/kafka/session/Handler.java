package io.millrace.kafka.session;

import org.apache.kafka.common.requests.AbstractRequest;

/// What one Kafka API does with one request.
///
/// Called on the loop of the connection and returns at once; the answer may come later, on that same loop. The request
/// (record batches excepted) holds no bytes of the network buffer, so a handler may keep it; who keeps record batches
/// retains [RequestContext#lease()].
///
/// A handler is shared by all connections of one loop. It keeps no state of a connection.
///
/// @param <Q> the request's class
public interface Handler<Q extends AbstractRequest> {
    void handle(Q request, RequestContext context, Reply reply);
}
