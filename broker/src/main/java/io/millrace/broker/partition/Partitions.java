package io.millrace.broker.partition;

import io.millrace.log.batch.AppendOrigin;
import io.millrace.log.producer.ProducerView;
import io.millrace.model.ErrorKind;
import io.millrace.model.Lease;
import io.millrace.model.TopicPartition;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.Consumer;

/// The port through which protocols read and write the partitions this node leads.
///
/// Called from the loop of the connection; every reply arrives on that same loop, sometimes before the call returns.
/// Internal topics are refused to nobody here: authorisation happens before.
public interface Partitions {
    /// Appends whole record batches to one partition.
    ///
    /// @param lease the hold on the memory behind `batches`; the callee retains it when it keeps the bytes
    /// @param timeoutMs how long [Acks#ALL] may take before the reply says REQUEST_TIMED_OUT
    /// @param reply called exactly once, also for [Acks#NONE] (so that the caller can count what is in flight)
    void append(
            TopicPartition partition,
            ByteBuffer batches,
            Lease lease,
            AppendOrigin origin,
            Acks acks,
            long timeoutMs,
            Consumer<AppendReply> reply);

    /// Reads, waiting for data as the query allows. A waiting query costs no thread and is woken by the append that
    /// satisfies it.
    ///
    /// @return a handle to give up a waiting query whose connection has gone
    Waiting fetch(FetchQuery query, Consumer<FetchReply> reply);

    /// Reads for a follower that asks about the same partitions again and again.
    <Q extends FollowerReads.Question> FollowerReads<Q> follow(FetchQuery.Asker asker);

    void offset(OffsetQuery query, Consumer<OffsetReply> reply);

    /// Moves the first offset of a partition up (KIP-107); -1 means the high watermark. The reply comes when every
    /// replica in sync has deleted as much, or after `timeoutMs`; its offset is the least of their first offsets.
    void deleteRecords(TopicPartition partition, long beforeOffset, long timeoutMs, Consumer<OffsetReply> reply);

    /// Where an epoch ended in the leader's log (KIP-101, KIP-320).
    void epochEnd(TopicPartition partition, int currentLeaderEpoch, int epoch, Consumer<EpochEndReply> reply);

    void producers(TopicPartition partition, Consumer<ProducersReply> reply);

    /// Sizes of all replicas on this node, disk by disk.
    void logDirectories(Consumer<List<LogDirectoryView>> reply);

    /// Moves a partition's log to another directory of this node while it is in use (KIP-113), or, where it is already,
    /// ends a move that is under way. One that is not here is remembered for when it comes.
    ///
    /// @param path as [#logDirectories] has it
    /// @param reply NONE once the move outlives a restart; REPLICA_NOT_AVAILABLE when the log is not here
    void moveLog(TopicPartition partition, String path, Consumer<ErrorKind> reply);

    /// Whether this node may still act upon what it leads, such as handing messages out. Not while others may lead it
    /// already: it was silent for too long, frozen perhaps, and has not heard of its successor.
    default boolean mayActFor(TopicPartition partition) {
        return true;
    }

    /// A query that waits.
    interface Waiting {
        /// Forgets the query: its reply is never called. Harmless when it has been answered.
        void cancel();
    }

    record EpochEndReply(ErrorKind error, int epoch, long endOffset) {}

    record ProducersReply(ErrorKind error, List<ProducerView> producers) {}

    /// @param error [ErrorKind#STORAGE_ERROR] when the whole disk failed
    record LogDirectoryView(
            String path,
            ErrorKind error,
            long totalBytes,
            long usableBytes,
            boolean cordoned,
            List<ReplicaView> replicas) {}

    /// @param offsetLag how far the replica's end lies behind the high watermark
    /// @param future whether the replica is being moved here from another directory
    record ReplicaView(TopicPartition partition, long sizeBytes, long offsetLag, boolean future) {}
}
