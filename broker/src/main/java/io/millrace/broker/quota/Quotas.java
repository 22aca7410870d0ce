package io.millrace.broker.quota;

import io.millrace.model.Principal;

/// The port through which a connection accounts for its traffic. Called once or twice per request, so it must be cheap.
public interface Quotas {
    /// Nobody is limited. Callers may compare with it to save themselves the counting.
    Quotas NONE = new Unlimited();

    /// Takes note of traffic that has happened.
    ///
    /// @return for how many milliseconds the client must be silent to come down to its rate again; 0 when it is below
    int charge(Traffic traffic, Principal principal, String clientId, long bytes, long nowNs);

    /// Takes note of traffic that is about to happen, unless it has to wait: then nothing of it counts, and it is not
    /// to happen. What is larger than [#bytesAtOnce] may happen once everything is saved that can be.
    ///
    /// @return for how many milliseconds the client must be silent before it asks again; 0 when it may go on
    int admit(Traffic traffic, Principal principal, String clientId, long bytes, long nowNs);

    /// How much may happen at once after a silence: what is planned should not be more, or it waits for longest.
    long bytesAtOnce(Traffic traffic, Principal principal, String clientId);
}
