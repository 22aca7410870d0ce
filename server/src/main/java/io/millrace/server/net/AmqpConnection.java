package io.millrace.server.net;

import io.millrace.amqp.session.AmqpOutput;
import io.millrace.amqp.session.AmqpSession;
import io.millrace.server.loop.EventLoop;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import java.io.IOException;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One socket of an AMQP client: bytes for its session, the session's frames to bytes, flushed once a turn.
///
/// Back-pressure is not reading: the session says when it has enough, and a client that does not read its deliveries is
/// not read either. What is kept here is the beginning of a frame, so never more than one and a read.
///
/// Owned by: its event loop.
final class AmqpConnection extends ChannelInboundHandlerAdapter implements AmqpOutput {
    private static final Logger LOG = LoggerFactory.getLogger(AmqpConnection.class);
    private static final int KEPT_BYTES_MIN = 4 * 1024;

    private final AmqpConnections connections;
    private final EventLoop loop;
    private final AmqpSessions sessions;
    private final SocketBacklog backlog;
    private @Nullable ChannelHandlerContext context;
    private @Nullable AmqpSession session;
    private @Nullable ByteBuf kept;
    private boolean flushPosted;
    private boolean ended;
    private boolean closing;

    AmqpConnection(AmqpConnections connections, AmqpSessions sessions) {
        this.connections = connections;
        this.loop = connections.loop();
        this.sessions = sessions;
        this.backlog = new SocketBacklog(connections.unsent());
    }

    @Override
    public void channelActive(ChannelHandlerContext activated) {
        context = activated;
        connections.opened(this);
        if (activated.pipeline().get(SslHandler.class) == null) {
            begin(activated, "");
        }
    }

    /// With TLS a session begins when it is known who is there.
    @Override
    public void userEventTriggered(ChannelHandlerContext happened, Object event) {
        SslHandler tls = happened.pipeline().get(SslHandler.class);
        if (event instanceof SslHandshakeCompletionEvent handshake && handshake.isSuccess() && tls != null) {
            begin(happened, PeerCertificate.commonName(tls.engine().getSession()));
        }
        happened.fireUserEventTriggered(event);
    }

    private void begin(ChannelHandlerContext activated, String certificateName) {
        session = sessions.open(
                loop,
                new AmqpEnds(
                        (InetSocketAddress) activated.channel().remoteAddress(),
                        (InetSocketAddress) activated.channel().localAddress(),
                        certificateName),
                this);
    }

    @Override
    public void channelRead(ChannelHandlerContext reading, Object message) {
        ByteBuf in = (ByteBuf) message;
        try {
            ByteBuf begun = kept;
            if (begun == null) {
                work(in);
                keep(reading, in);
            } else {
                begun.writeBytes(in);
                workOnKept(begun);
            }
        } finally {
            in.release();
        }
        readOnOrNot(reading);
    }

    private void work(ByteBuf in) {
        AmqpSession live = session;
        if (live != null && !closing) {
            live.onBytes(in);
        }
    }

    private void keep(ChannelHandlerContext reading, ByteBuf in) {
        int rest = in.readableBytes();
        if (rest > 0 && !closing) {
            kept = reading.alloc().buffer(Math.max(rest, KEPT_BYTES_MIN)).writeBytes(in);
        }
    }

    private void workOnKept(ByteBuf begun) {
        work(begun);
        if (begun.isReadable() && !closing) {
            begun.discardReadBytes();
        } else {
            begun.release();
            kept = null;
        }
    }

    private void readOnOrNot(ChannelHandlerContext reading) {
        AmqpSession live = session;
        reading.channel().config().setAutoRead(closing || (live != null && live.wantsMore()));
    }

    @Override
    public ByteBufAllocator allocator() {
        ChannelHandlerContext open = context;
        return open == null ? ByteBufAllocator.DEFAULT : open.alloc();
    }

    @Override
    public void write(ByteBuf bytes) {
        ChannelHandlerContext open = context;
        if (open == null || closing || ended || !open.channel().isActive()) {
            bytes.release();
            return;
        }
        open.write(bytes, open.voidPromise());
    }

    @Override
    public void flushSoon() {
        if (!flushPosted) {
            flushPosted = true;
            loop.atEndOfTurn(() -> turn(this::flush));
        }
    }

    private void flush() {
        flushPosted = false;
        ChannelHandlerContext open = context;
        AmqpSession live = session;
        if (open != null && live != null) {
            live.flush();
            open.flush();
            backlog.look(open);
        }
    }

    /// Goes on with what was read, at the end of the turn so that answers leave together.
    @Override
    public void resume() {
        loop.atEndOfTurn(() -> turn(this::goOn));
    }

    private void goOn() {
        ChannelHandlerContext open = context;
        if (open == null || closing) {
            return;
        }
        ByteBuf begun = kept;
        if (begun != null) {
            workOnKept(begun);
        }
        readOnOrNot(open);
    }

    /// About twice a second.
    void tick() {
        AmqpSession live = session;
        if (live != null) {
            turn(live::onTick);
        }
    }

    void shutDown() {
        AmqpSession live = session;
        if (live != null) {
            turn(live::shutDown);
        }
    }

    /// The outermost turn of what no read began: nobody knows what a session does after a fault, so it ends.
    private void turn(Runnable work) {
        try {
            work.run();
        } catch (RuntimeException | Error fault) {
            fail("a fault in a turn", fault);
        }
    }

    /// Ends the connection although something may still be unsent.
    void closeNow() {
        closing = true;
        ChannelHandlerContext open = context;
        if (open != null) {
            open.close();
        }
    }

    @Override
    public void tell(String why) {
        ChannelHandlerContext open = context;
        if (open != null) {
            LOG.warn(
                    "event=connection-error protocol=amqp remote={} reason=\"{}\"",
                    open.channel().remoteAddress(),
                    why);
        }
    }

    @Override
    public void end() {
        ChannelHandlerContext open = context;
        if (open == null || closing || ended) {
            return;
        }
        ended = true;
        SslHandler tls = open.pipeline().get(SslHandler.class);
        if (tls != null) {
            tls.closeOutbound();
            return;
        }
        SocketChannel socket = (SocketChannel) open.channel();
        open.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(written -> socket.shutdownOutput());
    }

    @Override
    public void close(String why) {
        ChannelHandlerContext open = context;
        if (open == null || closing) {
            return;
        }
        closing = true;
        if (!why.isEmpty()) {
            LOG.info(
                    "event=connection-closed protocol=amqp remote={} reason=\"{}\"",
                    open.channel().remoteAddress(),
                    why);
        }
        if (ended) {
            open.close();
        } else {
            open.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
        }
    }

    @Override
    public void abandon() {
        closeNow();
    }

    @Override
    public long unsentBytes() {
        ChannelHandlerContext open = context;
        ChannelOutboundBuffer unsent =
                open == null ? null : open.channel().unsafe().outboundBuffer();
        return unsent == null ? 0 : unsent.totalPendingWriteBytes();
    }

    @Override
    public void fail(String why, Throwable fault) {
        ChannelHandlerContext open = context;
        LOG.error(
                "event=connection-failed protocol=amqp remote={} reason=\"{}\"",
                open == null ? "" : open.channel().remoteAddress(),
                why,
                fault);
        closeNow();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext changed) {
        AmqpSession live = session;
        if (live != null && !closing) {
            live.onWritable(changed.channel().isWritable());
            readOnOrNot(changed);
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext inactive) {
        closing = true;
        backlog.clear();
        ByteBuf begun = kept;
        if (begun != null) {
            begun.release();
            kept = null;
        }
        connections.closed(this);
        AmqpSession live = session;
        if (live != null) {
            sessions.closed(loop, live);
            live.onClose();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext failed, Throwable cause) {
        if (cause instanceof IOException || cause instanceof DecoderException) { // the latter is TLS's
            LOG.debug("event=connection-lost remote={}", failed.channel().remoteAddress(), cause);
        } else {
            LOG.error("event=connection-failed remote={}", failed.channel().remoteAddress(), cause);
        }
        closing = true;
        failed.close();
    }
}
