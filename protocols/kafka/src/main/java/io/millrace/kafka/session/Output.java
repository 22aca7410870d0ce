package io.millrace.kafka.session;

import io.millrace.kafka.codec.EncodedResponse;

/// The port through which a session reaches its connection. Called on the loop of the connection, often from inside
/// [FrameSession#onFrame]. Only [#resume()] may call the session back before it returns.
public interface Output {
    /// Sends one response. Calls come in request order. The callee owns the response and releases it.
    void send(EncodedResponse response);

    /// Closes the connection. Nothing is sent afterwards; the server answers with [FrameSession#onClose()] as for any
    /// other close.
    ///
    /// @param why one line for the log
    void close(String why);

    /// As [#close], because of a bug of ours; tells the log where it happened.
    void fail(String why, Throwable fault);

    /// Reads nothing, and hands over no frame that was read, for so long from now. A shorter time does not end a longer
    /// one.
    void mute(int forMs);

    /// [FrameSession#wantsMore()] has turned true again: read on.
    void resume();
}
