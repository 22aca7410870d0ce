package io.millrace.server.peer;

import io.millrace.cluster.peer.PeerAddress;
import io.millrace.cluster.peer.PeerAnswer.Reason;
import io.millrace.server.loop.NameLoop;
import io.millrace.server.net.MemoryBudget;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.util.Locale;
import java.util.Objects;

/// Opens connections to one address.
///
/// Owned by: the event loop the connections live on.
final class PeerDialer {
    private static final int CONNECT_MS_MAX = 1_000;

    private final EventLoop loop;
    private final NameLoop names;
    private final PeerAddress to;
    private final MemoryBudget budget;

    PeerDialer(EventLoop loop, NameLoop names, PeerAddress to, MemoryBudget budget) {
        this.loop = loop;
        this.names = names;
        this.to = to;
        this.budget = budget;
    }

    /// What came of dialling.
    sealed interface Dialled {
        record Open(Channel channel) implements Dialled {}

        record Failed(Reason reason, String why) implements Dialled {}
    }

    /// Hears how it went and what the connection brings, on the event loop.
    interface Listener extends PeerConnection.Listener {
        void onDialled(Dialled dialled);
    }

    void dial(Listener listener) {
        names.resolve(to.host(), to.port(), address -> loop.execute(() -> connect(address, listener)));
    }

    private void connect(InetSocketAddress address, Listener listener) {
        if (address.isUnresolved()) {
            listener.onDialled(new Dialled.Failed(Reason.UNREACHABLE, "unknown host " + to.host()));
            return;
        }
        PeerConnection connection = new PeerConnection(budget, listener);
        Class<? extends SocketChannel> sockets =
                Epoll.isAvailable() ? EpollSocketChannel.class : NioSocketChannel.class;
        new Bootstrap()
                .group(loop)
                .channel(sockets)
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.SO_KEEPALIVE, true)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_MS_MAX)
                .option(ChannelOption.RECVBUF_ALLOCATOR, connection.receiveBuffers())
                .handler(connection)
                .connect(address)
                .addListener((ChannelFuture connected) -> listener.onDialled(outcome(connected)));
    }

    private static Dialled outcome(ChannelFuture connected) {
        if (connected.isSuccess()) {
            return new Dialled.Open(connected.channel());
        }
        Throwable cause = connected.cause();
        String why = Objects.requireNonNullElse(cause.getMessage(), cause.toString());
        boolean refused = cause instanceof ConnectException
                && why.toLowerCase(Locale.ROOT).contains("refused");
        return refused
                ? new Dialled.Failed(Reason.REFUSED, "connection refused")
                : new Dialled.Failed(Reason.UNREACHABLE, why);
    }
}
