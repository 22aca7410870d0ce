package io.millrace.simulator.node;

import io.millrace.cluster.LocalCluster;
import io.millrace.cluster.controller.InSyncChange;
import io.millrace.cluster.controller.InSyncMember;
import io.millrace.cluster.replica.InSyncProposal;
import io.millrace.cluster.replica.InSyncProposal.Verdict;
import io.millrace.cluster.replica.InSyncProposals;
import io.millrace.model.TopicIdPartition;
import io.millrace.simulator.world.World;
import java.util.List;
import java.util.function.Consumer;

/// Carries what leaders propose to the controller.
///
/// Owned by: the data loop of its node.
final class InSyncCalls implements InSyncProposals {
    private final World world;
    private final ReplicaChecks checks;
    private final LocalCluster cluster;

    InSyncCalls(Stage stage, LocalCluster cluster) {
        this.world = stage.world();
        this.checks = stage.checks();
        this.cluster = cluster;
    }

    @Override
    public void propose(InSyncProposal proposal, Consumer<Verdict> verdict) {
        checks.proposed(proposal);
        List<InSyncMember> members = proposal.isr().stream()
                .map(member -> new InSyncMember(member.nodeId(), member.nodeEpoch()))
                .toList();
        InSyncChange change = new InSyncChange(
                proposal.topicId(),
                proposal.partition().partition(),
                proposal.leaderEpoch(),
                proposal.partitionEpoch(),
                members);
        cluster.changeInSync(List.of(change), outcomes -> {
            Verdict said = Verdict.of(outcomes.getFirst().error());
            world.note("in-sync proposal %s: %s", proposal, said);
            verdict.accept(said);
        });
    }

    @Override
    public void giveUp(TopicIdPartition replica, Consumer<Boolean> done) {
        cluster.giveUpReplicas(List.of(replica), outcome -> {
            world.note("gives up %s: %s", replica, outcome);
            done.accept(outcome.isOk());
        });
    }

    @Override
    public void leaveEpoch(TopicIdPartition replica, int leaderEpoch, Runnable done) {
        cluster.leaveEpoch(replica, leaderEpoch, outcome -> {
            world.note("leaves epoch %d of %s: %s", leaderEpoch, replica, outcome);
            done.run();
        });
    }
}
