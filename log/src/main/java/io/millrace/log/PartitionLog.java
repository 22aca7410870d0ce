package io.millrace.log;

import io.millrace.log.batch.AppendOrigin;
import io.millrace.log.batch.AppendResult;
import io.millrace.log.batch.BatchCheck;
import io.millrace.log.clean.CleanedGroup;
import io.millrace.log.config.LogConfig;
import io.millrace.log.disk.StorageException;
import io.millrace.log.epoch.EpochEnd;
import io.millrace.log.producer.ProducerView;
import io.millrace.model.ErrorKind;
import io.millrace.model.Lease;
import io.millrace.model.TopicId;
import io.millrace.model.TopicPartition;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/// One partition's append-only log in Kafka's on-disk format: segments with sparse offset and time indexes, leader
/// epochs and producer state.
///
/// Owned by: one loop. All methods are called by the owner unless they say otherwise; none of them waits for the
/// device: appends are kept in memory until a [FlushJob] writes them, reads of bytes that may be cold are handed back
/// as jobs.
///
/// This is the log's life as its owner sees it; what it is made of has names of its own: [LogContents] (segments,
/// epochs, producers), [Positions] (how far it has come), [Appender] (its end), [FlushCycle] (the way to the disk),
/// [Reload] (the way back from the files), [Cuts] (what is thrown away of it), [Retention], [LifeCycle] (what it may
/// do), [JobsOut] (what others do for it).
public final class PartitionLog {
    private static final long NOTHING_STAYS = 0;
    private static final String NO_ROOM = "the disk has no room for records";

    private final TopicPartition partition;
    private final Positions positions = new Positions();
    private LogDirectory directory;
    private PartitionFolder folder;
    private LogContents contents;
    private FlushCycle flushing;
    private JobsOut jobs = JobsOut.NONE;
    private LifeCycle life = LifeCycle.OPEN;
    private LogConfig config;
    /// Whether somebody had a note to make while nothing was taken.
    private boolean wantsNotes;
    private boolean takesNotesOnly;

    PartitionLog(
            LogDirectory directory,
            TopicPartition partition,
            LogConfig config,
            PartitionFolder folder,
            LogLoader.Loaded loaded) {
        this.directory = directory;
        this.partition = partition;
        this.config = config;
        this.folder = folder;
        this.contents = new LogContents(partition, folder, positions, loaded);
        this.flushing = new FlushCycle(folder, positions, loaded.scanned());
    }

    public TopicPartition partition() {
        return partition;
    }

    public TopicId topicId() {
        return folder.topicId();
    }

    public LogConfig config() {
        return config;
    }

    public void configure(LogConfig newConfig) {
        config = newConfig;
    }

    /// The first offset there is. May be read from any thread.
    public long startOffset() {
        return positions.start();
    }

    /// The next offset to be given out.
    public long endOffset() {
        return positions.end();
    }

    /// Everything below is in the file: a process crash keeps it.
    public long writtenOffset() {
        return positions.written();
    }

    /// Everything below is fsynced: a power cut keeps it. May be read from any thread.
    public long durableOffset() {
        return positions.durable();
    }

    /// Everything below was fsynced, also what lies below the start: recovery relies on it. May be read from any
    /// thread.
    long recoveryPoint() {
        return positions.synced();
    }

    /// Bytes of all segments, unwritten tail included.
    public long sizeBytes() {
        return contents.segments().sizeBytes();
    }

    /// Bytes accepted but not yet handed to a flush job or still inside one.
    public long unwrittenBytes() {
        return flushing.bytes() + jobs.flushBytes();
    }

    /// Leader epoch of the last batch, or -1 for a log without any.
    public int latestEpoch() {
        return contents.epochs().latest();
    }

    /// Whether the log has a batch of this producer's, as far as it remembers. To who is unknown, any sequence may come
    /// first.
    public boolean knowsProducer(long producerId) {
        return contents.producers().knows(producerId);
    }

    /// What producers are known, for DescribeProducers and tests.
    public List<ProducerView> producers() {
        return contents.producers().all().stream().map(ProducerView::of).toList();
    }

    /// Assigns offsets and the leader epoch in place, and takes over without copying what was found valid: `lease` is
    /// retained until it is written. Nothing is taken over on refusal.
    ///
    /// @param check what [io.millrace.log.batch.BatchValidator] says of the batches with this log's configuration
    public AppendResult append(BatchCheck check, Lease lease, AppendOrigin origin, int leaderEpoch, long nowMs) {
        boolean isNote = Admission.isNote(check, origin);
        if (!life.isWritable()) {
            wantsNotes |= isNote && life.isFailed();
            return AppendResult.refused(ErrorKind.STORAGE_ERROR, positions.start(), life.refusal());
        }
        if (takesNotesOnly && !isNote) {
            return AppendResult.refused(ErrorKind.STORAGE_ERROR, positions.start(), NO_ROOM);
        }
        return Appender.append(contents, flushing, config, check, lease, origin, leaderEpoch, nowMs);
    }

    /// Cuts loose the disk work for everything appended so far; empty when there is nothing to do, a job is still out,
    /// or the log refuses appends.
    ///
    /// @param sync whether the job also fsyncs; when everything is written but not yet durable, a job that only fsyncs
    public Optional<FlushJob> beginFlush(boolean sync) {
        if (!life.isWritable() || jobs.isFlush()) {
            return Optional.empty();
        }
        Optional<FlushJob> job = flushing.begin(sync, contents);
        job.ifPresent(begun -> jobs = jobs.with(begun));
        return job;
    }

    /// A sync ahead of the one a flush job does, beside whatever jobs are out; empty when everything is durable.
    public Optional<EarlySync> earlySync() {
        return life.isWritable() && positions.durable() < positions.end()
                ? Optional.of(new EarlySync(flushing.unsynced()))
                : Optional.empty();
    }

    /// Takes a finished job back: moves `writtenOffset` (and `durableOffset`), releases leases. After a storage error
    /// the log refuses appends with that error until [#beginRecovery] and its job succeed; what was acknowledged stays
    /// readable.
    public void endFlush(FlushJob job) {
        jobs = jobs.without(job);
        job.releaseLeases();
        if (life.isDeleted()) {
            folder.lookAgain();
            removeIfDue();
        } else if (job.error() == ErrorKind.NONE) {
            flushing.end(job);
        } else {
            folder.failed(job.folder());
            fail();
        }
    }

    private void flushNow(boolean sync) throws IOException {
        Optional<FlushJob> job = beginFlush(sync);
        if (job.isPresent()) {
            job.get().run();
            endFlush(job.get());
            if (life.isFailed()) {
                throw new IOException(job.get().errorMessage());
            }
        }
    }

    /// Whether appends are refused until [#beginRecovery] and its job succeed.
    public boolean isFailed() {
        return life.isFailed();
    }

    /// Whether appends are refused until a [TruncationJob] is back.
    public boolean isBeingCut() {
        return life == LifeCycle.CUT;
    }

    /// Refuses appends from now on, as after a failed flush. For the owner, too, when a call here threw that never
    /// should: the files are then more to be trusted than what is in memory.
    public void fail() {
        life = life.onFailure();
        flushing.drop();
        positions.dropUnwritten();
    }

    /// Cuts loose the work that makes the log writable again after a storage error (the disk has space again): cuts the
    /// torn tail back to `writtenOffset`, drops what was appended but never written. Empty when nothing is wrong, the
    /// log is closed, or a job is out.
    public Optional<RecoveryJob> beginRecovery() {
        if (!life.isFailed() || jobs.isAny()) {
            return Optional.empty();
        }
        RecoveryJob job = new RecoveryJob(
                folder, contents.reloadCutAt(positions.written(), positions.synced(), config), wantsNotes);
        jobs = jobs.with(job);
        return Optional.of(job);
    }

    /// Takes a finished job back. Unless the disk still refuses, the log is from now on what the job found in the
    /// files, and takes appends.
    public void endRecovery(RecoveryJob job) {
        endReload(job);
        if (job.error() == ErrorKind.NONE) {
            wantsNotes = false;
            takesNotesOnly = job.isForNotes();
        }
    }

    /// Whether a coordinator had a note to make (what is settled, say) that was refused since the log failed: a disk
    /// without room for records is asked for room for notes then, because they are what makes room.
    public boolean wantsNotes() {
        return wantsNotes;
    }

    /// Whether the log takes notes and no records: that is all there is room for.
    public boolean takesNotesOnly() {
        return takesNotesOnly && life.isWritable();
    }

    /// The disk has room for records again.
    public void takeRecords() {
        takesNotesOnly = false;
    }

    private void endReload(ReloadJob job) {
        jobs = jobs.without(job);
        LogLoader.Loaded loaded = job.loaded();
        if (loaded != null) {
            replaceWith(loaded);
            life = life.onReload();
        }
        removeIfDue();
    }

    private void replaceWith(LogLoader.Loaded loaded) {
        contents.replaceWith(loaded);
        flushing.restart(loaded.scanned());
    }

    /// Cuts loose the work that brings a log back when its files do not hold any more what was durable, so that
    /// [#beginRecovery] finds the same damage again and again: what is sound of them stays, from `trustedOffset` on by
    /// its checksums, and everything behind the damage goes; of a compacted log everything does, see [#beginRestart].
    /// Others have it; this log gets it from them again. Empty when nothing is wrong, the log is closed, or a job is
    /// out.
    ///
    /// @param trustedOffset where the damaged segment begins
    public Optional<TruncationJob> beginSalvage(long trustedOffset) {
        if (!life.isFailed()) {
            return Optional.empty();
        }
        return config.compact()
                ? cutLoose(NOTHING_STAYS, cuts().restart(positions.start()))
                : cutLoose(trustedOffset, cuts().salvage(trustedOffset));
    }

    private Cuts cuts() {
        return new Cuts(directory, partition, contents, positions, config);
    }

    /// Cuts loose the work of throwing away everything at and above `offset` (followers, divergence); what was appended
    /// and never written goes at once. Empty when the log is out of order, or a job is out: ask again when it is back.
    /// Batches go as a whole.
    public Optional<TruncationJob> beginTruncation(long offset) {
        Cuts cuts = cuts();
        return beginCut(cuts.staysBelow(offset), cuts.truncate(offset));
    }

    /// Cuts loose the work of throwing away what is damaged: the batch with `offset`, whatever is not sound before it
    /// in its segment, and everything behind. Others have it; this log gets it from them again. Empty as
    /// [#beginTruncation].
    public Optional<TruncationJob> beginRepair(long offset) {
        Cuts cuts = cuts();
        return beginCut(cuts.staysBelow(offset), cuts.repair(offset));
    }

    /// Cuts loose the work of throwing everything away and going on, empty, at `offset`: a follower whose log ends
    /// below where its leader's begins. Empty as [#beginTruncation].
    public Optional<TruncationJob> beginRestart(long offset) {
        return beginCut(NOTHING_STAYS, cuts().restart(offset));
    }

    private Optional<TruncationJob> beginCut(long staysBelow, TruncationJob.Cut cut) {
        return life.isWritable() ? cutLoose(staysBelow, cut) : Optional.empty();
    }

    /// @param staysBelow the job takes nothing below
    private Optional<TruncationJob> cutLoose(long staysBelow, TruncationJob.Cut cut) {
        if (jobs.isAny()) {
            return Optional.empty();
        }
        flushing.drop();
        positions.dropUnwritten();
        TruncationJob job = new TruncationJob(cut, positions.synced());
        positions.distrustFrom(staysBelow);
        jobs = jobs.with(job);
        life = life.onCut();
        return Optional.of(job);
    }

    /// Takes a finished job back: the log is from now on what is left of it. When the disk refused, it refuses appends
    /// until [#beginRecovery] and its job succeed; what was to go may have gone, and recovery does not look for it.
    public void endTruncation(TruncationJob job) {
        endReload(job);
        if (job.loaded() == null) {
            positions.cutAt(job.cutOffset(), job.syncedOffset());
            fail();
        }
    }

    /// Whether `copy` holds all of this log, durably, and nothing is under way in either: it may take this log's place.
    public boolean isAllIn(PartitionLog copy) {
        return life.isWritable()
                && copy.life.isWritable()
                && !jobs.isAny()
                && !copy.jobs.isAny()
                && unwrittenBytes() == 0
                && copy.startOffset() == startOffset()
                && copy.endOffset() == endOffset()
                && copy.durableOffset() == endOffset();
    }

    /// Cuts loose the work of going on as `copy`, in another directory. Empty unless [#isAllIn]. Nothing is appended
    /// until [#endMove]: the owner sees to that no client comes meanwhile. Reads are asked to come again.
    ///
    /// @param highWatermark what the other directory is to know of the partition
    public Optional<MoveJob> beginMove(PartitionLog copy, long highWatermark) {
        if (!isAllIn(copy)) {
            return Optional.empty();
        }
        contents.markReplaced();
        Reload stay = contents.reloadCutAt(positions.written(), positions.synced(), config);
        MoveJob job = new MoveJob(this, copy, stay, highWatermark);
        jobs = jobs.with(job);
        life = life.onCut();
        return Optional.of(job);
    }

    /// Takes a finished job back. The log goes on in the other directory, or, when a disk refused, where it was; the
    /// copy is closed either way.
    public void endMove(MoveJob job) {
        MoveJob.Arrival arrival = job.arrival();
        if (arrival == null) {
            endReload(job);
            if (job.loaded() == null) {
                fail();
            }
            return;
        }
        jobs = jobs.without(job);
        LogContents before = contents;
        directory = arrival.directory();
        folder = arrival.folder();
        contents =
                new LogContents(partition, folder, positions, arrival.loaded().withProducers(before.producers()));
        flushing = new FlushCycle(folder, positions, arrival.loaded().scanned());
        before.discardFiles();
        life = life.onReload();
        removeIfDue();
    }

    PartitionFolder folder() {
        return folder;
    }

    /// Reads whole batches from the one that contains `fromOffset` up to, not including, the one that begins at or
    /// above `belowOffset` (the high watermark, last stable offset or written offset).
    ///
    /// @param maxBytes upper bound of the slice
    /// @param minOneBatch return the first batch even when it alone is larger than `maxBytes`
    public ReadResult read(long fromOffset, long belowOffset, int maxBytes, boolean minOneBatch) {
        if (jobs.isMove()
                && fromOffset >= positions.start()
                && fromOffset < Math.min(belowOffset, positions.written())) {
            return new ReadResult.Cold(ReadResult.Moved::new); // in a few milliseconds
        }
        return LogReader.read(contents.segments(), positions, fromOffset, belowOffset, maxBytes, minOneBatch);
    }

    /// First offset whose timestamp is at or after `timestampMs`. May touch cold files: returns a job to be run on a
    /// thread that may block.
    public TimestampLookup findByTimestamp(long timestampMs) {
        return TimestampSearch.firstAtOrAfter(contents.segments(), positions, timestampMs);
    }

    /// The record with the largest timestamp.
    public TimestampLookup findMaxTimestamp() {
        return TimestampSearch.largest(contents.segments(), positions);
    }

    /// End offset of the largest epoch not above `epoch` (KIP-101, KIP-320).
    public EpochEnd endOffsetOfEpoch(int epoch) {
        return contents.epochs().endOffsetFor(epoch, positions.end());
    }

    /// Moves the first offset up (DeleteRecords, queue settlement), at most to `writtenOffset`; segments wholly below
    /// are given up by the next [#beginRetention]. Refused while a recovery or truncation job is out: what it finds may
    /// end below.
    public ErrorKind advanceStartOffset(long offset) {
        if (offset > positions.written() || offset < 0) {
            return ErrorKind.OFFSET_OUT_OF_RANGE;
        }
        if (jobs.isReload()) {
            return ErrorKind.STORAGE_ERROR;
        }
        if (offset > positions.start()) {
            contents.moveStart(offset);
        }
        return ErrorKind.NONE;
    }

    /// Where the log lies; [LogDirectory#checkpointStarts] makes durable what [#advanceStartOffset] did.
    public LogDirectory directory() {
        return directory;
    }

    /// Gives up segments by time and size, and cuts loose the disk work that goes with it; empty when there is none.
    /// Then the active segment is sealed if its time has come; it is given up once it is flushed. Deletes no batch at
    /// or above `belowOffset`. Works on a full disk, too.
    ///
    /// @throws StorageException when the disk refuses to be asked; the log stays as it is
    public Optional<RetentionJob> beginRetention(long nowMs, long belowOffset) {
        contents.idle(nowMs);
        if (!life.mayGiveUpSegments() || jobs.isRetention() || jobs.isReload()) {
            return Optional.empty();
        }
        long below = Math.min(belowOffset, positions.written());
        Retention retention = new Retention(contents, config, positions.start(), below, nowMs);
        try {
            Optional<RetentionJob> job = retention.begin();
            if (job.isPresent()) {
                flushing.forget(job.get().removed());
                jobs = jobs.with(job.get());
            } else if (life.isWritable() && !jobs.isFlush()) {
                Appender.rollIfDue(contents, flushing, config, retention, nowMs);
            }
            return job;
        } catch (IOException e) {
            throw new StorageException("can not look at " + folder.path(), e);
        }
    }

    /// Takes a finished job back; returns the bytes freed. After a storage error the next start finds again what was
    /// not renamed.
    public long endRetention(RetentionJob job, long nowMs) {
        jobs = jobs.without(job);
        job.settle();
        deleteLater(job.marked(), nowMs);
        removeIfDue();
        return job.freedBytes();
    }

    private void deleteLater(List<String> files, long nowMs) {
        directory.deleteLater(files, nowMs + config.fileDeleteDelayMs());
    }

    /// What the cleaner needs to know before it looks at the files; empty when there is nothing sealed, or the log is
    /// out of order.
    ///
    /// @param lastStableOffset nothing at or above is compacted
    public Optional<CleanSketch> sketch(long lastStableOffset) {
        if (!life.isWritable() || contents.segments().count() == 1) {
            return Optional.empty();
        }
        return Optional.of(new CleanSketch(directory, this, folder, contents, lastStableOffset));
    }

    /// Cuts loose the swap of a cleaned group for the segments it stands for; empty when the log has changed meanwhile
    /// (the caller discards the group), or when another swap is out. Until [#endClean] reads of those segments answer
    /// [ReadResult.Moved].
    ///
    /// @param sketch what the group was made from
    public Optional<CleanSwap> beginClean(CleanSketch sketch, CleanedGroup group) {
        if (!life.isWritable() || jobs.isSwap()) {
            return Optional.empty();
        }
        Optional<CleanSwap> swap = CleanSwap.of(contents.segments(), folder, sketch, group);
        swap.ifPresent(begun -> jobs = jobs.with(begun));
        return swap;
    }

    /// Takes a finished swap back. After a storage error the log is to be recovered as after a failed flush.
    public void endClean(CleanSwap swap, long nowMs) {
        jobs = jobs.without(swap);
        if (swap.error() == ErrorKind.NONE) {
            contents.settle(swap);
            deleteLater(swap.retired(), nowMs);
        } else {
            fail();
        }
        removeIfDue();
    }

    /// Flushes, fsyncs, writes snapshots and index sizes, closes all files. Blocks; only while no job is out.
    ///
    /// @throws StorageException when the disk refuses; the next start recovers
    public void close() {
        if (life.isOver()) {
            return;
        }
        boolean cleanly = false;
        try {
            flushForClose();
            cleanly = true;
        } catch (IOException e) {
            throw new StorageException("can not close " + folder.path(), e);
        } finally {
            life = LifeCycle.CLOSED;
            flushing.drop();
            contents.discardFiles();
            directory.closed(this, cleanly);
        }
    }

    private void flushForClose() throws IOException {
        if (life.isFailed() || jobs.isAny()) {
            throw new IOException(life.isFailed() ? life.refusal() + " before" : "a job is still out");
        }
        flushNow(true);
        contents.finish();
    }

    /// Renames the folder to `*-delete` and schedules its removal. Blocks shortly. When a job is out, that happens once
    /// it is back.
    ///
    /// @throws StorageException when the disk refuses
    public void delete() {
        life = life.onDelete();
        flushing.drop();
        removeIfDue();
    }

    private void removeIfDue() {
        if (life.isDeleted() && !jobs.isAny()) {
            life = LifeCycle.REMOVED;
            contents.discardFiles();
            directory.delete(this, folder);
        }
    }
}
