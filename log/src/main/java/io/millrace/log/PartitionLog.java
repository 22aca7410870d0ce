package io.millrace.log;

import io.millrace.model.ErrorKind;
import io.millrace.model.Lease;
import io.millrace.model.TopicId;
import io.millrace.model.TopicPartition;
import java.nio.ByteBuffer;
import java.util.Optional;

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
public interface PartitionLog {
    TopicPartition partition();

    TopicId topicId();

    LogConfig config();

    void configure(LogConfig config);

    long startOffset();

    long endOffset();

    long writtenOffset();

    long durableOffset();

    /// Bytes of all segments, unwritten tail included.
    long sizeBytes();

    /// Bytes accepted but not yet handed to a flush job or still inside one.
    long unwrittenBytes();

    /// Leader epoch of the last batch, or -1 for a log without any.
    int latestEpoch();

    /// Validates `batches` (one or more whole record batches, magic 2), assigns offsets and the leader epoch in place,
    /// and takes them over without copying: `lease` is retained until they are written. Nothing is taken over on
    /// refusal.
    AppendResult append(ByteBuffer batches, Lease lease, AppendOrigin origin, int leaderEpoch, long nowMs);

    /// Cuts loose the disk work for everything appended so far; empty when there is nothing to do or a job is still
    /// out.
    ///
    /// @param sync whether the job also fsyncs; when everything is written but not yet durable, a job that only fsyncs
    Optional<FlushJob> beginFlush(boolean sync);

    /// Takes a finished job back: moves `writtenOffset` (and `durableOffset`), releases leases. After a storage error
    /// the log refuses appends with that error until [#recoverFromStorageError()] succeeds; what was acknowledged stays
    /// readable.
    void endFlush(FlushJob job);

    /// Tries to make the log writable again after a storage error (the disk has space again): cuts the torn tail back
    /// to `writtenOffset`, drops what was appended but never written.
    ErrorKind recoverFromStorageError();

    /// Reads whole batches from the one that contains `fromOffset` up to, not including, the one that begins at or
    /// above `belowOffset` (the high watermark, last stable offset or written offset).
    ///
    /// @param maxBytes upper bound of the slice
    /// @param minOneBatch return the first batch even when it alone is larger than `maxBytes`
    ReadResult read(long fromOffset, long belowOffset, int maxBytes, boolean minOneBatch);

    /// First offset whose timestamp is at or after `timestampMs`. May touch cold files: returns a job to be run on a
    /// thread that may block.
    TimestampLookup findByTimestamp(long timestampMs);

    /// The record with the largest timestamp.
    TimestampLookup findMaxTimestamp();

    /// End offset of the largest epoch not above `epoch` (KIP-101, KIP-320).
    EpochEnd endOffsetOfEpoch(int epoch);

    /// Moves the first offset up (DeleteRecords, queue settlement); segments wholly below are deleted by the next
    /// [#retain].
    ErrorKind advanceStartOffset(long offset);

    /// Throws away everything at and above `offset` (followers, divergence). Blocks: only while no job is out.
    void truncateTo(long offset);

    /// Applies retention by time and size and rolls by age; deletes no batch at or above `belowOffset`. Returns the
    /// bytes freed.
    long retain(long nowMs, long belowOffset);

    /// What producers are known, for DescribeProducers and tests.
    java.util.List<ProducerView> producers();

    /// Flushes, fsyncs, writes snapshots and index sizes, closes all files. Blocks.
    void close();

    /// Renames the folder to `*-delete` and schedules its removal. Blocks shortly.
    void delete();

    /// @param epoch the epoch found, -1 when unknown
    /// @param endOffset first offset after that epoch, -1 when unknown
    record EpochEnd(int epoch, long endOffset) {}

    /// @param offset offset of the record found, -1 when there is none
    /// @param timestampMs its timestamp, -1 when there is none
    /// @param leaderEpoch its batch's leader epoch, -1 when unknown
    record TimestampOffset(long offset, long timestampMs, int leaderEpoch) {
        public static final TimestampOffset NONE = new TimestampOffset(-1, -1, -1);
    }

    /// A lookup that may block: run once by any one thread.
    interface TimestampLookup {
        /// @throws StorageException when the disk fails
        TimestampOffset run();
    }

    /// @param lastTimestampMs time of the producer's last batch
    record ProducerView(
            long producerId,
            short epoch,
            int lastSequence,
            long lastTimestampMs,
            int coordinatorEpoch,
            long currentTxnStartOffset) {}
}
