package io.millrace.cluster.peer;

import java.nio.ByteBuffer;
import java.util.function.Consumer;

/// A connection to one node for one purpose, made when first needed and again after it broke.
///
/// Owned by: the loop it was made for; answers arrive inside it, in any order.
public interface PeerLink extends AutoCloseable {
    /// Sends a request: Kafka's request header and body without the size in front. The link sets the correlation id
    /// (bytes 4 to 7). `answer` is called exactly once, never before this returns.
    ///
    /// @param timeoutMs after which the answer is [PeerAnswer.Reason#TIMED_OUT]
    void send(ByteBuffer frame, long timeoutMs, Consumer<PeerAnswer> answer);

    /// Closes the connection; what is unanswered fails.
    @Override
    void close();
}
