package io.millrace.cluster.replica;

import io.millrace.cluster.replica.InSyncProposal.Member;
import io.millrace.cluster.replica.InSyncProposal.Verdict;
import java.util.ArrayList;
import java.util.List;

/// What a controller decides about one partition, as plainly as it can be said.
final class ControllerModel {
    private final ReplicaWorld world;
    private final int partition;
    private Assignment assignment;

    ControllerModel(ReplicaWorld world, int partition) {
        this.world = world;
        this.partition = partition;
        this.assignment = new Assignment(1, 0, 0, List.of(1, 2, 3), List.of(1, 2, 3), world.settings);
    }

    Assignment assignment() {
        return assignment;
    }

    Verdict decide(InSyncProposal proposal) {
        if (proposal.leaderEpoch() != assignment.leaderEpoch()
                || proposal.partitionEpoch() != assignment.partitionEpoch()) {
            return Verdict.OUTDATED;
        }
        for (Member member : proposal.isr()) {
            ReplicaNode node = world.node(member.nodeId());
            boolean isNew = !assignment.isr().contains(member.nodeId());
            if (isNew && (!node.up || node.epoch != member.nodeEpoch())) {
                return Verdict.REFUSED;
            }
        }
        change(
                assignment.leader(),
                proposal.isr().stream().map(Member::nodeId).sorted().toList());
        return Verdict.ACCEPTED;
    }

    private void change(int leader, List<Integer> isr) {
        int epoch = leader == assignment.leader() ? assignment.leaderEpoch() : assignment.leaderEpoch() + 1;
        assignment = new Assignment(
                leader, epoch, assignment.partitionEpoch() + 1, assignment.replicas(), isr, world.settings);
        world.tell(partition, assignment);
    }

    boolean isInSync(int nodeId) {
        return assignment.isr().contains(nodeId);
    }

    void onDown(int nodeId) {
        List<Integer> left = new ArrayList<>(assignment.isr());
        if (left.size() > 1) {
            left.removeIf(id -> id == nodeId);
        }
        if (assignment.leader() == nodeId) {
            change(left.stream().filter(id -> world.node(id).up).findFirst().orElse(-1), left);
        } else if (left.size() < assignment.isr().size()) {
            change(assignment.leader(), left);
        }
    }

    void onUp(int nodeId) {
        if (assignment.leader() < 0 && assignment.isr().contains(nodeId)) {
            change(nodeId, assignment.isr());
        }
    }

    void moveLeadership() {
        for (int id : assignment.isr()) {
            if (id != assignment.leader() && world.node(id).up && assignment.leader() >= 0) {
                change(id, assignment.isr());
                return;
            }
        }
    }
}
