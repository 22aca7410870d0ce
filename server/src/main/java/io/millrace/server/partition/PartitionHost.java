package io.millrace.server.partition;

import io.millrace.cluster.replica.Leadership;
import io.millrace.cluster.replica.Partition;
import io.millrace.log.CleanSketch;
import io.millrace.log.CleanSwap;
import io.millrace.log.FlushJob;
import io.millrace.log.PartitionLog;
import io.millrace.log.RetentionJob;
import io.millrace.log.clean.CleanedGroup;
import io.millrace.log.disk.StorageException;
import io.millrace.model.Clock;
import io.millrace.model.ErrorKind;
import io.millrace.model.TopicPartition;
import io.millrace.server.loop.DiskLoop;
import io.millrace.server.loop.EventLoop;
import io.millrace.server.loop.UnpackLoop;
import io.millrace.server.metrics.Metrics;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The partitions one event loop owns, and their turns: what was appended in a turn is written once at its end.
///
/// Owned by: its event loop.
public final class PartitionHost {
    private static final int RETAINED_PER_TURN = 100;

    private final EventLoop loop;
    private final Clock clock;
    private final Metrics metrics;
    private final DirtyPages dirtyPages;
    private final Map<TopicPartition, Hosted> partitions = new HashMap<>();
    private final Map<DiskLoop, DiskMood> moods = new HashMap<>();
    private final Map<CleanSwap, Hosted> swapping = new HashMap<>();
    private final FailedPartitions failures;
    private final Arrivals arrivals;
    private final StartCheckpoints startCheckpoints;
    private final Set<Hosted> waitingForAcks = new LinkedHashSet<>();
    private final ArrayDeque<Hosted> dirty = new ArrayDeque<>();
    private final ArrayDeque<Hosted> toRetain = new ArrayDeque<>();
    private final ArrayDeque<Hosted> toSync = new ArrayDeque<>();
    private boolean flushPosted;
    private boolean retentionOut;

    /// One partition with the disk it lives on.
    static final class Hosted {
        final Partition partition;
        final DiskLoop disk;
        final DiskMood mood;
        /// Those that wait for a batch to be looked at elsewhere, that one first; null for nobody.
        @Nullable
        ArrayDeque<Arrivals.Arrival> arrivals;

        boolean dirty;
        boolean syncDue;
        boolean inToSync;
        boolean failed;
        boolean jobOut;
        boolean swapOut;
        boolean retentionOut;
        boolean recoveryOut;

        @Nullable
        Runnable whenIdle;

        Hosted(Partition partition, DiskLoop disk, DiskMood mood) {
            this.partition = partition;
            this.disk = disk;
            this.mood = mood;
        }

        boolean isIdle() {
            return !jobOut && !swapOut && !retentionOut && !recoveryOut;
        }

        /// On its way out: whoever gets the log writes the rest.
        boolean isReleased() {
            return whenIdle != null;
        }
    }

    public PartitionHost(EventLoop loop, UnpackLoop unpackers, Clock clock, Metrics metrics, DirtyPages dirtyPages) {
        this.loop = loop;
        this.clock = clock;
        this.metrics = metrics;
        this.dirtyPages = dirtyPages;
        this.arrivals = new Arrivals(this, loop, unpackers);
        this.startCheckpoints = new StartCheckpoints(loop);
        this.failures = new FailedPartitions(loop, clock, metrics);
    }

    public EventLoop loop() {
        return loop;
    }

    StartCheckpoints startCheckpoints() {
        return startCheckpoints;
    }

    /// Takes a freshly opened log in, or tells one that is here what changed.
    public void lead(PartitionLog log, DiskLoop disk, Leadership leadership) {
        loop.assertOwned();
        DiskMood mood = moods.computeIfAbsent(disk, _ -> new DiskMood(dirtyPages));
        Hosted hosted = new Hosted(new Partition(log, leadership), disk, mood);
        partitions.put(log.partition(), hosted);
        if (log.isFailed()) {
            failures.add(hosted); // the disk refused to make durable what a crash had left
            syncLater(hosted);
        }
    }

    public void change(TopicPartition id, Leadership leadership) {
        Hosted hosted = partitions.get(id);
        if (hosted != null) {
            hosted.partition.lead(leadership);
        }
    }

    /// Lets a partition go: everybody who waits gets `error`, then `andThen` gets the log once no flush job, no swap of
    /// the cleaner, no retention and no recovery is out. From now on nothing here touches the log any more.
    public void release(TopicPartition id, ErrorKind error, Consumer<PartitionLog> andThen) {
        loop.assertOwned();
        Hosted hosted = partitions.remove(id);
        if (hosted == null) {
            return;
        }
        waitingForAcks.remove(hosted);
        failures.forget(hosted);
        hosted.whenIdle = () -> andThen.accept(hosted.partition.log());
        try {
            hosted.partition.close(error);
        } finally {
            handOverIfIdle(hosted);
        }
    }

    /// Returns whether the log is on its way out.
    static boolean handOverIfIdle(Hosted hosted) {
        Runnable handOver = hosted.whenIdle;
        if (handOver != null && hosted.isIdle()) {
            hosted.whenIdle = () -> {}; // released for good, and only once
            handOver.run();
        }
        return handOver != null;
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
        if (hosted.partition.hasWaitingAcks()) {
            waitingForAcks.add(hosted);
        }
        if (!hosted.dirty) {
            hosted.dirty = true;
            dirty.add(hosted);
            if (!flushPosted) {
                flushPosted = true;
                loop.atEndOfTurn(this::flushDirty);
            }
        }
    }

    private void flushDirty() {
        flushPosted = false;
        try {
            for (int remaining = dirty.size(); remaining > 0; remaining--) {
                Hosted hosted = dirty.removeFirst();
                hosted.dirty = false;
                boolean sync = hosted.syncDue || hosted.partition.isDurable();
                hosted.syncDue = false;
                flush(hosted, sync);
            }
        } finally {
            if (!dirty.isEmpty() && !flushPosted) {
                flushPosted = true;
                loop.atEndOfTurn(this::flushDirty); // one partition's fault is not the others'
            }
        }
    }

    private void flush(Hosted hosted, boolean sync) {
        if (hosted.isReleased()) {
            return;
        }
        if (hosted.jobOut) {
            return; // whatever was appended meanwhile goes with the next job
        }
        Optional<FlushJob> job = beginFlush(hosted, sync);
        if (job.isEmpty()) {
            return;
        }
        if (!sync) {
            syncLater(hosted);
        }
        if (!sync && hosted.mood.isForLoop(job.get().bytes(), clock.monotonicNs())) {
            runHere(hosted, job.get());
        } else {
            runOnDisk(hosted, job.get());
        }
    }

    private Optional<FlushJob> beginFlush(Hosted hosted, boolean sync) {
        boolean isBegun = false;
        try {
            Optional<FlushJob> job = hosted.partition.log().beginFlush(sync);
            isBegun = true;
            return job;
        } finally {
            if (!isBegun) {
                failures.onFault(hosted, "flush");
            }
        }
    }

    private void runHere(Hosted hosted, FlushJob job) {
        long startNs = clock.monotonicNs();
        try {
            job.run();
        } finally {
            long endNs = clock.monotonicNs();
            hosted.mood.onWrite(endNs - startNs, endNs);
            metrics.onFlush(endNs - startNs);
            finish(hosted, job);
        }
    }

    private void runOnDisk(Hosted hosted, FlushJob job) {
        hosted.jobOut = true;
        long startNs = clock.monotonicNs();
        hosted.disk.flush(job, loop, () -> {
            hosted.jobOut = false;
            metrics.onFlush(clock.monotonicNs() - startNs);
            try {
                finish(hosted, job);
            } finally {
                if (!handOverIfIdle(hosted) && hosted.partition.log().unwrittenBytes() > 0) {
                    flush(hosted, hosted.partition.isDurable());
                }
            }
        });
    }

    private void finish(Hosted hosted, FlushJob job) {
        boolean isEnded = false;
        try {
            hosted.partition.log().endFlush(job);
            isEnded = true;
        } finally {
            if (!isEnded) {
                failures.onFault(hosted, "flush");
            }
        }
        if (job.error() == ErrorKind.NONE) {
            hosted.partition.onFlushed();
        } else {
            failures.onFailed(hosted, "flush", job.errorMessage());
            syncLater(hosted);
        }
    }

    /// Answers appends whose time is up, and asks disks that refused whether they take writes again. Called a few times
    /// a second.
    public void tick() {
        try {
            expire(clock.monotonicMs());
        } finally {
            failures.retry();
        }
    }

    /// A disk that was full has room again.
    public void hasRoom(DiskLoop disk) {
        failures.hasRoom(disk);
    }

    private void expire(long nowMs) {
        for (Hosted hosted : List.copyOf(waitingForAcks)) { // an answer may lead to the next append
            hosted.partition.expire(nowMs);
            if (!hosted.partition.hasWaitingAcks()) {
                waitingForAcks.remove(hosted);
            }
        }
    }

    /// The next [#syncInBackground] has something to do here.
    private void syncLater(Hosted hosted) {
        if (!hosted.inToSync) {
            hosted.inToSync = true;
            toSync.add(hosted);
        }
    }

    /// Starts an fsync of every page-cache log that has bytes only the page cache knows, so that recovery stays short.
    /// Looks only at logs that were written to since the last time.
    public void syncInBackground() {
        for (int remaining = toSync.size(); remaining > 0; remaining--) {
            Hosted hosted = toSync.removeFirst();
            hosted.inToSync = false;
            PartitionLog log = hosted.partition.log();
            if (hosted.isReleased()) {
                continue;
            }
            if (hosted.jobOut || log.isFailed()) {
                syncLater(hosted);
            } else if (log.durableOffset() < log.endOffset()) {
                hosted.syncDue = true;
                touched(hosted);
            }
        }
    }

    /// What the cleaner has to know of those logs that are compacted. A log that was let go meanwhile says nothing.
    public List<CleanSketch> sketches(List<Partition> some) {
        List<CleanSketch> sketches = new ArrayList<>();
        for (Partition partition : some) {
            PartitionLog log = partition.log();
            if (isHere(partition) && log.config().compact()) {
                log.sketch(partition.lastStableOffset()).ifPresent(sketches::add);
            }
        }
        return sketches;
    }

    /// Lets the cleaner swap a cleaned group in, unless the log has changed since it was sketched.
    public Optional<CleanSwap> beginSwap(CleanSketch sketch, CleanedGroup group) {
        Hosted hosted = partitions.get(sketch.partition());
        if (hosted == null) {
            return Optional.empty();
        }
        Optional<CleanSwap> swap = hosted.partition.log().beginClean(sketch, group);
        swap.ifPresent(begun -> {
            hosted.swapOut = true;
            swapping.put(begun, hosted);
        });
        return swap;
    }

    /// The cleaner is done with the files. Returns whether the disk did as it was told.
    public boolean endSwap(CleanSwap swap) {
        Hosted hosted = Objects.requireNonNull(swapping.remove(swap), "a swap that did not begin here");
        hosted.swapOut = false;
        boolean isDone = swap.error() == ErrorKind.NONE;
        boolean isEnded = false;
        try {
            hosted.partition.log().endClean(swap, clock.wallMs());
            isEnded = true;
        } finally {
            if (!isEnded) {
                failures.onFault(hosted, "swap");
            } else if (!isDone) {
                failures.onFailed(hosted, "swap", swap.errorMessage());
            }
            handOverIfIdle(hosted);
        }
        return isDone;
    }

    /// Applies retention to every log here, one after the other; what has to wait for the disk is done on its threads.
    /// Does nothing while the last pass is not through.
    public void retain() {
        if (toRetain.isEmpty() && !retentionOut) {
            toRetain.addAll(partitions.values());
            retainNext();
        }
    }

    private void retainNext() {
        boolean isDiskAtWork = false;
        try {
            for (int i = 0; i < RETAINED_PER_TURN && !isDiskAtWork && !toRetain.isEmpty(); i++) {
                isDiskAtWork = beginRetention(toRetain.removeFirst());
            }
        } finally {
            if (!isDiskAtWork && !toRetain.isEmpty()) {
                loop.post(this::retainNext); // also after a fault of one
            }
        }
    }

    /// Returns whether there is disk work, which goes on with the next log when it is done.
    private boolean beginRetention(Hosted hosted) {
        if (hosted.isReleased()) {
            return false;
        }
        long nowMs = clock.wallMs();
        hosted.partition.idle();
        try {
            Optional<RetentionJob> job = hosted.partition.log().beginRetention(nowMs, hosted.partition.highWatermark());
            touched(hosted); // a segment sealed for its age is finished now, not with the next append
            job.ifPresent(begun -> runRetention(hosted, begun, nowMs));
            return job.isPresent();
        } catch (StorageException refused) {
            failures.onRefused(hosted, "retention", String.valueOf(refused.getMessage()));
            return false;
        }
    }

    private void runRetention(Hosted hosted, RetentionJob job, long nowMs) {
        retentionOut = true;
        hosted.retentionOut = true;
        hosted.disk.read(() -> {
            try {
                job.run();
            } finally {
                loop.post(() -> endRetention(hosted, job, nowMs));
            }
        });
    }

    private void endRetention(Hosted hosted, RetentionJob job, long nowMs) {
        retentionOut = false;
        hosted.retentionOut = false;
        boolean isEnded = false;
        try {
            hosted.partition.log().endRetention(job, nowMs);
            isEnded = true;
        } finally {
            if (job.error() != ErrorKind.NONE) {
                failures.onRefused(hosted, "retention", job.errorMessage());
            }
            if (!handOverIfIdle(hosted) && isEnded && job.error() == ErrorKind.NONE) {
                toRetain.addFirst(hosted); // what was looked up may show more
            }
            retainNext();
        }
    }
}
