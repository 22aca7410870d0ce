package io.millrace.server.queue;

import io.millrace.broker.queue.QueueShard;
import io.millrace.broker.queue.machine.QueueCounts;
import io.millrace.console.port.QueueTallies;
import io.millrace.console.port.Tallies;
import io.millrace.model.Clock;
import io.millrace.model.TopicId;
import io.millrace.server.loop.EventLoop;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/// Takes a snapshot of what the queues of this node hold: one pass over the queues in use on each loop, at most once a
/// second and only when somebody asks. Whoever asks meanwhile gets the same one.
///
/// May be called from any thread.
final class SharedTallies implements QueueTallies {
    private static final long AGE_MS_MAX = 1_000;

    private final int nodeId;
    private final List<EventLoop> loops;
    private final List<QueueShard> shards;
    private final Clock clock;
    private final AtomicReference<Taken> newest;

    private record Taken(long atMs, CompletableFuture<Tallies> tallies) {}

    /// @param shards one for each loop
    SharedTallies(int nodeId, List<EventLoop> loops, List<QueueShard> shards, Clock clock) {
        this.nodeId = nodeId;
        this.loops = List.copyOf(loops);
        this.shards = List.copyOf(shards);
        this.clock = clock;
        this.newest = new AtomicReference<>(new Taken(
                clock.monotonicMs() - AGE_MS_MAX, CompletableFuture.completedFuture(new Tallies(nodeId, Map.of()))));
    }

    @Override
    public void latest(Consumer<Tallies> reply) {
        Taken known = newest.get();
        long nowMs = clock.monotonicMs();
        if (nowMs - known.atMs() >= AGE_MS_MAX) {
            Taken next = new Taken(nowMs, new CompletableFuture<>());
            if (newest.compareAndSet(known, next)) {
                take(next.tallies());
            }
            known = newest.get();
        }
        known.tallies().thenAccept(reply);
    }

    private void take(CompletableFuture<Tallies> whole) {
        Map<TopicId, QueueCounts> all = new HashMap<>();
        takeFrom(0, all, whole);
    }

    /// From one loop to the next: only one of them has the map at a time.
    private void takeFrom(int at, Map<TopicId, QueueCounts> all, CompletableFuture<Tallies> whole) {
        if (at == shards.size()) {
            whole.complete(new Tallies(nodeId, all));
            return;
        }
        loops.get(at).post(() -> {
            shards.get(at).forEachHosted(all::put);
            takeFrom(at + 1, all, whole);
        });
    }
}
