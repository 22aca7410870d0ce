package io.millrace.log;

import io.millrace.model.ErrorKind;

/// The disk work of one log, cut loose from its owner: a gathering write of everything appended since the last job, the
/// segment rolls that fall into it, and, when asked for, the fsync.
///
/// Made by the log's owner ([PartitionLog#beginFlush(boolean)]), run once by any one thread, and given back to the
/// owner ([PartitionLog#endFlush(FlushJob)]). A log has at most one job out at a time, so jobs never race.
public interface FlushJob {
    /// Does the I/O. Never throws for what a disk can do: the outcome is in [#error()].
    void run();

    /// [ErrorKind#NONE], or [ErrorKind#STORAGE_ERROR] when the disk refused; valid after [#run()].
    ErrorKind error();

    /// How many bytes of batches the job writes.
    long bytes();
}
