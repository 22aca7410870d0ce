package io.millrace.kafka.session;

import io.millrace.model.Lease;
import io.millrace.model.Principal;

/// What came with a request besides its body.
///
/// @param clientId the header's client id, empty when there is none
/// @param nowMs wall-clock time at which the request was read
/// @param lease the hold on the network buffer that the request's record batches are slices of; borrowed: it ends when
///     the handler returns unless it is retained
public record RequestContext(Peer peer, String clientId, short apiVersion, int correlationId, long nowMs, Lease lease) {
    public Principal principal() {
        return peer.principal();
    }

    public String clientAddress() {
        return peer.address();
    }

    public String listener() {
        return peer.listener();
    }
}
