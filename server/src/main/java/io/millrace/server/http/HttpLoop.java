package io.millrace.server.http;

import io.millrace.server.metrics.Metrics;
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
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.timeout.ReadTimeoutHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;

/// The HTTP listener, with a thread of its own: writing a metrics page takes milliseconds, which no connection of a
/// messaging protocol should wait for.
///
/// Owned by: the thread that starts and stops the node; its connections by its own thread.
public final class HttpLoop {
    private static final int CONNECTIONS_MAX = 64;
    private static final int REQUEST_BYTES_MAX = 16 * 1024;
    private static final int SILENT_SECONDS_MAX = 60;
    private static final long STOP_MS_MAX = 1_000;

    private final EventLoopGroup loop;
    private final HttpPages pages;
    private final InetSocketAddress address;

    /// Listens from now on.
    ///
    /// @throws IOException when the address can not be had
    public static HttpLoop start(InetSocketAddress wanted, Health health, Metrics metrics) throws IOException {
        var loop = new MultiThreadIoEventLoopGroup(
                1,
                new DefaultThreadFactory("http", true),
                Epoll.isAvailable() ? EpollIoHandler.newFactory() : NioIoHandler.newFactory());
        var pages = new HttpPages(health, metrics);
        var bound = new ServerBootstrap()
                .group(loop)
                .channelFactory(ListenAddress.sockets(wanted))
                .option(ChannelOption.SO_REUSEADDR, true)
                .childHandler(new Connections(new DefaultChannelGroup(loop.next()), pages))
                .bind(wanted)
                .awaitUninterruptibly();
        if (!bound.isSuccess()) {
            loop.shutdownGracefully(0, 0, TimeUnit.MILLISECONDS);
            throw ListenAddress.refused("can not listen for HTTP on", wanted, bound.cause());
        }
        return new HttpLoop(loop, pages, (InetSocketAddress) bound.channel().localAddress());
    }

    private HttpLoop(EventLoopGroup loop, HttpPages pages, InetSocketAddress address) {
        this.loop = loop;
        this.pages = pages;
        this.address = address;
    }

    public InetSocketAddress address() {
        return address;
    }

    public void stop() {
        loop.submit(pages::close);
        loop.shutdownGracefully(0, STOP_MS_MAX, TimeUnit.MILLISECONDS).awaitUninterruptibly(STOP_MS_MAX * 2);
    }

    /// Sets up new connections, and turns them away when there are too many.
    private static final class Connections extends ChannelInitializer<Channel> {
        private final ChannelGroup open;
        private final HttpPages pages;

        Connections(ChannelGroup open, HttpPages pages) {
            this.open = open;
            this.pages = pages;
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
                    .addLast(new HttpServerCodec())
                    .addLast(new HttpObjectAggregator(REQUEST_BYTES_MAX))
                    .addLast(new HttpConnection(pages));
        }
    }
}
