package io.millrace.server.peer;

import io.millrace.server.net.FrameException;
import io.millrace.server.net.FrameLease;
import io.millrace.server.net.FrameReader;
import io.millrace.server.net.FrameReceiveBuffers;
import io.millrace.server.net.MemoryBudget;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The answering half of a connection to another node: bytes to frames.
///
/// Owned by: its event loop.
final class PeerConnection extends ChannelInboundHandlerAdapter {
    private static final Logger LOG = LoggerFactory.getLogger(PeerConnection.class);

    /// The largest answer; a fetch asks for far less.
    private static final int FRAME_BYTES_MAX = 64 << 20;

    private final FrameReader frames;
    private final MemoryBudget budget;
    private final Listener listener;
    private @Nullable ChannelHandlerContext context;
    private boolean over;

    PeerConnection(MemoryBudget budget, Listener listener) {
        this.budget = budget;
        this.frames = FrameReader.ofAnswers(FRAME_BYTES_MAX, budget);
        this.listener = listener;
    }

    /// Hears what a connection brings, on its event loop.
    interface Listener {
        /// Some bytes came, though perhaps not a whole frame.
        void onBytes();

        /// Whether the next frame may come; when not, [PeerConnection#resume()] says that it may.
        default boolean wantsMore() {
            return true;
        }

        /// @param frame borrowed for the call
        void onFrame(FrameLease frame);

        /// What came is no answer: the connection is being closed.
        void onUnreadable(String why);

        void onClosed();
    }

    FrameReceiveBuffers receiveBuffers() {
        return new FrameReceiveBuffers(frames::receiver, budget);
    }

    @Override
    public void handlerAdded(ChannelHandlerContext added) {
        context = added;
    }

    @Override
    public void channelRead(ChannelHandlerContext reading, Object message) {
        listener.onBytes();
        frames.onRead((ByteBuf) message);
        work(reading);
    }

    /// Hands over frames while they are wanted; then reads on or stops reading.
    private void work(ChannelHandlerContext open) {
        try {
            FrameLease frame = listener.wantsMore() ? frames.next() : null;
            while (frame != null) {
                try {
                    listener.onFrame(frame);
                } finally {
                    frame.release();
                }
                frame = listener.wantsMore() ? frames.next() : null;
            }
            open.channel().config().setAutoRead(listener.wantsMore());
        } catch (FrameException refused) {
            listener.onUnreadable(refused.why());
            open.close();
        }
    }

    /// Frames are wanted again.
    void resume() {
        ChannelHandlerContext open = context;
        if (open != null && !over) {
            work(open);
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext inactive) {
        over = true;
        frames.close();
        listener.onClosed();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext failed, Throwable cause) {
        if (!(cause instanceof IOException)) {
            LOG.error("event=peer-connection-failed remote={}", failed.channel().remoteAddress(), cause);
        }
        failed.close();
    }
}
