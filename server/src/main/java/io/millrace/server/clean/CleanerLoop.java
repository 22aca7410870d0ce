package io.millrace.server.clean;

import io.millrace.cluster.replica.Partition;
import io.millrace.log.CleanSketch;
import io.millrace.log.clean.CleanCandidate;
import io.millrace.log.clean.CleanPace;
import io.millrace.log.clean.OffsetMap;
import io.millrace.log.disk.DamageException;
import io.millrace.log.disk.StorageException;
import io.millrace.model.Clock;
import io.millrace.model.Randomness;
import io.millrace.model.TopicPartition;
import io.millrace.server.config.StorageConfig;
import io.millrace.server.metrics.Metrics;
import io.millrace.server.partition.PartitionHost;
import io.millrace.server.partition.PartitionHosts;
import io.millrace.server.partition.PartitionWalk;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Compacts the node's logs on a thread of its own, one log at a time, the filthiest first: asks every owner what there
/// is, reads and rewrites at its own pace, and hands over to the owner to put a cleaned segment in place.
///
/// One offset map, bounded in memory, serves all rounds. A log that fails is left alone for a while and told about; the
/// thread lives on.
///
/// Owned by: its thread; started and stopped by the node.
public final class CleanerLoop {
    private static final Logger LOG = LoggerFactory.getLogger(CleanerLoop.class);
    private static final long RETRY_MS = 600_000;
    private static final long STOP_MS_MAX = 30_000;

    private final PartitionHosts hosts;
    private final Clock clock;
    private final Metrics metrics;
    private final long backoffMs;
    private final OffsetMap map;
    private final CleanPace pace;
    private final Map<TopicPartition, Rest> resting = new ConcurrentHashMap<>();
    private final Thread thread;
    private volatile boolean stopped;

    /// A log that is not looked at for a while.
    ///
    /// @param untilMs monotonic
    /// @param hasFailed whether it could not be cleaned
    private record Rest(long untilMs, boolean hasFailed) {}

    /// The node stops: thrown from the middle of a round to its end.
    private static final class Stopped extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Stopped() {
            super("the cleaner stops", null, false, false);
        }
    }

    public CleanerLoop(
            PartitionHosts hosts, StorageConfig config, Clock clock, Randomness randomness, Metrics metrics) {
        this.hosts = hosts;
        this.clock = clock;
        this.metrics = metrics;
        this.backoffMs = config.cleanerBackoffMs();
        this.map = new OffsetMap(config.cleanerBytesMax(), randomness.nextLong(), randomness.nextLong());
        CleanPace metered =
                CleanPace.of(config.cleanerBytesPerSecondMax(), clock::monotonicNs, CleanerLoop::parkAtLeast);
        this.pace = bytes -> {
            if (stopped) {
                throw new Stopped();
            }
            metered.spent(bytes);
        };
        this.thread = new Thread(this::run, "cleaner");
        thread.setDaemon(true);
        metrics.gauge("cleaner_uncleanable_partitions", "Logs that could not be compacted", this::uncleanable);
    }

    private static void parkAtLeast(long nanos) {
        if (nanos > 0) {
            LockSupport.parkNanos(nanos);
        }
    }

    public void start() {
        thread.start();
    }

    /// Breaks a round off; what is committed stays. Owners must still be running.
    public void stop() throws InterruptedException {
        stopped = true;
        LockSupport.unpark(thread);
        thread.join(STOP_MS_MAX);
    }

    /// Logs that failed and have not been cleaned since.
    private long uncleanable() {
        return resting.values().stream().filter(Rest::hasFailed).count();
    }

    private void run() {
        while (!stopped) {
            if (!turn() && !stopped) {
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(backoffMs));
            }
        }
    }

    /// The outermost turn: a fault in one round is told, and the loop lives on.
    private boolean turn() {
        try {
            return cleanFilthiest();
        } catch (Stopped told) {
            return false;
        } catch (InterruptedException told) {
            stopped = true;
            return false;
        } catch (Exception | Error fault) {
            LOG.error("event=turn-failed loop=cleaner", fault);
            return false;
        }
    }

    /// Returns whether there was something to clean.
    private boolean cleanFilthiest() throws InterruptedException {
        List<Dirty> dirty = new ArrayList<>();
        for (PartitionHost host : hosts.all()) {
            List<Partition> all = Owner.ask(host, PartitionHost::partitions);
            for (int from = 0; from < all.size(); from += PartitionWalk.PER_TURN) {
                List<Partition> some = all.subList(from, Math.min(all.size(), from + PartitionWalk.PER_TURN));
                for (CleanSketch sketch : Owner.ask(host, owner -> owner.sketches(some))) {
                    if (!isResting(sketch.partition())) {
                        judge(host, sketch).ifPresent(dirty::add);
                    }
                }
            }
        }
        Optional<CleanCandidate> filthiest =
                CleanCandidate.filthiest(dirty.stream().map(Dirty::candidate).toList());
        if (filthiest.isEmpty()) {
            return false;
        }
        Dirty chosen = dirty.stream()
                .filter(one -> one.candidate() == filthiest.get())
                .findFirst()
                .orElseThrow();
        clean(chosen);
        return true;
    }

    /// A log that could be cleaned.
    private record Dirty(PartitionHost host, CleanSketch sketch, CleanCandidate candidate) {}

    private boolean isResting(TopicPartition partition) {
        Rest rest = resting.get(partition);
        return rest != null && clock.monotonicMs() < rest.untilMs();
    }

    private Optional<Dirty> judge(PartitionHost host, CleanSketch sketch) {
        try {
            return Optional.of(new Dirty(host, sketch, sketch.candidate(clock.wallMs())));
        } catch (NoSuchFileException changed) {
            return Optional.empty(); // retention was faster: the next look finds the log as it is
        } catch (IOException | StorageException refused) {
            fail(sketch.partition(), refused);
            return Optional.empty();
        }
    }

    private void clean(Dirty dirty) throws InterruptedException {
        TopicPartition partition = dirty.sketch().partition();
        CleanRound round = new CleanRound(dirty.host(), dirty.sketch(), map, pace);
        try {
            long startNs = clock.monotonicNs();
            CleanRound.Outcome outcome = round.run(dirty.candidate(), clock.wallMs());
            metrics.onCleaned(round.stats());
            switch (outcome) {
                case CLEANED -> {
                    resting.remove(partition);
                    LOG.info(
                            "event=cleaned partition={} up-to={} stats=\"{}\" ms={}",
                            partition,
                            round.cleanedUpTo(),
                            round.stats(),
                            (clock.monotonicNs() - startNs) / 1_000_000);
                }
                case CHANGED, NOTHING -> rest(partition, backoffMs, false);
            }
        } catch (NoSuchFileException changed) {
            rest(partition, backoffMs, false);
        } catch (StorageException refused) {
            fail(partition, refused);
            DamageException damage = refused.damage();
            if (damage != null) {
                long from = damage.trustedOffset();
                dirty.host().loop().post(() -> dirty.host().onDamaged(partition, from));
            }
        } catch (IOException refused) {
            fail(partition, refused);
        } finally {
            round.end();
        }
    }

    private void fail(TopicPartition partition, Exception refused) {
        LOG.error("event=uncleanable partition={} reason=\"{}\"", partition, refused.getMessage(), refused);
        metrics.onStorageError();
        rest(partition, RETRY_MS, true);
    }

    private void rest(TopicPartition partition, long forMs, boolean hasFailed) {
        resting.values().removeIf(rest -> clock.monotonicMs() - rest.untilMs() > RETRY_MS);
        resting.put(partition, new Rest(clock.monotonicMs() + forMs, hasFailed));
    }
}
