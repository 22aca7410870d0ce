package io.millrace.server.http;

import io.millrace.console.ManagementApi;
import io.millrace.server.http.ManagementConnection.Shared;
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
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/// The listener of the management API, with threads of its own: one for its sockets, and some that make answers. A long
/// list takes a while to make, which neither a connection of a messaging protocol nor a probe of the node's health
/// should wait for.
///
/// Owned by: the thread that starts and stops the node; its connections by its own thread.
public final class ManagementLoop {
    private static final int CONNECTIONS_MAX = 128;
    private static final int SILENT_SECONDS_MAX = 60;
    private static final long STOP_MS_MAX = 1_000;
    private static final int WORKERS = 2;
    private static final int IDLE_WORKER_SECONDS = 30;

    /// Of the heap, for requests that are not answered yet; one of the longest always has room.
    private static final int BODIES_SHARE = 32;

    private static final long BODIES_BYTES_MIN = 20_000_000;
    private static final long BODIES_BYTES_MAX = 100_000_000;

    /// For answers that are not sent yet: the longest list and others beside it.
    private static final long UNSENT_BYTES_MAX = 160L * 1024 * 1024;

    private final EventLoopGroup loop;
    private final ExecutorService workers;
    private final InetSocketAddress address;

    /// Listens from now on.
    ///
    /// @throws IOException when the address can not be had
    public static ManagementLoop start(InetSocketAddress wanted, ManagementApi api) throws IOException {
        var loop = new MultiThreadIoEventLoopGroup(
                1,
                new DefaultThreadFactory("management", true),
                Epoll.isAvailable() ? EpollIoHandler.newFactory() : NioIoHandler.newFactory());
        ExecutorService workers = workers();
        var bound = new ServerBootstrap()
                .group(loop)
                .channelFactory(ListenAddress.sockets(wanted))
                .option(ChannelOption.SO_REUSEADDR, true)
                .childHandler(new Connections(new DefaultChannelGroup(loop.next()), api, shared(workers)))
                .bind(wanted)
                .awaitUninterruptibly();
        if (!bound.isSuccess()) {
            loop.shutdownGracefully(0, 0, TimeUnit.MILLISECONDS);
            workers.shutdown();
            throw ListenAddress.refused("can not listen for management on", wanted, bound.cause());
        }
        return new ManagementLoop(
                loop, workers, (InetSocketAddress) bound.channel().localAddress());
    }

    private static ExecutorService workers() {
        var workers = new ThreadPoolExecutor(
                WORKERS,
                WORKERS,
                IDLE_WORKER_SECONDS,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(),
                new DefaultThreadFactory("management-worker", true),
                new ThreadPoolExecutor.DiscardPolicy()); // replies that come after the stop
        workers.allowCoreThreadTimeOut(true);
        return workers;
    }

    private static Shared shared(ExecutorService workers) {
        long bodies = Math.clamp(Runtime.getRuntime().maxMemory() / BODIES_SHARE, BODIES_BYTES_MIN, BODIES_BYTES_MAX);
        return new Shared(workers, new ByteBudget(bodies), new ByteBudget(UNSENT_BYTES_MAX));
    }

    private ManagementLoop(EventLoopGroup loop, ExecutorService workers, InetSocketAddress address) {
        this.loop = loop;
        this.workers = workers;
        this.address = address;
    }

    public InetSocketAddress address() {
        return address;
    }

    public void stop() {
        loop.shutdownGracefully(0, STOP_MS_MAX, TimeUnit.MILLISECONDS).awaitUninterruptibly(STOP_MS_MAX * 2);
        workers.shutdown();
    }

    /// Sets up new connections, and turns them away when there are too many.
    private static final class Connections extends ChannelInitializer<Channel> {
        private final ChannelGroup open;
        private final ManagementApi api;
        private final Shared shared;

        Connections(ChannelGroup open, ManagementApi api, Shared shared) {
            this.open = open;
            this.api = api;
            this.shared = shared;
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
                    .addLast(new ManagementConnection(api, shared));
        }
    }
}
