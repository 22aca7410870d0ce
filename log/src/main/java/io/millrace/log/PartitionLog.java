package io.millrace.log;

import io.millrace.log.batch.AppendOrigin;
import io.millrace.log.batch.AppendResult;
import io.millrace.log.batch.BatchCheck;
import io.millrace.log.batch.BatchHeader;
import io.millrace.log.clean.CleanedGroup;
import io.millrace.log.config.LogConfig;
import io.millrace.log.disk.FileCache;
import io.millrace.log.disk.StorageException;
import io.millrace.log.epoch.EpochEnd;
import io.millrace.log.epoch.LeaderEpochs;
import io.millrace.log.producer.ProducerSnapshot;
import io.millrace.log.producer.ProducerStates;
import io.millrace.log.producer.ProducerView;
import io.millrace.log.segment.IndexWrite;
import io.millrace.log.segment.Segment;
import io.millrace.log.segment.SegmentList;
import io.millrace.model.ErrorKind;
import io.millrace.model.InvariantViolation;
import io.millrace.model.Lease;
import io.millrace.model.TopicId;
import io.millrace.model.TopicPartition;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// One partition's append-only log in Kafka's on-disk format: segments with sparse offset and time indexes, leader
/// epochs and producer state.
///
/// Owned by: one loop. All methods are called by the owner unless they say otherwise; none of them waits for the
/// device: appends are kept in memory until a [FlushJob] writes them, reads of bytes that may be cold are handed back
/// as jobs.
///
/// Positions, always `startOffset <= durableOffset <= writtenOffset <= endOffset`:
/// `endOffset` is the next offset to be given out, everything below `writtenOffset` is in the file (a process crash
/// keeps it), everything below `durableOffset` is fsynced (a power cut keeps it).
public final class PartitionLog {
    private final TopicPartition partition;
    private final TopicId topicId;
    private final PartitionFolder folder;
    private final FileCache cache;
    private final LogDirectory directory;
    private LogConfig config;

    private SegmentList segments;
    private LeaderEpochs epochs;
    private ProducerStates producers;
    private final UnwrittenTail tail = new UnwrittenTail();
    private final List<Segment> unsynced = new ArrayList<>(0);
    private @Nullable FlushJob jobOut;
    private @Nullable CleanSwap swapOut;
    private @Nullable RetentionJob retentionOut;
    private @Nullable RecoveryJob recoveryOut;

    private volatile long startOffset;
    private volatile long syncedOffset;
    private long writtenOffset;
    private long endOffset;
    private boolean failed;
    private boolean closed;
    private boolean deleted;
    private boolean removed;
    private boolean changedSinceOpen;

    PartitionLog(
            LogDirectory directory,
            TopicPartition partition,
            TopicId topicId,
            LogConfig config,
            FileCache cache,
            PartitionFolder folder,
            LogLoader.Loaded loaded,
            long durableOffset) {
        this.directory = directory;
        this.partition = partition;
        this.topicId = topicId;
        this.config = config;
        this.cache = cache;
        this.folder = folder;
        this.segments = loaded.segments();
        this.epochs = loaded.epochs();
        this.producers = loaded.producers();
        adopt(loaded, durableOffset);
    }

    private void adopt(LogLoader.Loaded loaded, long durable) {
        segments = loaded.segments();
        epochs = loaded.epochs();
        producers = loaded.producers();
        startOffset = loaded.startOffset();
        endOffset = loaded.endOffset();
        writtenOffset = loaded.endOffset();
        syncedOffset = Math.min(durable, endOffset);
        unsynced.clear();
        unsynced.addAll(loaded.scanned());
        if (loaded.epochsChanged()) {
            folder.epochsChanged();
        }
        changedSinceOpen = !loaded.scanned().isEmpty();
    }

    public TopicPartition partition() {
        return partition;
    }

    public TopicId topicId() {
        return topicId;
    }

    public LogConfig config() {
        return config;
    }

    public void configure(LogConfig newConfig) {
        config = newConfig;
    }

    /// May be read from any thread.
    public long startOffset() {
        return startOffset;
    }

    public long endOffset() {
        return endOffset;
    }

    public long writtenOffset() {
        return writtenOffset;
    }

    /// May be read from any thread.
    public long durableOffset() {
        return Math.max(syncedOffset, startOffset);
    }

    /// Everything below was fsynced, also what lies below the start: recovery relies on it. May be read from any
    /// thread.
    long recoveryPoint() {
        return syncedOffset;
    }

    /// Bytes of all segments, unwritten tail included.
    public long sizeBytes() {
        return segments.sizeBytes();
    }

    /// Bytes accepted but not yet handed to a flush job or still inside one.
    public long unwrittenBytes() {
        return tail.bytes() + (jobOut == null ? 0 : jobOut.bytes());
    }

    /// Leader epoch of the last batch, or -1 for a log without any.
    public int latestEpoch() {
        return epochs.latest();
    }

    /// Assigns offsets and the leader epoch in place, and takes over without copying what was found valid: `lease` is
    /// retained until it is written. Nothing is taken over on refusal.
    ///
    /// @param check what [io.millrace.log.batch.BatchValidator] says of the batches with this log's configuration
    public AppendResult append(BatchCheck check, Lease lease, AppendOrigin origin, int leaderEpoch, long nowMs) {
        if (failed || closed) {
            return AppendResult.refused(
                    ErrorKind.STORAGE_ERROR, startOffset, closed ? "the log is closed" : "the disk refused a write");
        }
        Admission admission = new Admission(partition, config, producers, startOffset, endOffset);
        return switch (admission.decide(check, origin, leaderEpoch)) {
            case Admission.Answered(AppendResult result) -> result;
            case Admission.Admitted admitted -> {
                long firstOffset = BatchHeader.baseOffset(admitted.batches(), admitted.from());
                rollIfNeeded(admitted, nowMs);
                take(admitted, admitted.isCopy() ? Lease.NONE : lease);
                yield AppendResult.appended(firstOffset, endOffset, appendTime(origin, nowMs), startOffset, false);
            }
        };
    }

    private long appendTime(AppendOrigin origin, long nowMs) {
        return config.timestampType() == LogConfig.TimestampType.LOG_APPEND_TIME && origin != AppendOrigin.LEADER
                ? nowMs
                : -1;
    }

    private void rollIfNeeded(Admission.Admitted admitted, long nowMs) {
        if (RollRule.mustRoll(
                segments.active(),
                config,
                admitted.bytes(),
                admitted.lastOffset(),
                admitted.maxTimestamp(),
                nowMs,
                partition)) {
            roll(endOffset);
        }
    }

    private void roll(long baseOffset) {
        Segment full = segments.active();
        Segment next = Segment.fresh(cache, folder.path(), baseOffset, config.preallocatedBytes());
        tail.writeTo(full).seal(next, ProducerSnapshot.encode(producers.all()));
        segments.add(next);
        markUnsynced(full);
    }

    private void take(Admission.Admitted admitted, Lease lease) {
        ByteBuffer batches = admitted.batches();
        int from = admitted.from();
        int end = admitted.end();
        Segment active = segments.active();
        tail.add(active, batches, lease);
        lease.retain();
        for (int at = from; at < end; at += BatchHeader.sizeInBytes(batches, at)) {
            int epoch = BatchHeader.leaderEpoch(batches, at);
            if (epoch > epochs.latest() && epochs.assign(epoch, BatchHeader.baseOffset(batches, at))) {
                folder.epochsChanged();
            }
            active.append(batches, at, config.indexIntervalBytes());
            producers.apply(batches, at);
        }
        endOffset = active.endOffset();
        markUnsynced(active);
        changedSinceOpen = true;
    }

    private void markUnsynced(Segment segment) {
        if (unsynced.isEmpty() || unsynced.getLast() != segment) {
            unsynced.add(segment);
        }
    }

    /// Cuts loose the disk work for everything appended so far; empty when there is nothing to do, a job is still out,
    /// or the log is closed or deleted.
    ///
    /// @param sync whether the job also fsyncs; when everything is written but not yet durable, a job that only fsyncs
    public Optional<FlushJob> beginFlush(boolean sync) {
        return closed ? Optional.empty() : cutLoose(sync);
    }

    private Optional<FlushJob> cutLoose(boolean sync) {
        boolean toSync = sync && durableOffset() < endOffset;
        if (jobOut != null || failed || tail.isEmpty() && !toSync) {
            return Optional.empty();
        }
        prepareFiles();
        List<PendingWrite> writes = tail.detach();
        FlushJob job = new FlushJob(
                folder.begin(epochs),
                writes,
                toSync ? List.copyOf(unsynced) : List.of(),
                segments.active(),
                toSync,
                endOffset);
        jobOut = job;
        return Optional.of(job);
    }

    private void prepareFiles() {
        for (PendingWrite write : tail.writes()) {
            if (write.makesFiles()) {
                folder.namesChanged();
            }
            if (write.seals()) {
                write.setIndex(write.segment().sealIndexes());
            } else if (write.segment().isIndexSpillDue()) {
                write.setIndex(write.segment().spillIndexes());
            }
        }
    }

    /// Takes a finished job back: moves `writtenOffset` (and `durableOffset`), releases leases. After a storage error
    /// the log refuses appends with that error until [#beginRecovery] and its job succeed; what was acknowledged stays
    /// readable.
    public void endFlush(FlushJob job) {
        if (jobOut != job) {
            throw new InvariantViolation("this flush job is not out: " + partition);
        }
        jobOut = null;
        job.writes().forEach(PendingWrite::releaseLeases);
        if (deleted) {
            folder.lookAgain();
            deleteNow();
            return;
        }
        if (job.error() != ErrorKind.NONE) {
            folder.failed(job.folder());
            fail();
            return;
        }
        folder.end(job.folder(), job.isSync());
        for (PendingWrite write : job.writes()) {
            settle(write);
        }
        writtenOffset = job.endOffset();
        if (failed) {
            // A swap failed meanwhile, and what was behind this job is dropped already.
            endOffset = writtenOffset;
        }
        if (job.isSync()) {
            syncedOffset = job.endOffset();
            unsynced.clear();
            for (PendingWrite write : tail.writes()) {
                unsynced.add(write.segment());
            }
        }
    }

    private void settle(PendingWrite write) {
        Segment segment = write.segment();
        segment.written(write.endPosition());
        IndexWrite index = write.index();
        if (write.seals()) {
            segment.sealed();
        } else if (index != null) {
            segment.spilled(index);
        }
    }

    /// Whether appends are refused until [#beginRecovery] and its job succeed.
    public boolean isFailed() {
        return failed;
    }

    /// Refuses appends from now on, as after a failed flush. For the owner, too, when a call here threw that never
    /// should: the files are then more to be trusted than what is in memory.
    public void fail() {
        failed = true;
        tail.drop();
        endOffset = writtenOffset;
    }

    /// Cuts loose the work that makes the log writable again after a storage error (the disk has space again): cuts the
    /// torn tail back to `writtenOffset`, drops what was appended but never written. Empty when nothing is wrong, the
    /// log is closed, or a job is out.
    public Optional<RecoveryJob> beginRecovery() {
        if (!failed || closed || isJobOut()) {
            return Optional.empty();
        }
        long durable = Math.min(syncedOffset, writtenOffset);
        LogLoader loader = new LogLoader(cache, folder, partition, config, false, durable);
        recoveryOut =
                new RecoveryJob(folder, new Truncation(segments, folder), loader, writtenOffset, startOffset, durable);
        return Optional.of(recoveryOut);
    }

    /// Takes a finished job back. Unless the disk still refuses, the log is from now on what the job found in the
    /// files, and takes appends.
    public void endRecovery(RecoveryJob job) {
        if (recoveryOut != job) {
            throw new InvariantViolation("this recovery job is not out: " + partition);
        }
        recoveryOut = null;
        LogLoader.Loaded loaded = job.loaded();
        if (loaded != null) {
            Segment[] before = segments.snapshot();
            adopt(loaded, job.durableOffset());
            for (Segment segment : before) {
                segment.log().discard();
            }
            failed = false;
        }
        if (deleted) {
            deleteNow();
        }
    }

    private boolean isJobOut() {
        return jobOut != null || swapOut != null || retentionOut != null || recoveryOut != null;
    }

    private void reloadCutAt(long offset) throws IOException {
        long durable = Math.min(syncedOffset, offset);
        new Truncation(segments, folder).cutTo(offset);
        LogLoader loader = new LogLoader(cache, folder, partition, config, false, durable);
        adopt(loader.load(Math.min(startOffset, offset)), durable);
    }

    /// Reads whole batches from the one that contains `fromOffset` up to, not including, the one that begins at or
    /// above `belowOffset` (the high watermark, last stable offset or written offset).
    ///
    /// @param maxBytes upper bound of the slice
    /// @param minOneBatch return the first batch even when it alone is larger than `maxBytes`
    public ReadResult read(long fromOffset, long belowOffset, int maxBytes, boolean minOneBatch) {
        if (fromOffset < startOffset || fromOffset > endOffset) {
            return new ReadResult.Refused(ErrorKind.OFFSET_OUT_OF_RANGE);
        }
        long limit = Math.min(belowOffset, writtenOffset);
        if (fromOffset >= limit) {
            return new ReadResult.Ready(FileSlice.empty());
        }
        return LogReader.read(segments, writtenOffset, fromOffset, limit, Math.max(0, maxBytes), minOneBatch);
    }

    /// First offset whose timestamp is at or after `timestampMs`. May touch cold files: returns a job to be run on a
    /// thread that may block.
    public TimestampLookup findByTimestamp(long timestampMs) {
        return TimestampSearch.firstAtOrAfter(segments, startOffset, writtenOffset, timestampMs);
    }

    /// The record with the largest timestamp.
    public TimestampLookup findMaxTimestamp() {
        return TimestampSearch.largest(segments, startOffset, writtenOffset);
    }

    /// End offset of the largest epoch not above `epoch` (KIP-101, KIP-320).
    public EpochEnd endOffsetOfEpoch(int epoch) {
        return epochs.endOffsetFor(epoch, endOffset);
    }

    /// Moves the first offset up (DeleteRecords, queue settlement); segments wholly below are deleted by the next
    /// [#retain]. Refused while a recovery job is out: what it finds may end below.
    public ErrorKind advanceStartOffset(long offset) {
        if (offset > endOffset || offset < 0) {
            return ErrorKind.OFFSET_OUT_OF_RANGE;
        }
        if (recoveryOut != null) {
            return ErrorKind.STORAGE_ERROR;
        }
        if (offset > startOffset) {
            moveStart(offset);
        }
        return ErrorKind.NONE;
    }

    /// Where the log lies; [LogDirectory#checkpointStarts] makes durable what [#advanceStartOffset] did.
    public LogDirectory directory() {
        return directory;
    }

    private void moveStart(long offset) {
        startOffset = offset;
        if (epochs.truncateFromStart(offset)) {
            folder.epochsChanged();
        }
    }

    /// Throws away everything at and above `offset` (followers, divergence). Blocks: only while no job is out.
    ///
    /// @throws StorageException when the disk refuses
    public void truncateTo(long offset) {
        if (isJobOut()) {
            throw new InvariantViolation("truncated while a job is out: " + partition);
        }
        if (offset >= endOffset) {
            return;
        }
        try {
            flushNow(false);
            long cut = new Truncation(segments, folder).batchStart(offset);
            directory.lowerCheckpoints(partition, cut);
            reloadCutAt(cut);
        } catch (IOException e) {
            failed = true;
            throw new StorageException("can not truncate " + folder.path(), e);
        }
    }

    /// Applies retention by time and size and rolls by age, all at once: begins, runs and ends jobs until nothing is
    /// left to do. What is there already goes first: it may make the room that the roll needs. Blocks. Returns the
    /// bytes freed.
    ///
    /// @throws StorageException when the disk refuses; when that was the roll, the log [#isFailed()]
    public long retain(long nowMs, long belowOffset) {
        try {
            long freed = giveUpOldSegments(nowMs, belowOffset);
            if (rollForRetention(nowMs, belowOffset)) {
                flushNow(false);
                freed += giveUpOldSegments(nowMs, belowOffset);
            }
            return freed;
        } catch (IOException e) {
            throw new StorageException("can not delete old segments of " + folder.path(), e);
        }
    }

    private long giveUpOldSegments(long nowMs, long belowOffset) throws IOException {
        long freed = 0;
        Optional<RetentionJob> job = nextRetentionJob(nowMs, belowOffset);
        while (job.isPresent()) {
            job.get().run();
            freed += endRetention(job.get(), nowMs);
            if (job.get().error() != ErrorKind.NONE) {
                throw new IOException(job.get().errorMessage());
            }
            job = nextRetentionJob(nowMs, belowOffset);
        }
        return freed;
    }

    /// Gives up segments by time and size, and cuts loose the disk work that goes with it; empty when there is none.
    /// Then the active segment is sealed if its time has come; it is given up once it is flushed. Deletes no batch at
    /// or above `belowOffset`. Works on a full disk, too.
    ///
    /// @throws StorageException when the disk refuses to be asked; the log stays as it is
    public Optional<RetentionJob> beginRetention(long nowMs, long belowOffset) {
        for (Segment segment : segments.snapshot()) {
            segment.idle();
        }
        producers.expire(nowMs);
        try {
            Optional<RetentionJob> job = nextRetentionJob(nowMs, belowOffset);
            if (job.isEmpty()) {
                rollForRetention(nowMs, belowOffset);
            }
            return job;
        } catch (IOException e) {
            throw new StorageException("can not look at " + folder.path(), e);
        }
    }

    private Optional<RetentionJob> nextRetentionJob(long nowMs, long belowOffset) throws IOException {
        if (closed || retentionOut != null || recoveryOut != null) {
            return Optional.empty();
        }
        Retention retention = new Retention(config, nowMs);
        List<Segment> unknown = retention.unknown(segments);
        if (!unknown.isEmpty()) {
            retentionOut = RetentionJob.lookAt(unknown);
        } else {
            int count = retention.count(segments, startOffset, Math.min(belowOffset, writtenOffset));
            retentionOut = count == 0 ? null : RetentionJob.remove(removeFirstSegments(count));
        }
        return Optional.ofNullable(retentionOut);
    }

    private boolean rollForRetention(long nowMs, long belowOffset) throws IOException {
        if (failed || closed || jobOut != null || retentionOut != null) {
            return false;
        }
        boolean isDue = RollRule.isAged(segments.active(), config, nowMs, partition)
                || new Retention(config, nowMs)
                        .isActiveDue(segments, startOffset, Math.min(belowOffset, writtenOffset));
        if (isDue) {
            roll(endOffset);
        }
        return isDue;
    }

    /// Takes a finished job back; returns the bytes freed. After a storage error the next start finds again what was
    /// not renamed.
    public long endRetention(RetentionJob job, long nowMs) {
        if (retentionOut != job) {
            throw new InvariantViolation("this retention job is not out: " + partition);
        }
        retentionOut = null;
        job.settle();
        scheduleDeletion(job.marked(), nowMs);
        if (deleted) {
            deleteNow();
        }
        return job.freedBytes();
    }

    /// What the cleaner needs to know before it looks at the files; empty when there is nothing sealed, or the log is
    /// out of order.
    ///
    /// @param lastStableOffset nothing at or above is compacted
    public Optional<CleanSketch> sketch(long lastStableOffset) {
        if (failed || closed || segments.count() == 1) {
            return Optional.empty();
        }
        long openTransaction = producers.firstOpenTransactionOffset();
        long limit = openTransaction < 0 ? lastStableOffset : Math.min(lastStableOffset, openTransaction);
        return Optional.of(new CleanSketch(directory, this, segments, producers.all(), limit));
    }

    /// Cuts loose the swap of a cleaned group for the segments it stands for; empty when the log has changed meanwhile
    /// (the caller discards the group), or when another swap is out. Until [#endClean] reads of those segments answer
    /// [ReadResult.Moved].
    ///
    /// @param sketch what the group was made from
    public Optional<CleanSwap> beginClean(CleanSketch sketch, CleanedGroup group) {
        if (failed || closed || swapOut != null) {
            return Optional.empty();
        }
        Optional<CleanSwap> swap = CleanSwap.of(segments, folder, sketch, group);
        swapOut = swap.orElse(null);
        return swap;
    }

    /// Takes a finished swap back. After a storage error the log is to be recovered as after a failed flush.
    public void endClean(CleanSwap swap, long nowMs) {
        if (swapOut != swap) {
            throw new InvariantViolation("this swap is not out: " + partition);
        }
        swapOut = null;
        if (swap.error() != ErrorKind.NONE) {
            fail();
            return;
        }
        swap.settle(segments, cache);
        scheduleDeletion(swap.retired(), nowMs);
        if (deleted) {
            deleteNow();
        }
    }

    /// What producers are known, for DescribeProducers and tests.
    public List<ProducerView> producers() {
        return producers.all().stream()
                .map(state -> new ProducerView(
                        state.producerId(),
                        state.epoch(),
                        state.lastSequence(),
                        state.lastTimestamp(),
                        state.coordinatorEpoch(),
                        state.txnFirstOffset()))
                .toList();
    }

    /// Flushes, fsyncs, writes snapshots and index sizes, closes all files. Blocks; only while no job is out.
    ///
    /// @throws StorageException when the disk refuses; the next start recovers
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        boolean cleanly = false;
        try {
            flushForClose();
            cleanly = true;
        } catch (IOException e) {
            throw new StorageException("can not close " + folder.path(), e);
        } finally {
            tail.drop();
            for (Segment segment : segments.snapshot()) {
                segment.log().discard();
            }
            directory.closed(this, cleanly);
        }
    }

    private void flushForClose() throws IOException {
        if (failed || isJobOut()) {
            throw new IOException(failed ? "the disk refused a write before" : "a job is still out");
        }
        flushNow(true);
        Segment active = segments.active();
        if (changedSinceOpen && folder.exists()) {
            if (active.writtenBytes() > 0) {
                IndexWrite index = active.sealIndexes();
                index.write(active);
                active.spilled(index);
                Preallocation.trimDurably(active, active.writtenBytes());
            }
            folder.writeSnapshot(endOffset, producers.all());
            changedSinceOpen = false;
        }
        folder.finish(epochs);
    }

    private void flushNow(boolean sync) throws IOException {
        Optional<FlushJob> job = cutLoose(sync);
        if (job.isPresent()) {
            job.get().run();
            endFlush(job.get());
            if (failed) {
                throw new IOException(job.get().errorMessage());
            }
        }
    }

    /// Renames the folder to `*-delete` and schedules its removal. Blocks shortly. When a flush job is out, that
    /// happens once it is back.
    ///
    /// @throws StorageException when the disk refuses
    public void delete() {
        closed = true;
        deleted = true;
        tail.drop();
        deleteNow();
    }

    /// Unless a job is out: then once it is back.
    private void deleteNow() {
        if (removed || isJobOut()) {
            return; // removed: what has the folder's name now is somebody else's
        }
        removed = true;
        for (Segment segment : segments.snapshot()) {
            segment.log().discard();
        }
        directory.delete(this, folder);
    }

    PartitionFolder folder() {
        return folder;
    }

    /// Retention removes the first `count` segments.
    List<Segment> removeFirstSegments(int count) {
        List<Segment> removed = segments.removeFirst(count);
        unsynced.removeAll(removed);
        if (segments.first().baseOffset() > startOffset) {
            moveStart(segments.first().baseOffset());
        }
        return removed;
    }

    void scheduleDeletion(List<String> paths, long nowMs) {
        directory.deleteLater(paths, nowMs + config.fileDeleteDelayMs());
    }

    /// @param offset offset of the record found, -1 when there is none
    /// @param timestampMs its timestamp, -1 when there is none
    /// @param leaderEpoch its batch's leader epoch, -1 when unknown
    public record TimestampOffset(long offset, long timestampMs, int leaderEpoch) {
        public static final TimestampOffset NONE = new TimestampOffset(-1, -1, -1);
    }

    /// A lookup that may block: run once by any one thread.
    public interface TimestampLookup {
        /// @throws StorageException when the disk fails
        TimestampOffset run();
    }
}
