package io.millrace.broker.quota;

import io.millrace.model.Principal;

/// The port through which a connection accounts for its traffic. Called once per request, so it must be cheap.
public interface Quotas {
    /// Nobody is limited. Callers may compare with it to save themselves the counting.
    Quotas NONE = (traffic, principal, clientId, bytes, nowNs) -> 0;

    /// Takes note of traffic that has happened.
    ///
    /// @return for how many milliseconds the client must be silent to come down to its rate again; 0 when it is below
    int charge(Traffic traffic, Principal principal, String clientId, long bytes, long nowNs);
}
