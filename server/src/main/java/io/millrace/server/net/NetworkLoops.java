package io.millrace.server.net;

import io.millrace.model.InvariantViolation;
import io.millrace.server.loop.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.EventExecutor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// The node's network event loops: native epoll on Linux, the JDK's selector elsewhere.
public final class NetworkLoops {
    private static final long QUIET_MS = 0;
    private static final long STOP_MS_MAX = 5_000;

    private final EventLoopGroup group;
    private final Map<EventExecutor, EventLoop> loops = new LinkedHashMap<>();
    private final SpareBuffers spares = new SpareBuffers();

    public NetworkLoops(int count) {
        IoHandlerFactory handlers = Epoll.isAvailable() ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
        this.group = new MultiThreadIoEventLoopGroup(count, new DefaultThreadFactory("event-loop"), handlers);
        int number = 1;
        for (EventExecutor executor : group) {
            loops.put(executor, new EventLoop(executor, "event-loop-" + number));
            number++;
        }
    }

    EventLoopGroup group() {
        return group;
    }

    Map<EventExecutor, EventLoop> byExecutor() {
        return loops;
    }

    /// The Netty loop behind one of [#all()], to open connections on.
    public io.netty.channel.EventLoop nettyLoop(EventLoop loop) {
        for (var entry : loops.entrySet()) {
            if (entry.getValue() == loop && entry.getKey() instanceof io.netty.channel.EventLoop netty) {
                return netty;
            }
        }
        throw new InvariantViolation(loop + " is not one of ours");
    }

    public List<EventLoop> all() {
        return List.copyOf(loops.values());
    }

    /// A budget for what is read on these loops.
    public MemoryBudget budget(long bytesMax) {
        return new MemoryBudget(bytesMax, spares);
    }

    public void stop() {
        group.shutdownGracefully(QUIET_MS, STOP_MS_MAX, TimeUnit.MILLISECONDS).awaitUninterruptibly(STOP_MS_MAX * 2);
        spares.close();
    }
}
