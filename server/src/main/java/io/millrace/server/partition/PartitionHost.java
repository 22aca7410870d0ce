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
import io.millrace.server.metrics.Metrics;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The partitions one event loop owns, and their turns: what was appended in a turn is written once at its end.
///
/// Owned by: its event loop.
public final class PartitionHost {
    private static final Logger LOG = LoggerFactory.getLogger(PartitionHost.class);
    private static final int RETAINED_PER_TURN = 500;

    private final EventLoop loop;
    private final Clock clock;
    private final Metrics metrics;
    private final Map<TopicPartition, Hosted> partitions = new HashMap<>();
    private final Map<DiskLoop, DiskMood> moods = new HashMap<>();
    private final Map<CleanSwap, Hosted> swapping = new HashMap<>();
    private final Set<Hosted> refusedByDisk = new LinkedHashSet<>();
    private final Set<Hosted> waitingForAcks = new LinkedHashSet<>();
    private List<Hosted> dirty = new ArrayList<>();
    private final ArrayDeque<Hosted> toRetain = new ArrayDeque<>();
    private boolean flushPosted;
    private boolean retentionOut;

    /// One partition with the disk it lives on.
    static final class Hosted {
        final Partition partition;
        final DiskLoop disk;
        final DiskMood mood;
        boolean dirty;
        boolean jobOut;
        boolean swapOut;
        boolean retentionOut;

        @Nullable
        Runnable whenIdle;

        Hosted(Partition partition, DiskLoop disk, DiskMood mood) {
            this.partition = partition;
            this.disk = disk;
            this.mood = mood;
        }

        boolean isIdle() {
            return !jobOut && !swapOut && !retentionOut;
        }
    }

    public PartitionHost(EventLoop loop, Clock clock, Metrics metrics) {
        this.loop = loop;
        this.clock = clock;
        this.metrics = metrics;
    }

    public EventLoop loop() {
        return loop;
    }

    /// Takes a freshly opened log in, or tells one that is here what changed.
    public void lead(PartitionLog log, DiskLoop disk, Leadership leadership) {
        loop.assertOwned();
        DiskMood mood = moods.computeIfAbsent(disk, _ -> new DiskMood());
        partitions.put(log.partition(), new Hosted(new Partition(log, leadership), disk, mood));
    }

    public void change(TopicPartition id, Leadership leadership) {
        Hosted hosted = partitions.get(id);
        if (hosted != null) {
            hosted.partition.lead(leadership);
        }
    }

    /// Lets a partition go: everybody who waits gets `error`, then `andThen` gets the log once no flush job no swap of
    /// the cleaner and no retention is out.
    public void release(TopicPartition id, ErrorKind error, Consumer<PartitionLog> andThen) {
        loop.assertOwned();
        Hosted hosted = partitions.remove(id);
        if (hosted == null) {
            return;
        }
        waitingForAcks.remove(hosted);
        refusedByDisk.remove(hosted);
        hosted.partition.close(error);
        Runnable handOver = () -> andThen.accept(hosted.partition.log());
        hosted.whenIdle = handOver;
        handOverIfIdle(hosted);
    }

    /// Returns whether the log is on its way out.
    private static boolean handOverIfIdle(Hosted hosted) {
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

    @Nullable
    Hosted hosted(TopicPartition id) {
        return partitions.get(id);
    }

    public Collection<Partition> partitions() {
        List<Partition> all = new ArrayList<>(partitions.size());
        partitions.values().forEach(hosted -> all.add(hosted.partition));
        return all;
    }

    public int size() {
        return partitions.size();
    }

    void count(int appendedBytes) {
        metrics.onAppend(appendedBytes);
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
        List<Hosted> touched = dirty;
        dirty = new ArrayList<>(touched.size());
        for (Hosted hosted : touched) {
            hosted.dirty = false;
            flush(hosted, hosted.partition.isDurable());
        }
    }

    private void flush(Hosted hosted, boolean sync) {
        if (hosted.whenIdle != null) {
            return; // on its way out: whoever gets it writes the rest
        }
        if (hosted.jobOut) {
            return; // whatever was appended meanwhile goes with the next job
        }
        PartitionLog log = hosted.partition.log();
        Optional<FlushJob> job = log.beginFlush(sync);
        if (job.isEmpty()) {
            return;
        }
        if (!sync && hosted.mood.isCalm(clock.monotonicNs())) {
            runHere(hosted, job.get());
        } else {
            runOnDisk(hosted, job.get());
        }
    }

    private void runHere(Hosted hosted, FlushJob job) {
        long startNs = clock.monotonicNs();
        job.run();
        long endNs = clock.monotonicNs();
        hosted.mood.onWrite(endNs - startNs, endNs);
        metrics.onFlush(endNs - startNs);
        finish(hosted, job);
    }

    private void runOnDisk(Hosted hosted, FlushJob job) {
        hosted.jobOut = true;
        long startNs = clock.monotonicNs();
        hosted.disk.flush(job, loop, () -> {
            hosted.jobOut = false;
            metrics.onFlush(clock.monotonicNs() - startNs);
            finish(hosted, job);
            if (!handOverIfIdle(hosted) && hosted.partition.log().unwrittenBytes() > 0) {
                flush(hosted, hosted.partition.isDurable());
            }
        });
    }

    private void finish(Hosted hosted, FlushJob job) {
        hosted.partition.log().endFlush(job);
        if (job.error() == ErrorKind.NONE) {
            hosted.partition.onFlushed();
        } else {
            LOG.error("event=flush-failed partition={} error={}", hosted.partition.id(), job.error());
            metrics.onStorageError();
            hosted.partition.onStorageError();
            refusedByDisk.add(hosted);
        }
    }

    /// Answers appends whose time is up, and asks disks that refused whether they take writes again. Called a few times
    /// a second.
    public void tick() {
        long nowMs = clock.monotonicMs();
        waitingForAcks.removeIf(hosted -> {
            hosted.partition.expire(nowMs);
            return !hosted.partition.hasWaitingAcks();
        });
        refusedByDisk.removeIf(this::hasRecovered);
    }

    private boolean hasRecovered(Hosted hosted) {
        if (!hosted.isIdle()) {
            return false;
        }
        boolean recovered = hosted.partition.log().recoverFromStorageError() == ErrorKind.NONE;
        if (recovered) {
            LOG.info("event=storage-recovered partition={}", hosted.partition.id());
        }
        return recovered;
    }

    /// Starts an fsync of every page-cache log that has bytes only the page cache knows, so that recovery stays short.
    public void syncInBackground() {
        for (Hosted hosted : partitions.values()) {
            PartitionLog log = hosted.partition.log();
            if (!hosted.jobOut && log.durableOffset() < log.endOffset()) {
                log.beginFlush(true).ifPresent(job -> runOnDisk(hosted, job));
            }
        }
    }

    /// What the cleaner has to know of the compacted logs here.
    public List<CleanSketch> sketches() {
        List<CleanSketch> sketches = new ArrayList<>();
        for (Hosted hosted : partitions.values()) {
            PartitionLog log = hosted.partition.log();
            if (log.config().compact()) {
                log.sketch(hosted.partition.lastStableOffset()).ifPresent(sketches::add);
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
        hosted.partition.log().endClean(swap, clock.wallMs());
        boolean isDone = swap.error() == ErrorKind.NONE;
        if (!isDone) {
            LOG.error("event=swap-failed partition={} error={}", hosted.partition.id(), swap.error());
            hosted.partition.onStorageError();
        }
        if (!handOverIfIdle(hosted) && !isDone) {
            refusedByDisk.add(hosted);
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
        for (int i = 0; i < RETAINED_PER_TURN; i++) {
            Hosted hosted = toRetain.poll();
            if (hosted == null || beginRetention(hosted)) {
                return;
            }
        }
        loop.post(this::retainNext);
    }

    /// Returns whether there is disk work, which goes on with the next log when it is done.
    private boolean beginRetention(Hosted hosted) {
        if (hosted.whenIdle != null) {
            return false; // released meanwhile
        }
        long nowMs = clock.wallMs();
        try {
            Optional<RetentionJob> job = hosted.partition.log().beginRetention(nowMs, hosted.partition.highWatermark());
            touched(hosted); // a segment sealed for its age is finished now, not with the next append
            job.ifPresent(begun -> runRetention(hosted, begun, nowMs));
            return job.isPresent();
        } catch (StorageException refused) {
            onRetentionRefused(hosted, refused.getMessage());
            return false;
        }
    }

    private void runRetention(Hosted hosted, RetentionJob job, long nowMs) {
        retentionOut = true;
        hosted.retentionOut = true;
        hosted.disk.read(() -> {
            job.run();
            loop.post(() -> endRetention(hosted, job, nowMs));
        });
    }

    private void endRetention(Hosted hosted, RetentionJob job, long nowMs) {
        retentionOut = false;
        hosted.retentionOut = false;
        hosted.partition.log().endRetention(job, nowMs);
        if (job.error() != ErrorKind.NONE) {
            onRetentionRefused(hosted, job.errorMessage());
        } else if (!handOverIfIdle(hosted)) {
            toRetain.addFirst(hosted); // what was looked up may show more
        }
        retainNext();
    }

    private void onRetentionRefused(Hosted hosted, @Nullable String reason) {
        LOG.error("event=retention-failed partition={} reason=\"{}\"", hosted.partition.id(), reason);
        metrics.onStorageError();
        handOverIfIdle(hosted);
    }
}
