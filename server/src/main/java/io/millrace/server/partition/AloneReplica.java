package io.millrace.server.partition;

import io.millrace.broker.catalog.Outcome;
import io.millrace.cluster.controller.InSyncChange;
import io.millrace.cluster.replica.LeaderLink;
import io.millrace.cluster.replica.ReplicaFetch;
import io.millrace.cluster.replica.ReplicaFetched;
import io.millrace.cluster.replica.Throttles;
import io.millrace.model.ErrorKind;
import io.millrace.model.Loop;
import io.millrace.model.TopicIdPartition;
import java.util.List;
import java.util.function.Consumer;

/// The ports of a node that knows no other.
record AloneReplica(int nodeId, DiskSettings disks) implements ReplicaPorts {
    /// Nobody follows: any will do.
    private static final long LAG_MS_MAX = 30_000;

    private static final Outcome NOBODY = Outcome.refused(ErrorKind.INVALID_REQUEST, "there is no other node");

    @Override
    public boolean isEligible(int otherId, long nodeEpoch) {
        return false;
    }

    @Override
    public Throttles throttles() {
        return Throttles.NONE;
    }

    @Override
    public String rackOf(int otherId) {
        return "";
    }

    @Override
    public boolean mayLead(long monotonicMs) {
        return true;
    }

    @Override
    public long lagMsMax() {
        return LAG_MS_MAX;
    }

    @Override
    public void changeInSync(List<InSyncChange> changes, Consumer<List<Outcome>> reply) {
        reply.accept(changes.stream().map(change -> NOBODY).toList());
    }

    @Override
    public void giveUp(List<TopicIdPartition> replicas, Consumer<Outcome> reply) {
        reply.accept(NOBODY);
    }

    @Override
    public void leaveEpoch(TopicIdPartition replica, int leaderEpoch, Consumer<Outcome> reply) {
        reply.accept(NOBODY);
    }

    @Override
    public LeaderLink link(Loop loop, int leaderId) {
        return new LeaderLink() {
            @Override
            public void fetch(ReplicaFetch question, Consumer<ReplicaFetched> answer) {
                loop.post(() -> answer.accept(new ReplicaFetched.Failed("there is no other node")));
            }

            @Override
            public void close() {}
        };
    }
}
