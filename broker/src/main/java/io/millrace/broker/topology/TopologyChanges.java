package io.millrace.broker.topology;

import java.util.function.Consumer;

/// The port that changes what exists. A reply says done only when the change is committed in the metadata log, fsynced,
/// and visible in this node's [TopologySource].
///
/// May be called from any thread; replies arrive on the loop of the caller. Changes that arrive together are committed
/// together: ten thousand declarations a second cost a few hundred commits.
public interface TopologyChanges {
    void submit(TopologyChange change, Consumer<TopologyReply> reply);

    /// Runs `turn` when every node knows what this node's [TopologySource] shows now: in this very turn when that is
    /// known already, as it is while nothing changes and where there is one node. Who is told that something exists
    /// may use it over any node.
    default void whenKnown(Runnable turn) {
        turn.run();
    }
}
