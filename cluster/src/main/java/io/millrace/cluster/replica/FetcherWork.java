package io.millrace.cluster.replica;

import io.millrace.model.ErrorKind;

/// What a [ReplicaFetcher] leaves to the host of its partitions. Whatever it is, [Partition] says when it is done
/// ([Partition#whenFollower]).
public interface FetcherWork {
    /// Batches were appended: they are to be flushed.
    void flush(Partition partition);

    /// The log is to be cut, or begun anew.
    ///
    /// @param step [FollowStep.CutTo] or [FollowStep.RestartAt]
    void cut(Partition partition, FollowStep step);

    /// The leader refused, or sent what can not be used; it is asked again later.
    void refused(Partition partition, ErrorKind error, String why);

    /// The leader could not be asked at all; it is asked again later.
    void failed(String why);
}
