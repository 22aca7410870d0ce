package io.millrace.cluster.raft;

import io.millrace.broker.catalog.ClusterChanges.Member;
import io.millrace.broker.catalog.ClusterChanges.QuorumView;
import io.millrace.cluster.NodeIdentity;
import io.millrace.model.TopicId;
import java.util.List;
import java.util.Optional;

/// What a node does about its vote (KIP-853) when it may have come back on another disk: a value of what the leader
/// says of the quorum.
///
/// Invariant: only an entry with this node's own number is ever taken out, never one that still fetches, and only
/// while this node has everything and the others would go on deciding without it.
final class LostVote {
    /// Who was not heard for so long is not there; who was behind for less has caught up.
    static final long SILENT_MS = 3_000;

    private LostVote() {}

    /// What is to be done now.
    sealed interface Step {
        /// This node votes as who it is.
        record Votes() implements Step {}

        /// This node was never a voter, or is none any more because somebody wanted it so.
        record Observes() implements Step {}

        /// It would not be safe now.
        record Wait(String why) implements Step {}

        /// The vote of the disk that is gone goes first: a quorum has one entry a number.
        record TakeOld(TopicId directoryId) implements Step {}

        /// The old one was taken by this node itself.
        record Join() implements Step {}
    }

    /// @param tookOld whether this node, on this disk, took its old vote away
    static Step of(QuorumView quorum, NodeIdentity self, boolean tookOld) {
        Optional<Member> leader = member(quorum.voters(), quorum.leaderId());
        if (leader.isEmpty()) {
            return new Step.Wait("no controller answers");
        }
        Optional<Member> own = member(quorum.voters(), self.nodeId());
        if (own.isPresent() && own.get().directoryId().equals(self.directoryId())) {
            return new Step.Votes();
        }
        if (own.isEmpty() && !tookOld) {
            return new Step.Observes();
        }
        return refusal(quorum, leader.get(), self)
                .<Step>map(Step.Wait::new)
                .orElseGet(() -> own.<Step>map(old -> new Step.TakeOld(old.directoryId()))
                        .orElseGet(Step.Join::new));
    }

    private static Optional<String> refusal(QuorumView quorum, Member leader, NodeIdentity self) {
        long now = leader.lastFetchMs();
        boolean hasAll = quorum.observers().stream()
                .anyMatch(each -> each.nodeId() == self.nodeId()
                        && each.directoryId().equals(self.directoryId())
                        && now - each.lastCaughtUpMs() < SILENT_MS);
        if (!hasAll) {
            return Optional.of("this node has not caught up with the metadata yet");
        }
        if (member(quorum.voters(), self.nodeId())
                .filter(old -> isHeard(old, now))
                .isPresent()) {
            return Optional.of("somebody votes as node " + self.nodeId() + " with another disk");
        }
        long others = quorum.voters().stream()
                .filter(voter -> voter.nodeId() != self.nodeId() && isHeard(voter, now))
                .count();
        int majority = quorum.voters().size() / 2 + 1;
        return others >= majority
                ? Optional.empty()
                : Optional.of("only " + others + " of the " + quorum.voters().size() + " voters are there");
    }

    private static boolean isHeard(Member member, long now) {
        return now - member.lastFetchMs() < SILENT_MS;
    }

    private static Optional<Member> member(List<Member> members, int nodeId) {
        return members.stream().filter(member -> member.nodeId() == nodeId).findFirst();
    }
}
