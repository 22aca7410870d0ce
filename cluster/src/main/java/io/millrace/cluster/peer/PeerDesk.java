package io.millrace.cluster.peer;

import io.millrace.model.Lease;
import java.nio.ByteBuffer;
import java.util.function.Consumer;

/// Where requests of other nodes are answered, for one [PeerChannel].
@FunctionalInterface
public interface PeerDesk {
    /// May be called from any thread.
    ///
    /// @param frame Kafka's request header and body
    /// @param lease the hold on the memory behind `frame`; retained by whoever keeps it beyond the call
    /// @param reply takes the response from its correlation id on, exactly once, from any thread; an empty buffer
    ///     closes the connection
    void onRequest(ByteBuffer frame, Lease lease, Consumer<ByteBuffer> reply);
}
