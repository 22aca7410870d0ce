package io.millrace.server.net;

import io.millrace.model.InvariantViolation;
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
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A listening socket, whatever is spoken there. Every accepted connection stays on one event loop for life.
///
/// Owned by: start-up and shutdown.
///
/// @param <C> the connections of one loop
public abstract sealed class Listener<C extends LoopConnections> permits KafkaListener, AmqpListener {
    private static final Logger LOG = LoggerFactory.getLogger(Listener.class);

    private final String protocol;
    private final NetworkLoops loops;
    private final ConnectionLimits limits;
    private final Map<EventExecutor, C> byLoop = new LinkedHashMap<>();
    private final AtomicInteger open = new AtomicInteger();
    private final AddressCounts addresses;
    private final LongAdder refused = new LongAdder();
    private @Nullable ReservedPort reserved;
    private int backlog;
    private @Nullable Channel channel;

    /// @param protocol for the log
    /// @param connections makes those of a loop, which count in a number that all loops share
    Listener(
            String protocol,
            NetworkLoops loops,
            ConnectionLimits limits,
            BiFunction<EventLoop, AtomicInteger, C> connections) {
        this.protocol = protocol;
        this.loops = loops;
        this.limits = limits;
        this.addresses = new AddressCounts(limits.maxConnectionsPerAddress());
        loops.byExecutor().forEach((executor, loop) -> byLoop.put(executor, connections.apply(loop, open)));
    }

    /// Puts the handlers of a new connection in place, on the loop it will live on.
    abstract void setUp(SocketChannel accepted, C connections);

    /// Takes the port. Who connects is refused before [#accept()].
    ///
    /// @return the bound address; its port is the real one when 0 was asked for
    public final InetSocketAddress bind(InetSocketAddress wanted, int waiting) throws IOException {
        try {
            ReservedPort taken = ReservedPort.at(wanted);
            reserved = taken;
            backlog = waiting;
            return taken.address();
        } catch (IOException refusal) {
            throw ListenAddress.refused("can not listen on", wanted, refusal);
        }
    }

    /// Listens, and serves who connects.
    ///
    /// @throws IOException when somebody else took the port at the same moment
    public final void accept() throws IOException {
        ReservedPort taken = reserved;
        if (taken == null) {
            throw new InvariantViolation("no port was taken");
        }
        taken.share();
        byLoop.values().forEach(connections -> connections.loop().post(connections::start));
        ChannelFuture listening =
                bootstrap(taken.address()).bind(taken.address()).awaitUninterruptibly();
        if (!listening.isSuccess()) {
            throw ListenAddress.refused("can not listen on", taken.address(), listening.cause());
        }
        channel = listening.channel();
        release();
    }

    private ServerBootstrap bootstrap(InetSocketAddress address) {
        return new ServerBootstrap()
                .group(loops.group())
                .channelFactory(ListenAddress.sockets(address))
                .option(ChannelOption.SO_BACKLOG, backlog)
                .option(ChannelOption.SO_REUSEADDR, true)
                .childOption(ChannelOption.AUTO_READ, true)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.SO_KEEPALIVE, true)
                .childOption(
                        ChannelOption.WRITE_BUFFER_WATER_MARK,
                        new WriteBufferWaterMark(limits.unsentBytesLow(), limits.unsentBytesHigh()))
                .childHandler(new Accept());
    }

    private void release() {
        ReservedPort taken = reserved;
        reserved = null;
        if (taken != null) {
            try {
                taken.close();
            } catch (IOException unimportant) {
                LOG.warn("event=port-not-released protocol={} reason=\"{}\"", protocol, unimportant.getMessage());
            }
        }
    }

    /// Connections open now, for metrics.
    public final int connections() {
        return open.get();
    }

    /// Connections closed as soon as they came, because there were too many; for metrics.
    public final long connectionsRefused() {
        return refused.sum();
    }

    /// Stops accepting; connections go on.
    public final void stopAccepting() {
        release();
        if (channel != null) {
            channel.close().awaitUninterruptibly();
        }
    }

    /// Ends every connection in order, as its protocol has it; when the time is over, all the same.
    public final void closeConnections(long drainMs) throws InterruptedException {
        CountDownLatch drained = new CountDownLatch(byLoop.size());
        byLoop.values().forEach(connections -> connections.loop().post(() -> connections.drain(drained::countDown)));
        if (!drained.await(drainMs, TimeUnit.MILLISECONDS)) {
            LOG.warn("event=drain-incomplete protocol={} connections={} waited-ms={}", protocol, open.get(), drainMs);
        }
        byLoop.values().forEach(connections -> connections.loop().post(connections::closeAll));
    }

    /// Sets a new connection up on the loop it will live on.
    private final class Accept extends ChannelInitializer<SocketChannel> {
        @Override
        protected void initChannel(SocketChannel accepted) {
            if (open.get() >= limits.connectionsMax()) {
                refuse(accepted, "limit of " + limits.connectionsMax() + " connections");
                return;
            }
            if (!addresses.isOff() && !countAddress(accepted)) {
                refuse(accepted, "limit of " + limits.maxConnectionsPerAddress() + " connections from one address");
                return;
            }
            C connections = byLoop.get(accepted.eventLoop());
            if (connections == null) {
                throw new InvariantViolation("accepted on a loop that is not ours");
            }
            setUp(accepted, connections);
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
