package io.millrace.cluster.peer;

import io.millrace.model.Lease;
import java.nio.ByteBuffer;

/// What came of a request to another node.
public sealed interface PeerAnswer {
    /// It answered.
    ///
    /// @param bytes from the correlation id on
    /// @param lease the hold on the memory behind `bytes`; whoever keeps them beyond the call retains it
    record Frame(ByteBuffer bytes, Lease lease) implements PeerAnswer {}

    /// It did not.
    ///
    /// @param isSent whether the request may have arrived
    record Failed(Reason reason, boolean isSent, String why) implements PeerAnswer {}

    /// Why there is no answer.
    enum Reason {
        /// Nobody listens there: the machine is up, the process is not.
        REFUSED,
        /// No connection for another reason, or none is tried so shortly after the last failure.
        UNREACHABLE,
        TIMED_OUT,
        /// The connection closed before the answer came.
        CLOSED
    }
}
