package io.millrace.kafka.session;

import io.millrace.model.Lease;
import java.nio.ByteBuffer;

/// What a connection hands whole frames to; it answers through an [Output].
///
/// Owned by: the loop of the connection.
public interface FrameSession {
    /// Whether the server should hand over the next frame. When it says no, the server keeps what it has read, stops
    /// reading the socket, and goes on after [Output#resume()]. A frame handed over all the same is kept and served in
    /// its turn.
    boolean wantsMore();

    /// Whether answers are on their way that are worth waiting for before the node closes the connection. Requests that
    /// wait for something to happen and can be called off (a long poll) are not.
    boolean owesAnswers();

    /// One whole frame without its size prefix.
    ///
    /// @param lease the hold on the memory behind `frame`; borrowed for the call, retained by whoever keeps bytes
    void onFrame(ByteBuffer frame, Lease lease);

    /// The connection has gone: what waits is called off, what is answered later is dropped.
    void onClose();
}
