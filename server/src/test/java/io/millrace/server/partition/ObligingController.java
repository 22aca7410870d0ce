package io.millrace.server.partition;

import io.millrace.broker.catalog.Outcome;
import io.millrace.cluster.controller.InSyncChange;
import io.millrace.cluster.replica.LeaderLink;
import io.millrace.cluster.replica.Throttles;
import io.millrace.model.Loop;
import io.millrace.model.TopicIdPartition;
import java.util.List;
import java.util.function.Consumer;

/// The ports of a node with others, whose controller says yes to whatever it is asked; no leader answers. What the
/// metadata says then is the test's to tell.
record ObligingController(ReplicaPorts alone) implements ReplicaPorts {
    ObligingController(int nodeId) {
        this(ReplicaPorts.alone(nodeId, DiskSettings.NONE));
    }

    @Override
    public int nodeId() {
        return alone.nodeId();
    }

    @Override
    public boolean isEligible(int otherId, long nodeEpoch) {
        return true;
    }

    @Override
    public String rackOf(int otherId) {
        return alone.rackOf(otherId);
    }

    @Override
    public DiskSettings disks() {
        return alone.disks();
    }

    @Override
    public Throttles throttles() {
        return alone.throttles();
    }

    @Override
    public boolean mayLead(long monotonicMs) {
        return true;
    }

    @Override
    public long lagMsMax() {
        return alone.lagMsMax();
    }

    @Override
    public void changeInSync(List<InSyncChange> changes, Consumer<List<Outcome>> reply) {
        reply.accept(changes.stream().map(change -> Outcome.OK).toList());
    }

    @Override
    public void giveUp(List<TopicIdPartition> replicas, Consumer<Outcome> reply) {
        reply.accept(Outcome.OK);
    }

    @Override
    public void leaveEpoch(TopicIdPartition replica, int leaderEpoch, Consumer<Outcome> reply) {
        reply.accept(Outcome.OK);
    }

    @Override
    public LeaderLink link(Loop loop, int leaderId) {
        return alone.link(loop, leaderId);
    }
}
