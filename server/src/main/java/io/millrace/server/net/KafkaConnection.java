package io.millrace.server.net;

import io.millrace.kafka.codec.EncodedResponse;
import io.millrace.kafka.session.FrameSession;
import io.millrace.kafka.session.Output;
import io.millrace.log.FileSlice;
import io.millrace.model.Clock;
import io.millrace.model.Loop.Timer;
import io.millrace.server.loop.EventLoop;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundBuffer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One socket of a Kafka client, or of another node, which speaks in the same frames: bytes to frames for its session,
/// the session's answers to bytes. Answers are flushed once per turn.
///
/// Back-pressure is not reading: a connection is left unread while it has too many unanswered requests, while it does
/// not read its answers, and while all requests together hold too much memory.
///
/// Owned by: its event loop.
final class KafkaConnection extends ChannelInboundHandlerAdapter implements Output {
    private static final Logger LOG = LoggerFactory.getLogger(KafkaConnection.class);

    /// How long a frame may take to arrive, and how much longer for what has arrived of it: 32 KB/s at least.
    private static final long GRACE_MS = 30_000;

    private static final long BYTES_PER_MS = 32;

    /// The same while memory is short: 1 MB/s at least.
    private static final long TIGHT_GRACE_MS = 2_000;

    private static final long TIGHT_BYTES_PER_MS = 1_000;

    private final ConnectionRegistry registry;
    private final ConnectionLimits limits;
    private final MemoryBudget budget;
    private final EventLoop loop;
    private final Clock clock;
    private final Function<Output, FrameSession> sessions;
    private final FrameReader frames;
    private @Nullable ChannelHandlerContext context;
    private @Nullable FrameSession session;
    private boolean flushPosted;
    private boolean working;
    private boolean closing;
    private boolean draining;
    private long lastReadMs;
    private long waitingSinceMs;
    private boolean progressed;

    /// Until when nothing is read because the client is over its quota; 0 for not at all.
    private long mutedUntilMs;

    private @Nullable Timer unmuting;

    KafkaConnection(
            ConnectionRegistry registry,
            ConnectionLimits limits,
            MemoryBudget budget,
            EventLoop loop,
            Clock clock,
            Function<Output, FrameSession> sessions) {
        this.registry = registry;
        this.limits = limits;
        this.budget = budget;
        this.loop = loop;
        this.clock = clock;
        this.sessions = sessions;
        this.frames = new FrameReader(limits.frameBytesMax(), budget);
        this.lastReadMs = clock.monotonicMs();
        this.waitingSinceMs = lastReadMs;
    }

    @Nullable
    ByteBuf receiver() {
        return frames.receiver();
    }

    @Override
    public void channelActive(ChannelHandlerContext activated) {
        context = activated;
        session = sessions.apply(this);
        registry.opened(this);
    }

    @Override
    public void channelRead(ChannelHandlerContext reading, Object message) {
        lastReadMs = clock.monotonicMs();
        frames.onRead((ByteBuf) message);
        work();
    }

    /// Hands complete frames to the session while it wants them; then reads on or stops reading.
    void work() {
        ChannelHandlerContext open = context;
        FrameSession live = session;
        if (open == null || live == null || working || closing || draining) {
            return; // an answer given from within a request calls back into here
        }
        working = true;
        try {
            // What was read is charged already: serving it is how memory is given back.
            while (!closing && wantsMore(open, live)) {
                FrameLease lease = frames.next();
                if (lease == null) {
                    break;
                }
                progressed = true;
                try {
                    live.onFrame(lease.frame(), lease);
                } finally {
                    lease.release();
                }
            }
        } catch (FrameException refused) {
            close(refused.why());
        } finally {
            working = false;
        }
        boolean reading = closing || (mayRead(open, live) && !frames.isStarved());
        open.channel().config().setAutoRead(reading);
        if (!reading && (budget.isExhausted() || frames.isStarved())) {
            registry.lookAgainSoon();
        }
    }

    private boolean mayRead(ChannelHandlerContext open, FrameSession live) {
        return wantsMore(open, live) && (!budget.isExhausted() || frames.isFavoured());
    }

    private boolean wantsMore(ChannelHandlerContext open, FrameSession live) {
        return live.wantsMore() && mutedUntilMs == 0 && open.channel().isWritable();
    }

    @Override
    public void mute(int forMs) {
        ChannelHandlerContext open = context;
        if (open == null || closing) {
            return;
        }
        mutedUntilMs = Math.max(mutedUntilMs, clock.monotonicMs() + forMs);
        open.channel().config().setAutoRead(false);
        if (unmuting == null) {
            unmuting = loop.after(forMs, this::unmute);
        }
    }

    private void unmute() {
        long leftMs = mutedUntilMs - clock.monotonicMs();
        if (leftMs > 0 && !closing) {
            unmuting = loop.after(leftMs, this::unmute);
            return;
        }
        unmuting = null;
        mutedUntilMs = 0;
        lastReadMs = clock.monotonicMs(); // it was our doing that nothing was read
        work();
    }

    /// Closes the connection when it holds memory that others may need for longer than it should: a frame that does not
    /// arrive, or requests it sent while it does not take its answers. Time we did not let it read does not count.
    void closeIfOverstays(long nowMs) {
        int waiting = frames.bytesWaiting();
        if (waiting == 0 || progressed || isHeldUpByMemory()) {
            progressed = false;
            waitingSinceMs = nowMs;
        } else if (budget.isTight()) {
            closeAfter(nowMs, TIGHT_GRACE_MS + waiting / TIGHT_BYTES_PER_MS);
        } else if (!isPaused()) {
            closeAfter(nowMs, GRACE_MS + waiting / BYTES_PER_MS);
        }
    }

    private boolean isHeldUpByMemory() {
        ChannelHandlerContext open = context;
        FrameSession live = session;
        return isPaused() && (frames.isStarved() || (open != null && live != null && wantsMore(open, live)));
    }

    private void closeAfter(long nowMs, long allowedMs) {
        if (nowMs - waitingSinceMs > allowedMs) {
            close("a request was not complete after " + (nowMs - waitingSinceMs) + " ms");
        }
    }

    /// Whether the connection stopped reading for a reason that passes by itself.
    boolean isPaused() {
        ChannelHandlerContext open = context;
        return open != null && !open.channel().config().isAutoRead();
    }

    boolean isIdleSince(long nowMs) {
        return nowMs - lastReadMs > limits.idleMs();
    }

    @Override
    public void send(EncodedResponse response) {
        ChannelHandlerContext open = context;
        if (open == null || closing || !open.channel().isActive()) {
            response.release();
            return;
        }
        for (EncodedResponse.Piece piece : response.pieces()) {
            switch (piece) {
                case EncodedResponse.Piece.Bytes bytes ->
                    open.write(Unpooled.wrappedBuffer(bytes.buffer()), open.voidPromise());
                case EncodedResponse.Piece.File file -> writeSlice(open, file.slice());
            }
        }
        flushAtEndOfTurn(open);
    }

    private void writeSlice(ChannelHandlerContext open, FileSlice slice) {
        Optional<FileChannel> channel = slice.file().channel();
        if (channel.isPresent()) {
            open.write(new SliceRegion(channel.get(), slice), open.voidPromise());
            return;
        }
        try {
            ByteBuffer copy = ByteBuffer.allocate(slice.length());
            slice.file().read(copy, slice.position());
            open.write(Unpooled.wrappedBuffer(copy.flip()), open.voidPromise());
        } catch (IOException unreadable) {
            close("a file could not be read: " + unreadable.getMessage());
        } finally {
            slice.release();
        }
    }

    private void flushAtEndOfTurn(ChannelHandlerContext open) {
        if (!flushPosted) {
            flushPosted = true;
            loop.atEndOfTurn(() -> {
                flushPosted = false;
                open.flush();
            });
        }
    }

    /// The session has room again: goes on with what was read, at the end of the turn so that answers leave together.
    @Override
    public void resume() {
        loop.atEndOfTurn(this::work);
    }

    @Override
    public void close(String why) {
        ChannelHandlerContext open = context;
        if (open == null || closing) {
            return;
        }
        closing = true;
        LOG.info(
                "event=connection-closed remote={} reason=\"{}\"",
                open.channel().remoteAddress(),
                why);
        open.flush();
        open.close();
    }

    @Override
    public void fail(String why, Throwable fault) {
        ChannelHandlerContext open = context;
        LOG.error(
                "event=connection-failed remote={} reason=\"{}\"",
                open == null ? "" : open.channel().remoteAddress(),
                why,
                fault);
        closeQuietly();
    }

    /// Reads nothing more; the connection is closed when [#isDrained()].
    void drain() {
        draining = true;
        if (context != null) {
            context.channel().config().setAutoRead(false);
        }
    }

    /// Whether every answer under way has been given to the kernel.
    boolean isDrained() {
        ChannelHandlerContext open = context;
        if (open == null || session == null || session.owesAnswers()) {
            return open == null || session == null;
        }
        ChannelOutboundBuffer unsent = open.channel().unsafe().outboundBuffer();
        return unsent == null || unsent.isEmpty() && unsent.totalPendingWriteBytes() == 0;
    }

    /// Ends the connection without a log line: the peer is idle or the node stops.
    void closeQuietly() {
        ChannelHandlerContext open = context;
        closing = true;
        if (open != null) {
            open.flush();
            open.close();
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext changed) {
        work();
    }

    @Override
    public void channelInactive(ChannelHandlerContext inactive) {
        closing = true;
        if (unmuting != null) {
            unmuting.cancel(); // or the scheduler would keep the whole connection until then
        }
        frames.close();
        if (session != null) {
            session.onClose();
        }
        registry.closed(this);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext failed, Throwable cause) {
        if (cause instanceof IOException) {
            LOG.debug("event=connection-lost remote={}", failed.channel().remoteAddress(), cause);
        } else {
            LOG.error("event=connection-failed remote={}", failed.channel().remoteAddress(), cause);
        }
        closing = true;
        failed.close();
    }
}
