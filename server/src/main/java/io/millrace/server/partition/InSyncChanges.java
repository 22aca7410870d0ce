package io.millrace.server.partition;

import io.millrace.broker.catalog.Outcome;
import io.millrace.cluster.controller.InSyncChange;
import io.millrace.cluster.controller.InSyncMember;
import io.millrace.cluster.replica.InSyncProposal;
import io.millrace.cluster.replica.InSyncProposal.Verdict;
import io.millrace.cluster.replica.InSyncProposals;
import io.millrace.model.TopicIdPartition;
import io.millrace.server.loop.EventLoop;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/// Proposals of one loop's leaders on their way to the controller: those of a turn go together.
///
/// Owned by: the loop of its [PartitionHost].
final class InSyncChanges implements InSyncProposals {
    private final EventLoop loop;
    private final ReplicaPorts ports;
    private List<Proposed> gathered = new ArrayList<>();

    private record Proposed(InSyncProposal proposal, Consumer<Verdict> verdict) {}

    InSyncChanges(EventLoop loop, ReplicaPorts ports) {
        this.loop = loop;
        this.ports = ports;
    }

    @Override
    public void propose(InSyncProposal proposal, Consumer<Verdict> verdict) {
        if (gathered.isEmpty()) {
            loop.atEndOfTurn(this::send);
        }
        gathered.add(new Proposed(proposal, verdict));
    }

    @Override
    public void giveUp(TopicIdPartition replica, Consumer<Boolean> done) {
        ports.giveUp(List.of(replica), outcome -> loop.post(() -> done.accept(outcome.isOk())));
    }

    @Override
    public void leaveEpoch(TopicIdPartition replica, int leaderEpoch, Runnable done) {
        ports.leaveEpoch(replica, leaderEpoch, outcome -> loop.post(done));
    }

    private void send() {
        List<Proposed> these = gathered;
        gathered = new ArrayList<>();
        ports.changeInSync(
                these.stream().map(proposed -> change(proposed.proposal())).toList(),
                outcomes -> loop.post(() -> answer(these, outcomes)));
    }

    private static void answer(List<Proposed> these, List<Outcome> outcomes) {
        for (int i = 0; i < these.size(); i++) {
            // One answer for all of them: the question did not get through.
            Outcome outcome = outcomes.size() == these.size() ? outcomes.get(i) : outcomes.getFirst();
            these.get(i).verdict().accept(Verdict.of(outcome.error()));
        }
    }

    private static InSyncChange change(InSyncProposal proposal) {
        List<InSyncMember> isr = proposal.isr().stream()
                .map(member -> new InSyncMember(member.nodeId(), member.nodeEpoch()))
                .toList();
        return new InSyncChange(
                proposal.topicId(),
                proposal.partition().partition(),
                proposal.leaderEpoch(),
                proposal.partitionEpoch(),
                isr);
    }
}
