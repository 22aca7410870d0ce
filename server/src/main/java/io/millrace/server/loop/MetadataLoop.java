package io.millrace.server.loop;

import io.netty.util.concurrent.DefaultEventExecutor;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.concurrent.TimeUnit;

/// The one thread that applies the metadata log and decides metadata commands. It may wait for nothing but its queue.
public final class MetadataLoop {
    private static final long STOP_MS_MAX = 5_000;

    private final DefaultEventExecutor executor = new DefaultEventExecutor(new DefaultThreadFactory("metadata-loop"));
    private final EventLoop loop = new EventLoop(executor, "metadata-loop");

    public EventLoop loop() {
        return loop;
    }

    public void stop() {
        executor.shutdownGracefully(0, STOP_MS_MAX, TimeUnit.MILLISECONDS).awaitUninterruptibly(STOP_MS_MAX * 2);
    }
}
