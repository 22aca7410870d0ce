package io.millrace.cluster.queue;

import java.nio.ByteBuffer;
import java.util.List;

/// The port to one connection between two nodes: frames arrive whole and in order, or the line is closed and nothing
/// more arrives.
///
/// Used on the loop it was made for; what it brings arrives there, never before the call that caused it returns.
public interface QueueLine {
    /// Sends one frame, made of these pieces, which nobody writes to any more.
    void send(List<ByteBuffer> frame);

    /// [Listener#wantsMore()], or what the far end answers to that question, has turned true again: read on.
    void resume();

    /// Nothing is sent or heard any more; [Listener#onClosed()] is called unless it was.
    void close(String why);

    /// Hears what a line brings.
    interface Listener {
        /// The other side is there, and serves.
        void onOpen();

        /// Whether frames may come; when not, [QueueLine#resume()] says that they may.
        boolean wantsMore();

        /// @param frame borrowed for the call
        void onFrame(ByteBuffer frame);

        /// Once, whether it was ever open or not.
        void onClosed();
    }

    /// Makes lines to one node.
    @FunctionalInterface
    interface Dialler {
        /// A line that is open when the listener is told; what is sent before may be lost.
        QueueLine dial(LineUse use, Listener listener);
    }
}
