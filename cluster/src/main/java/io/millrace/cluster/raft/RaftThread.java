package io.millrace.cluster.raft;

import java.util.function.Consumer;
import org.apache.kafka.raft.KafkaRaftClient;

/// The thread the Raft engine runs on: it polls until the engine is shut down. An engine that throws is not polled
/// again.
final class RaftThread {
    private final KafkaRaftClient<?> client;
    private final Consumer<Throwable> onFailure;
    private final Thread thread;

    RaftThread(KafkaRaftClient<?> client, Consumer<Throwable> onFailure) {
        this.client = client;
        this.onFailure = onFailure;
        this.thread = Thread.ofPlatform().name("millrace-raft").daemon().unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    private void run() {
        try {
            while (client.isRunning()) {
                client.poll();
            }
        } catch (RuntimeException | Error e) {
            onFailure.accept(e);
        }
    }

    /// Lets the engine finish what it is doing, gives up leadership and waits for the thread.
    ///
    /// @param graceMs how long a successor is waited for
    /// @param waitMs how long the thread is
    void close(int graceMs, long waitMs) {
        client.shutdown(graceMs);
        try {
            thread.join(waitMs);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
