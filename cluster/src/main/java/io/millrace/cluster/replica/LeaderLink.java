package io.millrace.cluster.replica;

import java.util.function.Consumer;

/// The port to another node that leads partitions this node follows. Answers come in the order of the questions, also
/// when several are under way.
///
/// Owned by: the loop of the [ReplicaFetcher] that uses it; answers arrive inside it.
public interface LeaderLink extends AutoCloseable {
    /// @param answer called exactly once, never before this returns; not after [#close()]
    void fetch(ReplicaFetch question, Consumer<ReplicaFetched> answer);

    @Override
    void close();
}
