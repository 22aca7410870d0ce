package io.millrace.server.net;

import io.millrace.kafka.session.FrameSession;
import io.millrace.kafka.session.Output;
import io.millrace.model.Clock;
import io.millrace.server.loop.EventLoop;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.socket.SocketChannel;
import io.netty.util.concurrent.EventExecutor;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A listening socket for frames of Kafka's kind, from clients or from other nodes. Every accepted connection stays on
/// one event loop for life.
///
/// Owned by: start-up and shutdown.
public final class KafkaListener {
    private static final Logger LOG = LoggerFactory.getLogger(KafkaListener.class);

    private final NetworkLoops loops;
    private final ConnectionLimits limits;
    private final MemoryBudget budget;
    private final Clock clock;
    private final SessionFactory sessions;
    private final Map<EventExecutor, ConnectionRegistry> registries = new LinkedHashMap<>();
    private final AtomicInteger connections = new AtomicInteger();
    private final AddressCounts addresses;
    private final LongAdder refused = new LongAdder();
    private @Nullable Channel channel;

    /// Makes the session of a new connection.
    public interface SessionFactory {
        FrameSession open(EventLoop loop, InetSocketAddress remote, Output output);
    }

    public KafkaListener(
            NetworkLoops loops, ConnectionLimits limits, MemoryBudget budget, Clock clock, SessionFactory sessions) {
        this.loops = loops;
        this.limits = limits;
        this.budget = budget;
        this.clock = clock;
        this.sessions = sessions;
        this.addresses = new AddressCounts(limits.maxConnectionsPerAddress());
        loops.byExecutor()
                .forEach(
                        (executor, loop) -> registries.put(executor, new ConnectionRegistry(loop, clock, connections)));
    }

    /// Takes the port. Clients may connect from now on, but nobody is served before [#accept()].
    ///
    /// @return the bound address; its port is the real one when 0 was asked for
    public InetSocketAddress bind(InetSocketAddress address, int backlog) throws IOException {
        ServerBootstrap bootstrap = new ServerBootstrap()
                .group(loops.group())
                .channelFactory(ListenAddress.sockets(address))
                .option(ChannelOption.SO_BACKLOG, backlog)
                .option(ChannelOption.SO_REUSEADDR, true)
                .option(ChannelOption.AUTO_READ, false)
                .childOption(ChannelOption.AUTO_READ, true)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.SO_KEEPALIVE, true)
                .childOption(
                        ChannelOption.WRITE_BUFFER_WATER_MARK,
                        new WriteBufferWaterMark(limits.unsentBytesLow(), limits.unsentBytesHigh()))
                .childHandler(new Accept());
        ChannelFuture bound = bootstrap.bind(address).awaitUninterruptibly();
        if (!bound.isSuccess()) {
            throw ListenAddress.refused("can not listen on", address, bound.cause());
        }
        channel = bound.channel();
        return (InetSocketAddress) bound.channel().localAddress();
    }

    /// Begins to serve who connects.
    public void accept() {
        registries.values().forEach(registry -> registry.loop().post(registry::start));
        if (channel != null) {
            channel.config().setAutoRead(true);
        }
    }

    /// Connections open now, for metrics.
    public int connections() {
        return connections.get();
    }

    /// Connections closed as soon as they came, because there were too many; for metrics.
    public long connectionsRefused() {
        return refused.sum();
    }

    /// Stops accepting; connections go on.
    public void stopAccepting() {
        if (channel != null) {
            channel.close().awaitUninterruptibly();
        }
    }

    /// Closes every connection after its answers under way were sent; when the time is over, all the same.
    public void closeConnections(long drainMs) throws InterruptedException {
        CountDownLatch drained = new CountDownLatch(registries.size());
        registries.values().forEach(registry -> registry.loop().post(() -> registry.drain(drained::countDown)));
        if (!drained.await(drainMs, TimeUnit.MILLISECONDS)) {
            LOG.warn("event=drain-incomplete connections={} waited-ms={}", connections.get(), drainMs);
        }
        registries.values().forEach(registry -> registry.loop().post(registry::closeAll));
    }

    /// Sets a new connection up on the loop it will live on.
    private final class Accept extends ChannelInitializer<SocketChannel> {
        @Override
        protected void initChannel(SocketChannel accepted) {
            if (connections.get() >= limits.connectionsMax()) {
                refuse(accepted, "limit of " + limits.connectionsMax() + " connections");
                return;
            }
            if (!addresses.isOff() && !countAddress(accepted)) {
                refuse(accepted, "limit of " + limits.maxConnectionsPerAddress() + " connections from one address");
                return;
            }
            ConnectionRegistry registry = registries.get(accepted.eventLoop());
            if (registry == null) {
                throw new io.millrace.model.InvariantViolation("accepted on a loop that is not ours");
            }
            EventLoop loop = registry.loop();
            InetSocketAddress remote = accepted.remoteAddress();
            KafkaConnection connection = new KafkaConnection(
                    registry, limits, budget, loop, clock, output -> sessions.open(loop, remote, output));
            if (limits.sendBufferBytes() > 0) {
                accepted.config().setSendBufferSize(limits.sendBufferBytes());
            }
            accepted.config().setRecvByteBufAllocator(new FrameReceiveBuffers(connection::receiver, budget));
            accepted.pipeline().addLast(connection);
        }

        private boolean countAddress(SocketChannel accepted) {
            InetAddress address = accepted.remoteAddress().getAddress();
            if (!addresses.opened(address)) {
                return false;
            }
            accepted.closeFuture().addListener(closed -> addresses.closed(address));
            return true;
        }

        private void refuse(SocketChannel accepted, String why) {
            refused.increment();
            LOG.warn("event=connection-refused remote={} reason=\"{}\"", accepted.remoteAddress(), why);
            accepted.close();
        }
    }
}
