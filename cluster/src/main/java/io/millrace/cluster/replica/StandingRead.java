package io.millrace.cluster.replica;

/// A follower's question that has been answered and stays with the leader until there is more to tell. It waits in the
/// follower's [FollowerProgress], one for each follower of a partition, so that waiting costs nothing and an append
/// finds who is to hear of it.
///
/// Called on the loop of the partition, perhaps in the middle of an append: whoever is told does the rest later.
public interface StandingRead {
    /// There are records, or another answer altogether. It waits no more until it is read again.
    void onChange();

    /// There is something to tell with the next answer: the high watermark or the log's start has moved, or records had
    /// to wait. Called at most once before [#onChange()].
    ///
    /// @param isAwaited whether it is worth an answer of its own
    void onNews(boolean isAwaited);
}
