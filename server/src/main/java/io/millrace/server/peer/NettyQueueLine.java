package io.millrace.server.peer;

import io.millrace.cluster.queue.LineCaller;
import io.millrace.cluster.queue.LinkGreeting;
import io.millrace.cluster.queue.QueueLine;
import io.millrace.server.loop.EventLoop;
import io.millrace.server.net.FrameLease;
import io.millrace.server.peer.PeerDialer.Dialled;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A line over TCP to the queues of another node: open when that has answered the greeting.
///
/// Owned by: its event loop.
final class NettyQueueLine implements QueueLine, PeerDialer.Listener {
    private static final Logger LOG = LoggerFactory.getLogger(NettyQueueLine.class);

    private final EventLoop loop;
    private final LineCaller caller;
    private final Listener listener;
    private @Nullable Channel channel;
    private boolean greeted;
    private boolean over;
    private boolean flushPosted;

    private NettyQueueLine(EventLoop loop, LineCaller caller, Listener listener) {
        this.loop = loop;
        this.caller = caller;
        this.listener = listener;
    }

    static QueueLine dial(EventLoop loop, PeerDialer dialer, LineCaller caller, Listener listener) {
        NettyQueueLine line = new NettyQueueLine(loop, caller, listener);
        loop.post(() -> dialer.dial(line));
        return line;
    }

    /// Nobody knows where that node is.
    static QueueLine nowhere(EventLoop loop, LineCaller caller, Listener listener) {
        NettyQueueLine line = new NettyQueueLine(loop, caller, listener);
        loop.post(line::onClosed);
        return line;
    }

    @Override
    public void onDialled(Dialled dialled) {
        switch (dialled) {
            case Dialled.Failed _ -> onClosed();
            case Dialled.Open(Channel open) when over -> open.close();
            case Dialled.Open(Channel open) -> {
                channel = open;
                send(List.of(LinkGreeting.hello(caller)));
            }
        }
    }

    @Override
    public void onBytes() {
        // frames say enough
    }

    @Override
    public void onFrame(FrameLease frame) {
        if (over) {
            return;
        }
        if (greeted) {
            listener.onFrame(frame.frame());
        } else if (LinkGreeting.isWelcome(frame.frame())) {
            greeted = true;
            listener.onOpen();
        } else {
            close("the other node's release speaks otherwise of queues");
        }
    }

    @Override
    public boolean wantsMore() {
        return over || !greeted || listener.wantsMore();
    }

    @Override
    public void resume() {
        Channel open = channel;
        if (open != null) {
            open.pipeline().get(PeerConnection.class).resume();
        }
    }

    @Override
    public void onUnreadable(String why) {
        LOG.warn("event=queue-line-unreadable reason=\"{}\"", why);
    }

    @Override
    public void send(List<ByteBuffer> frame) {
        Channel open = channel;
        if (open == null || over) {
            return;
        }
        ByteBuf content = Unpooled.wrappedBuffer(frame.toArray(ByteBuffer[]::new));
        open.write(Unpooled.copyInt(content.readableBytes()), open.voidPromise());
        open.write(content, open.voidPromise());
        if (!flushPosted) {
            flushPosted = true;
            loop.atEndOfTurn(() -> {
                flushPosted = false;
                open.flush();
            });
        }
    }

    @Override
    public void close(String why) {
        if (!over) {
            LOG.info("event=queue-line-closed remote={} reason=\"{}\"", remote(), why);
        }
        loop.post(this::onClosed);
    }

    private String remote() {
        Channel open = channel;
        return open == null ? "nobody" : String.valueOf(open.remoteAddress());
    }

    @Override
    public void onClosed() {
        Channel open = channel;
        if (open != null) {
            open.close();
        }
        if (!over) {
            over = true;
            listener.onClosed();
        }
    }
}
