package io.millrace.log;

import io.millrace.model.TopicId;
import io.millrace.model.TopicPartition;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/// One log directory (usually one disk): its lock, identity, checkpoints, clean-shutdown marker and partition folders,
/// laid out as Kafka 4.4 lays them out.
///
/// Owned by: start-up and shutdown; [#open], [#create] and [#delete] may be called by any loop for partitions it owns.
/// A partition that never saw a batch needs no folder: it is made with the first write.
public interface LogDirectory {
    String path();

    /// This directory's random identity (KIP-858): a wiped disk comes back as somebody else.
    TopicId directoryId();

    /// Folders found at start, with the topic id each one carries (`partition.metadata`). Folders marked `-delete` are
    /// being removed.
    List<Found> found();

    /// Opens the log of a partition: recovers it when the last shutdown was not clean, creates it lazily when there is
    /// no folder.
    ///
    /// @throws StorageException when the folder can not be read
    PartitionLog open(TopicPartition partition, TopicId topicId, LogConfig config);

    /// Writes the checkpoints (`recovery-point-offset-checkpoint`, `log-start-offset-checkpoint`,
    /// `replication-offset-checkpoint`).
    void checkpoint(Map<TopicPartition, Long> highWatermarks);

    /// High watermarks as last checkpointed.
    Map<TopicPartition, Long> highWatermarks();

    long totalBytes();

    long usableBytes();

    /// Marks the shutdown clean, releases the lock. All logs must be closed.
    void close(Function<TopicPartition, Long> highWatermark);

    /// @param folder the folder's name
    record Found(TopicPartition partition, TopicId topicId, String folder) {}
}
