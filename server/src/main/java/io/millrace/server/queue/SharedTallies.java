package io.millrace.server.queue;

import io.millrace.broker.queue.HostedQueue;
import io.millrace.broker.queue.QueueShard;
import io.millrace.broker.queue.QueueTraffic;
import io.millrace.broker.routing.ExchangeTraffic;
import io.millrace.broker.routing.ExchangeTraffic.Exchange;
import io.millrace.broker.routing.Router;
import io.millrace.console.port.QueueTallies;
import io.millrace.console.port.Tallies;
import io.millrace.model.Clock;
import io.millrace.model.TopicId;
import io.millrace.server.loop.EventLoop;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/// Takes a snapshot of what the queues of this node hold and what went through them: one pass over the queues in use on
/// each loop, at most once a second and only when somebody asks. Whoever asks meanwhile gets the same one. An older one
/// is kept beside it, for rates.
///
/// May be called from any thread.
final class SharedTallies implements QueueTallies {
    private static final long AGE_MS_MAX = 1_000;

    /// Rates are over so long at least, as with RabbitMQ; over a minute at most.
    private static final long RATE_MS_MIN = 5_000;

    private static final long RATE_MS_MAX = 60_000;

    private final int nodeId;
    private final List<Shard> shards;
    private final Clock clock;
    private final AtomicReference<Taken> newest;

    /// What one loop has.
    record Shard(EventLoop loop, QueueShard queues, Router router) {}

    /// @param base what rates are against
    private record Taken(long atMs, CompletableFuture<Tallies> tallies, Optional<Tallies> base) {
        /// What the rates of the next one are against: the base of this one until this one is old enough itself.
        Optional<Tallies> nextBase(long nowMs) {
            boolean isOldEnough = tallies.isDone() && nowMs - atMs >= RATE_MS_MIN;
            return (isOldEnough ? Optional.of(tallies.join()) : base).filter(old -> nowMs - old.atMs() <= RATE_MS_MAX);
        }
    }

    SharedTallies(int nodeId, List<Shard> shards, Clock clock) {
        this.nodeId = nodeId;
        this.shards = List.copyOf(shards);
        this.clock = clock;
        Tallies none = Tallies.none(nodeId, clock.monotonicMs() - AGE_MS_MAX);
        this.newest = new AtomicReference<>(
                new Taken(none.atMs(), CompletableFuture.completedFuture(none), Optional.empty()));
    }

    @Override
    public void latest(Consumer<Tallies> reply) {
        Taken known = newest.get();
        long nowMs = clock.monotonicMs();
        if (nowMs - known.atMs() >= AGE_MS_MAX) {
            Taken next = new Taken(nowMs, new CompletableFuture<>(), known.nextBase(nowMs));
            if (newest.compareAndSet(known, next)) {
                takeFrom(0, new Taking(next));
            }
            known = newest.get();
        }
        known.tallies().thenAccept(reply);
    }

    /// On its way from one loop to the next: only one of them has it at a time.
    private static final class Taking {
        private final Taken taken;
        private final Map<TopicId, HostedQueue> hosted = new HashMap<>();
        private final Map<Exchange, ExchangeTraffic.Counts> exchanges = new HashMap<>();
        private QueueTraffic past = QueueTraffic.NONE;

        Taking(Taken taken) {
            this.taken = taken;
        }
    }

    private void takeFrom(int at, Taking all) {
        if (at == shards.size()) {
            var whole = new Tallies(
                    nodeId, all.taken.atMs(), all.hosted, all.past, Map.of(), all.exchanges, Optional.empty());
            all.taken.tallies().complete(all.taken.base().map(whole::after).orElse(whole));
            return;
        }
        Shard shard = shards.get(at);
        shard.loop().post(() -> {
            shard.queues().forEachHosted(all.hosted::put);
            all.past = all.past.plus(shard.queues().past());
            shard.router().traffic().addTo(all.exchanges);
            takeFrom(at + 1, all);
        });
    }
}
