package io.millrace.benchmarks.vsrabbitmq.load;

import io.millrace.benchmarks.vskafka.load.LoadFailure;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// Declares queues until it is closed.
///
/// Owned by: the thread that started it, but for what the thread itself counts.
public final class DeclaringThread implements AutoCloseable {
    private final QueueDeclarations declarations;
    private final int atOnce;
    private final Thread thread = Thread.ofPlatform().name("declarations").unstarted(this::run);
    private volatile boolean isToEnd;
    private final AtomicInteger declared = new AtomicInteger();
    private volatile @Nullable IOException failure;

    private DeclaringThread(QueueDeclarations declarations, int atOnce) {
        this.declarations = declarations;
        this.atOnce = atOnce;
    }

    public static DeclaringThread start(InetSocketAddress address, int connections) throws IOException {
        var started = new DeclaringThread(new QueueDeclarations(address, connections), connections);
        started.thread.start();
        return started;
    }

    /// How many queues there are.
    public int declared() throws IOException {
        IOException failed = failure;
        if (failed != null) {
            throw new LoadFailure("declarations ended: " + failed.getMessage());
        }
        return declared.get();
    }

    private void run() {
        try {
            while (!isToEnd) {
                declarations.declare(declared.get(), atOnce);
                declared.addAndGet(atOnce);
            }
        } catch (IOException failed) {
            failure = failed;
        }
    }

    @Override
    public void close() throws IOException {
        isToEnd = true;
        try {
            thread.join();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        declarations.close();
    }
}
