package io.millrace.cluster.replica;

import io.millrace.cluster.replica.InSyncProposal.Member;
import io.millrace.cluster.replica.InSyncProposal.Verdict;
import io.millrace.model.TopicId;
import io.millrace.model.TopicPartition;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Who is in sync with a leader, and who is about to be: decides when a follower joins and when it leaves, proposes
/// that, and knows of every replica that may already count.
///
/// Owned by: the loop of the leader's replica.
/// Invariant: at most one proposal is out. Until the metadata tells a newer state, whoever is in the known set *or* in
/// the proposed one holds the high watermark back, so that no set the controller may have decided on lacks an
/// acknowledged record.
final class InSyncSet {
    /// A follower outside that has caught up within this time is waited for, so that it can join under load.
    private static final long JOINING_MS = 2_000;

    /// Who is about to be let go early is looked at again after so long.
    private static final long GRACE_MS = 500;

    private static final long RETRY_MS_MIN = 50;
    private static final long RETRY_MS_MAX = 2_000;
    private static final long NEVER = Long.MAX_VALUE;

    private final ReplicaContext context;
    private final TopicPartition partition;
    private final TopicId topicId;
    private Assignment assignment;
    private List<FollowerProgress> followers = List.of();
    private @Nullable InSyncProposal pending;
    private boolean isPendingSettled;
    private long retryAtMs = NEVER;
    private long retryMs = RETRY_MS_MIN;

    InSyncSet(ReplicaContext context, TopicPartition partition, TopicId topicId, Assignment assignment, long nowMs) {
        this.context = context;
        this.partition = partition;
        this.topicId = topicId;
        this.assignment = assignment;
        adopt(assignment, nowMs);
    }

    /// The metadata tells of the same leadership anew.
    void assign(Assignment next, long nowMs) {
        if (next.partitionEpoch() > assignment.partitionEpoch()) {
            forgetPending();
            retryMs = RETRY_MS_MIN;
        }
        adopt(next, nowMs);
    }

    private void forgetPending() {
        pending = null;
        isPendingSettled = false;
        retryAtMs = NEVER;
    }

    private void adopt(Assignment next, long nowMs) {
        assignment = next;
        List<FollowerProgress> adopted = new ArrayList<>(next.replicas().size() - 1);
        for (int nodeId : next.replicas()) {
            if (nodeId != context.nodeId()) {
                FollowerProgress follower = find(nodeId);
                boolean isInSync = next.isr().contains(nodeId);
                if (follower == null) {
                    // Who is in sync has the time of a whole lag to say so.
                    follower = new FollowerProgress(nodeId, isInSync ? nowMs : nowMs - context.lagMsMax() - 1);
                }
                follower.setInSync(isInSync, nowMs);
                adopted.add(follower);
            }
        }
        List<FollowerProgress> before = followers;
        followers = adopted;
        before.stream().filter(follower -> !adopted.contains(follower)).forEach(FollowerProgress::wake);
    }

    @Nullable
    FollowerProgress find(int nodeId) {
        for (FollowerProgress follower : followers) {
            if (follower.nodeId() == nodeId) {
                return follower;
            }
        }
        return null;
    }

    List<FollowerProgress> followers() {
        return followers;
    }

    /// Everything below is durable on every replica that counts or may count.
    ///
    /// @param own what is safe on the leader itself
    /// @param leaderEnd what there is to fetch
    long safeOffset(long own, long leaderEnd, long nowMs) {
        long safe = own;
        for (FollowerProgress follower : followers) {
            if (holdsBack(follower, leaderEnd, nowMs)) {
                safe = Math.min(safe, follower.endOffset());
            }
        }
        return safe;
    }

    /// Whether the high watermark waits for it.
    boolean holdsBack(FollowerProgress follower, long leaderEnd, long nowMs) {
        return counts(follower) || isJoining(follower, leaderEnd, nowMs);
    }

    /// The least of the first offsets of the replicas that count or may count.
    ///
    /// @param own the leader's
    long lowWatermark(long own) {
        long low = own;
        for (FollowerProgress follower : followers) {
            if (counts(follower)) {
                low = Math.min(low, follower.startOffset());
            }
        }
        return low;
    }

    private boolean counts(FollowerProgress follower) {
        InSyncProposal proposal = pending;
        return follower.isInSync() || proposal != null && proposal.contains(follower.nodeId());
    }

    private boolean isJoining(FollowerProgress follower, long leaderEnd, long nowMs) {
        return follower.endOffset() != FollowerProgress.UNKNOWN
                && follower.isCaughtUp(leaderEnd, nowMs, joiningMs())
                && context.standings().isEligible(follower.nodeId(), follower.nodeEpoch());
    }

    /// Never so long that who was let go for its silence is waited for as one that joins.
    private long joiningMs() {
        long majorityLagMsMax = assignment.settings().majorityLagMsMax();
        long lagMsMax = majorityLagMsMax < 0 ? context.lagMsMax() : Math.min(majorityLagMsMax, context.lagMsMax());
        return Math.min(JOINING_MS, lagMsMax);
    }

    /// Proposes to take a follower in that has fetched, when it has all that is committed.
    ///
    /// @param needed the high watermark, and at least where this leadership began
    void expand(FollowerProgress follower, long needed, long nowMs) {
        if (!follower.isInSync()
                && mayPropose(nowMs)
                && follower.endOffset() >= needed
                && context.standings().isEligible(follower.nodeId(), follower.nodeEpoch())) {
            propose(member -> member.isInSync() || member == follower);
        }
    }

    /// There is more to fetch than up to `oldEnd`. Who had all of that is not heard of while there is nothing to tell,
    /// so this is when it is known to have kept up.
    void onGrown(long oldEnd, long nowMs) {
        for (FollowerProgress follower : followers) {
            if (follower.endOffset() >= oldEnd) {
                follower.leftBehind(nowMs);
            }
        }
    }

    /// Proposes to let a follower go that is believed to be in sync and asks for what is committed: its disk lost it.
    void expel(FollowerProgress follower, long highWatermark, long nowMs) {
        if (follower.isInSync() && follower.endOffset() < highWatermark && mayPropose(nowMs)) {
            propose(member -> member.isInSync() && member != follower);
        }
    }

    /// Proposes to let those go that have not caught up for too long.
    void shrink(long leaderEnd, long nowMs) {
        if (mayPropose(nowMs)) {
            List<FollowerProgress> late = lateForMajority(leaderEnd, nowMs);
            Predicate<FollowerProgress> stays = member -> member.isInSync()
                    && !late.contains(member)
                    && member.isCaughtUp(leaderEnd, nowMs, context.lagMsMax());
            if (followers.stream().anyMatch(member -> member.isInSync() && !stays.test(member))) {
                late.forEach(FollowerProgress::letGoEarly);
                propose(stays);
            }
        }
    }

    /// Whom a majority need not wait for any longer. The set does not get smaller by them than the topic needs to be
    /// written to: those who lag least stay, however late they are.
    private List<FollowerProgress> lateForMajority(long leaderEnd, long nowMs) {
        if (assignment.settings().majorityLagMsMax() < 0) {
            return List.of();
        }
        long lagMsMax = Math.min(assignment.settings().majorityLagMsMax(), context.lagMsMax());
        long graceMs = Math.min(GRACE_MS, lagMsMax / 2);
        List<FollowerProgress> late = new ArrayList<>(followers.size());
        int inSync = 1;
        for (FollowerProgress follower : followers) {
            if (follower.isInSync()) {
                inSync++;
                if (follower.isLate(leaderEnd, nowMs, lagMsMax, graceMs)) {
                    late.add(follower);
                }
            }
        }
        int needed =
                Math.max(assignment.minInSyncReplicas(), assignment.replicas().size() / 2 + 1);
        late.sort(Comparator.comparingLong(FollowerProgress::caughtUpMs));
        return late.subList(0, Math.clamp(inSync - needed, 0, late.size()));
    }

    private boolean mayPropose(long nowMs) {
        return pending == null && (retryAtMs == NEVER || nowMs >= retryAtMs);
    }

    private void propose(Predicate<FollowerProgress> isMember) {
        List<Member> members = new ArrayList<>(followers.size() + 1);
        members.add(new Member(context.nodeId(), FollowerProgress.UNKNOWN));
        followers.stream()
                .filter(isMember)
                .forEach(follower -> members.add(new Member(follower.nodeId(), follower.nodeEpoch())));
        submit(new InSyncProposal(partition, topicId, assignment.leaderEpoch(), assignment.partitionEpoch(), members));
    }

    private void submit(InSyncProposal proposal) {
        pending = proposal;
        isPendingSettled = false;
        retryAtMs = NEVER;
        context.proposals()
                .propose(
                        proposal,
                        verdict -> onVerdict(proposal, verdict, context.clock().monotonicMs()));
    }

    private void onVerdict(InSyncProposal proposal, Verdict verdict, long nowMs) {
        if (pending != proposal) {
            return; // the metadata was quicker
        }
        switch (verdict) {
            case ACCEPTED, OUTDATED -> isPendingSettled = true;
            case REFUSED -> {
                pending = null;
                backOff(nowMs);
            }
            case UNANSWERED -> backOff(nowMs);
        }
    }

    private void backOff(long nowMs) {
        retryAtMs = nowMs + retryMs;
        retryMs = Math.min(RETRY_MS_MAX, retryMs * 2);
    }

    /// Asks again what was not answered.
    void tick(long nowMs) {
        InSyncProposal proposal = pending;
        if (proposal != null && !isPendingSettled && nowMs >= retryAtMs) {
            submit(proposal);
        }
    }

    /// Whether time alone may change something here: a question to be asked again, or a follower outside that holds the
    /// high watermark back.
    boolean isRestless(long leaderEnd, long nowMs) {
        if (pending != null) {
            return true;
        }
        for (FollowerProgress follower : followers) {
            if (!follower.isInSync() && isJoining(follower, leaderEnd, nowMs)) {
                return true;
            }
        }
        return false;
    }
}
