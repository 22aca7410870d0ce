package io.millrace.server.partition;

import io.millrace.broker.partition.RefusedSequences;
import io.millrace.cluster.replica.Assignment;
import io.millrace.cluster.replica.Partition;
import io.millrace.cluster.replica.ReplicaContext;
import io.millrace.log.CleanSketch;
import io.millrace.log.CleanSwap;
import io.millrace.log.PartitionLog;
import io.millrace.log.clean.CleanedGroup;
import io.millrace.log.disk.DamageException;
import io.millrace.model.Clock;
import io.millrace.model.ErrorKind;
import io.millrace.model.TopicPartition;
import io.millrace.server.loop.DiskLoop;
import io.millrace.server.loop.EventLoop;
import io.millrace.server.loop.UnpackLoop;
import io.millrace.server.metrics.Metrics;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The partitions one event loop owns: who comes and goes, what arrives, and who does what for them ([Arrivals],
/// [FlushTurns], [RetentionPass], [CleanSwaps], [FailedPartitions]).
///
/// Owned by: its event loop.
public final class PartitionHost {
    private final EventLoop loop;
    private final Clock clock;
    private final Metrics metrics;
    private final DirtyPages dirtyPages;
    private final Map<TopicPartition, Hosted> partitions = new HashMap<>();
    private final Map<DiskLoop, DiskMood> moods = new HashMap<>();
    private final FailedPartitions failures;
    private final Arrivals arrivals;
    private final RefusedSequences refusedSequences;
    private final StartCheckpoints startCheckpoints;
    private final FlushTurns flushes;
    private final RetentionPass retention;
    private final CleanSwaps cleaning;
    private final ReplicaPorts ports;
    private final ReplicaContext replicas;
    private final ReplicaFetchers fetchers;
    private final DamagedLogs damages;
    private final LogMoves moves;
    private final Set<Hosted> restless = new LinkedHashSet<>();
    private final LongAdder inSyncShrinks = new LongAdder();
    private final LongAdder inSyncExpands = new LongAdder();
    private volatile long lagMax;

    public PartitionHost(
            EventLoop loop,
            UnpackLoop unpackers,
            Clock clock,
            Metrics metrics,
            DirtyPages dirtyPages,
            ReplicaPorts ports) {
        this.loop = loop;
        this.clock = clock;
        this.metrics = metrics;
        this.dirtyPages = dirtyPages;
        this.refusedSequences = new RefusedSequences(clock);
        this.arrivals = new Arrivals(this, loop, unpackers);
        this.startCheckpoints = new StartCheckpoints(loop);
        this.failures = new FailedPartitions(loop, clock, metrics, ports, failureOutcomes());
        this.flushes = new FlushTurns(loop, clock, metrics, failures);
        this.retention = new RetentionPass(loop, clock, failures, flushes);
        this.cleaning = new CleanSwaps(this, clock, failures);
        this.ports = ports;
        this.replicas = new ReplicaContext(
                ports.nodeId(),
                clock,
                ports,
                ports,
                new InSyncChanges(loop, ports),
                ports.throttles(),
                ports.lagMsMax());
        Cuts cuts = new Cuts(loop, failures, this::onCut);
        this.damages = new DamagedLogs(cuts);
        this.moves = new LogMoves(this, loop, clock, ports.disks().moves(), arrivals, flushes, failures);
        this.fetchers = new ReplicaFetchers(loop, clock, ports, this::hosted, flushes::atEndOfTurn, cuts::cut);
    }

    private FailedPartitions.Outcomes failureOutcomes() {
        return new FailedPartitions.Outcomes() {
            @Override
            public void onBack(Hosted hosted) {
                tellMove(hosted);
                watch(hosted);
            }

            @Override
            public void onDamaged(Hosted hosted, DamageException damage) {
                damages.onUnrecoverable(hosted, damage);
                watch(hosted);
            }
        };
    }

    public EventLoop loop() {
        return loop;
    }

    RefusedSequences refusedSequences() {
        return refusedSequences;
    }

    StartCheckpoints startCheckpoints() {
        return startCheckpoints;
    }

    LogMoves moves() {
        return moves;
    }

    DiskMood moodOf(DiskLoop disk) {
        return moods.computeIfAbsent(disk, _ -> new DiskMood(dirtyPages));
    }

    /// Takes a freshly opened log in: leads it or follows who does, as the metadata says.
    ///
    /// @param checkpointedHighWatermark as the last run left it
    public void take(PartitionLog log, DiskLoop disk, Assignment assignment, long checkpointedHighWatermark) {
        loop.assertOwned();
        Partition partition = new Partition(log, replicas, assignment, checkpointedHighWatermark);
        Hosted hosted = new Hosted(partition, disk, moodOf(disk));
        partitions.put(log.partition(), hosted);
        if (log.isFailed()) {
            failures.add(hosted); // the disk refused to make durable what a crash had left
            flushes.background().later(hosted);
        }
        fetchers.follow(hosted);
        watch(hosted);
    }

    /// The metadata says something else of a partition that is here.
    public void change(TopicPartition id, Assignment assignment) {
        Hosted hosted = partitions.get(id);
        if (hosted == null) {
            return;
        }
        if (hosted.cutOut) {
            hosted.assignmentAfterCut = assignment; // the log's end is not known until then
        } else {
            assign(hosted, assignment);
        }
    }

    private void assign(Hosted hosted, Assignment assignment) {
        boolean isOtherLeader =
                assignment.leaderEpoch() != hosted.partition.assignment().leaderEpoch();
        if (isOtherLeader) {
            hosted.callOffCut(); // it was the last leader's wish
        }
        if (!isOtherLeader && hosted.partition.isLeader()) {
            countInSync(
                    hosted.partition.assignment().isr().size(), assignment.isr().size());
        }
        hosted.partition.assign(assignment);
        fetchers.follow(hosted);
        damages.look(hosted);
        watch(hosted);
    }

    private void countInSync(int before, int after) {
        if (after < before) {
            inSyncShrinks.add(before - after);
        } else {
            inSyncExpands.add(after - before);
        }
    }

    /// Replicas that left the in-sync sets of partitions led here. May be asked from any thread, as the next two.
    long inSyncShrinks() {
        return inSyncShrinks.sum();
    }

    /// Replicas that came into them.
    long inSyncExpands() {
        return inSyncExpands.sum();
    }

    /// How far the furthest behind of the partitions followed from here was when it was last looked.
    long lagMax() {
        return lagMax;
    }

    /// Looks how far behind the partitions are that are followed from here. Called every few seconds.
    public void lookAtLag() {
        if (fetchers.size() == 0) {
            lagMax = 0;
            return;
        }
        long[] most = {0};
        PartitionWalk.over(
                this, partition -> most[0] = Math.max(most[0], partition.offsetLag()), () -> lagMax = most[0]);
    }

    /// The log holds what its files hold.
    private static void tellMove(Hosted hosted) {
        LogMove move = hosted.move;
        if (move != null) {
            move.onSourceReloaded();
        }
    }

    /// The log's files have been changed by somebody else, and are its owner's again.
    void onCut(Hosted hosted) {
        tellMove(hosted);
        Assignment assignment = hosted.assignmentAfterCut;
        if (assignment != null) {
            hosted.assignmentAfterCut = null;
            assign(hosted, assignment);
        }
        damages.look(hosted);
    }

    /// What was read at `offset` is not what was written there.
    void onDamaged(Hosted hosted, long offset) {
        damages.onDamaged(hosted, offset);
        watch(hosted);
    }

    /// As [#onDamaged(Hosted, long)], for who has read files beside the owner. One that was let go meanwhile is
    /// somebody else's.
    public void onDamaged(TopicPartition id, long offset) {
        Hosted hosted = partitions.get(id);
        if (hosted != null) {
            onDamaged(hosted, offset);
        }
    }

    /// Logs here that are known to be damaged. May be asked from any thread, as the next.
    public int damaged() {
        return damages.count();
    }

    /// Logs here that were damaged and are no more.
    long repaired() {
        return damages.repaired();
    }

    /// Somebody waits for something that time may bring.
    void onWaiting(Hosted hosted) {
        watch(hosted);
    }

    /// A follower has asked for records, and so acknowledged those before.
    void onAcknowledged(Hosted hosted) {
        watch(hosted);
    }

    /// Whether this node may speak for a partition it leads, or follows. Where nobody else has it, nobody else can lead
    /// it either.
    boolean maySpeakFor(Partition partition) {
        return !partition.assignment().isReplicated() || !partition.isLeader() || ports.mayLead(clock.monotonicMs());
    }

    /// Lets a partition go: everybody who waits gets `error`, then `andThen` gets the log once no flush job, no swap of
    /// the cleaner, no retention, no recovery and no copy is out. From now on nothing here touches the log any more.
    public void release(TopicPartition id, ErrorKind error, Consumer<PartitionLog> andThen) {
        loop.assertOwned();
        Hosted hosted = partitions.remove(id);
        if (hosted == null) {
            return;
        }
        restless.remove(hosted);
        fetchers.leave(hosted);
        hosted.callOffCut();
        failures.forget(hosted);
        damages.forget(hosted);
        hosted.releaseTo(andThen);
        LogMove move = hosted.move;
        try {
            hosted.partition.close(error);
        } finally {
            if (move != null) {
                move.leave(() -> {});
            }
            hosted.handOverIfIdle();
        }
    }

    public Optional<Partition> find(TopicPartition id) {
        return Optional.ofNullable(hosted(id)).map(found -> found.partition);
    }

    /// Whether it is this host's still; if not, its log is somebody else's to touch.
    boolean isHere(Partition partition) {
        Hosted hosted = partitions.get(partition.id());
        return hosted != null && hosted.partition == partition;
    }

    @Nullable
    Hosted hosted(TopicPartition id) {
        return partitions.get(id);
    }

    /// As they are now. Whoever does something with each of them does it in turns: see [PartitionWalk].
    public List<Partition> partitions() {
        List<Partition> all = new ArrayList<>(partitions.size());
        partitions.values().forEach(hosted -> all.add(hosted.partition));
        return all;
    }

    /// Whether every log here takes appends, as far as their disks are concerned. May be called from any thread.
    public boolean takesRecords() {
        return failures.isEmpty();
    }

    public int size() {
        return partitions.size();
    }

    /// Appends, now or when those before it are through.
    void append(Hosted hosted, Arrivals.Arrival arrival) {
        metrics.onAppend(arrival.batches().batches().remaining());
        arrivals.arrive(hosted, arrival);
    }

    /// Something was appended: it is written when this turn ends.
    void touched(Hosted hosted) {
        watch(hosted);
        flushes.atEndOfTurn(hosted);
    }

    private void watch(Hosted hosted) {
        if (hosted.partition.isRestless()) {
            restless.add(hosted);
        }
    }

    /// Answers appends whose time is up, and asks disks that refused whether they take writes again. Called a few times
    /// a second.
    public void tick() {
        try {
            tickRestless();
        } finally {
            failures.retry();
        }
    }

    /// A disk that was full has room again.
    public void hasRoom(DiskLoop disk) {
        failures.hasRoom(disk);
    }

    private void tickRestless() {
        for (Hosted hosted : List.copyOf(restless)) { // an answer may lead to the next append
            boolean isToComeBack = hosted.partition.isRestless();
            if (!maySpeakFor(hosted.partition)) {
                hosted.partition.onSilence();
            }
            hosted.partition.tick(); // also once more after the time that was waited for
            damages.look(hosted);
            if (!isToComeBack && !hosted.partition.isRestless()) {
                restless.remove(hosted);
            }
        }
    }

    /// Gives up followers that have lagged for too long.
    public void shrinkInSync() {
        PartitionWalk.over(
                this,
                partition -> {
                    Hosted hosted = partitions.get(partition.id());
                    partition.shrinkInSync();
                    if (hosted != null) {
                        watch(hosted);
                    }
                },
                () -> {});
    }

    /// Starts an fsync of every page-cache log that has bytes only the page cache knows, so that recovery stays short.
    public void syncInBackground() {
        flushes.background().run();
    }

    /// Applies retention to every log here. Does nothing while the last pass is not through.
    public void retain() {
        retention.begin(partitions.values());
    }

    /// The log's beginning was deleted: what lies wholly below goes now.
    void onStartMoved(Hosted hosted) {
        retention.onMoved(hosted);
    }

    /// What the cleaner has to know of those logs that are compacted. A log that was let go meanwhile says nothing.
    public List<CleanSketch> sketches(List<Partition> some) {
        return cleaning.sketches(some);
    }

    /// Lets the cleaner swap a cleaned group in, unless the log has changed since it was sketched.
    public Optional<CleanSwap> beginSwap(CleanSketch sketch, CleanedGroup group) {
        return cleaning.begin(sketch, group);
    }

    /// The cleaner is done with the files. Returns whether the disk did as it was told.
    public boolean endSwap(CleanSwap swap) {
        return cleaning.end(swap);
    }
}
