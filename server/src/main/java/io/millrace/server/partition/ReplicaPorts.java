package io.millrace.server.partition;

import io.millrace.broker.catalog.Outcome;
import io.millrace.cluster.controller.InSyncChange;
import io.millrace.cluster.replica.LeaderLink;
import io.millrace.cluster.replica.NodeStandings;
import io.millrace.cluster.replica.Racks;
import io.millrace.cluster.replica.Throttles;
import io.millrace.model.Loop;
import io.millrace.model.TopicIdPartition;
import java.util.List;
import java.util.function.Consumer;

/// What a node's replicas need of the cluster around them. May be called from any thread.
public interface ReplicaPorts extends NodeStandings, Racks {
    /// This node.
    int nodeId();

    /// How much of copies may be moved in a second.
    Throttles throttles();

    /// What is said of this node's disks.
    DiskSettings disks();

    /// Whether this node may speak for partitions it leads: the controller heard of it a moment ago.
    boolean mayLead(long monotonicMs);

    /// How long a follower may lag and still count as in sync.
    long lagMsMax();

    /// Asks the controller for other in-sync sets.
    ///
    /// @param reply given on the loop that calls
    void changeInSync(List<InSyncChange> changes, Consumer<List<Outcome>> reply);

    /// Tells the controller that this node can not serve these replicas: their disk failed.
    ///
    /// @param reply given on the loop that calls
    void giveUp(List<TopicIdPartition> replicas, Consumer<Outcome> reply);

    /// Asks the controller that the leader of a partition lead on in an epoch after `leaderEpoch`.
    ///
    /// @param reply given on the loop that calls
    void leaveEpoch(TopicIdPartition replica, int leaderEpoch, Consumer<Outcome> reply);

    /// A way to ask another node for what its partitions have to be followed.
    ///
    /// @param loop answers arrive there
    LeaderLink link(Loop loop, int leaderId);

    /// For a node that is the whole cluster.
    static ReplicaPorts alone(int nodeId, DiskSettings disks) {
        return new AloneReplica(nodeId, disks);
    }
}
