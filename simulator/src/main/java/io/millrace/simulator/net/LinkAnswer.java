package io.millrace.simulator.net;

import io.millrace.cluster.peer.PeerAnswer;

/// What came of a request over a [SimLink].
public sealed interface LinkAnswer<A> {
    /// It answered.
    record Answered<A>(A value) implements LinkAnswer<A> {}

    /// It did not.
    ///
    /// @param isSent whether the request may have arrived
    record Failed<A>(PeerAnswer.Reason reason, boolean isSent) implements LinkAnswer<A> {}
}
