package io.millrace.kafka.session;

import org.apache.kafka.common.requests.AbstractResponse;

/// Where the answer to one request goes. Exactly one of [#send], [#nothing] and [#close] is called, exactly once, on
/// the loop of the connection; a second call is a bug of ours and throws. Answers leave in request order whatever the
/// order of the calls.
///
/// Calling it after the connection has gone is normal and harmless: the answer is dropped and what it holds is
/// released.
public interface Reply {
    /// Answers.
    void send(AbstractResponse response);

    /// The request is done and the protocol wants no answer (Produce with `acks=0`).
    void nothing();

    /// There is no way to tell the client other than to close the connection (Produce with `acks=0` that failed).
    void close(String why);

    /// Whether an answer with so many bytes of records may leave now, by the client's quotas (KIP-219). When not, the
    /// answer is to be given without any: it tells the client for how long to be silent before it asks again.
    boolean mayCarry(long recordBytes);

    /// How many bytes of records an answer can carry at most without a wait that fewer would not have.
    long carriesAtMost();

    /// Runs `action` on the loop of the connection when the connection goes before the answer was given, so that
    /// whatever waits on behalf of this request can stop waiting. At most one action; without one the request simply
    /// runs to its end.
    void onAbandoned(Runnable action);

    /// Runs `action` on the loop of the connection when another request waits for this one to be answered first. At
    /// most one action.
    void onHurried(Runnable action);
}
