package io.millrace.server.http;

import io.millrace.console.ManagementApi;
import io.millrace.server.net.ListenAddress;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.timeout.ReadTimeoutHandler;
import io.netty.handler.timeout.WriteTimeoutHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;

/// The listener of the management API, with a thread of its own: a long list takes a while to write, which neither a
/// connection of a messaging protocol nor a probe of the node's health should wait for.
///
/// Owned by: the thread that starts and stops the node; its connections by its own thread.
public final class ManagementLoop {
    private static final int CONNECTIONS_MAX = 128;
    private static final int SILENT_SECONDS_MAX = 60;
    private static final long STOP_MS_MAX = 1_000;

    private final EventLoopGroup loop;
    private final InetSocketAddress address;

    /// Listens from now on.
    ///
    /// @throws IOException when the address can not be had
    public static ManagementLoop start(InetSocketAddress wanted, ManagementApi api) throws IOException {
        var loop = new MultiThreadIoEventLoopGroup(
                1,
                new DefaultThreadFactory("management", true),
                Epoll.isAvailable() ? EpollIoHandler.newFactory() : NioIoHandler.newFactory());
        var bound = new ServerBootstrap()
                .group(loop)
                .channelFactory(ListenAddress.sockets(wanted))
                .option(ChannelOption.SO_REUSEADDR, true)
                .childHandler(new Connections(new DefaultChannelGroup(loop.next()), api))
                .bind(wanted)
                .awaitUninterruptibly();
        if (!bound.isSuccess()) {
            loop.shutdownGracefully(0, 0, TimeUnit.MILLISECONDS);
            throw ListenAddress.refused("can not listen for management on", wanted, bound.cause());
        }
        return new ManagementLoop(loop, (InetSocketAddress) bound.channel().localAddress());
    }

    private ManagementLoop(EventLoopGroup loop, InetSocketAddress address) {
        this.loop = loop;
        this.address = address;
    }

    public InetSocketAddress address() {
        return address;
    }

    public void stop() {
        loop.shutdownGracefully(0, STOP_MS_MAX, TimeUnit.MILLISECONDS).awaitUninterruptibly(STOP_MS_MAX * 2);
    }

    /// Sets up new connections, and turns them away when there are too many.
    private static final class Connections extends ChannelInitializer<Channel> {
        private final ChannelGroup open;
        private final ManagementApi api;

        Connections(ChannelGroup open, ManagementApi api) {
            this.open = open;
            this.api = api;
        }

        @Override
        protected void initChannel(Channel channel) {
            if (open.size() >= CONNECTIONS_MAX) {
                channel.close();
                return;
            }
            open.add(channel);
            channel.pipeline()
                    .addLast(new ReadTimeoutHandler(SILENT_SECONDS_MAX))
                    .addLast(new WriteTimeoutHandler(SILENT_SECONDS_MAX))
                    .addLast(new HttpServerCodec())
                    .addLast(new ManagementConnection(api));
        }
    }
}
