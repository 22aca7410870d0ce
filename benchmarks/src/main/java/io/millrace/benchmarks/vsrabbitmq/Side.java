package io.millrace.benchmarks.vsrabbitmq;

import io.millrace.benchmarks.vskafka.broker.Folders;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// A contender and its broker that stays up for all runs of most cases; it is started when the first of these comes.
///
/// Owned by: the command's main thread.
final class Side implements AutoCloseable {
    private final AmqpContender contender;
    private final Path folder;
    private @Nullable AmqpProcess running;

    Side(AmqpContender contender, Path folder) {
        this.contender = contender;
        this.folder = folder;
    }

    String name() {
        return contender.name();
    }

    AmqpProcess running() throws IOException, InterruptedException {
        AmqpProcess broker = running;
        if (broker == null) {
            broker = contender.launch(folder.resolve("running"));
            running = broker;
            broker.awaitReady();
        }
        return broker;
    }

    /// One of its own on an empty folder, for a case that measures starting or memory.
    AmqpProcess fresh() throws IOException, InterruptedException {
        Folders.delete(folder.resolve("fresh"));
        return again();
    }

    /// The next one on the same folder.
    AmqpProcess again() throws IOException, InterruptedException {
        AmqpProcess broker = contender.launch(folder.resolve("fresh"));
        broker.awaitReady();
        return broker;
    }

    @Override
    public void close() {
        AmqpProcess broker = running;
        if (broker != null) {
            broker.close();
        }
    }
}
