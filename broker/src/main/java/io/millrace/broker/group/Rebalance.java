package io.millrace.broker.group;

import io.millrace.model.ErrorKind;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/// How a group comes to a new generation: everyone joins again, a leader and a protocol are chosen, the leader assigns.
/// One rebalance always ends: by the last join, or by its deadline without those who stayed away.
///
/// Owned by: the shard.
final class Rebalance {
    private final GroupShard shard;

    Rebalance(GroupShard shard) {
        this.shard = shard;
    }

    /// Somebody joined, left or changed: start a rebalance, or see whether the running one is complete.
    void prepareOrComplete(Group group, String reason, Turn turn) {
        if (group.state().mayMoveTo(GroupState.PREPARING_REBALANCE)) {
            prepare(group, reason, turn);
        } else {
            completeWhenAllJoined(group, turn);
        }
    }

    /// Somebody went away.
    void afterRemoval(Group group, String reason, Turn turn) {
        switch (group.state()) {
            case STABLE, COMPLETING_REBALANCE -> prepareOrComplete(group, reason, turn);
            case PREPARING_REBALANCE -> completeWhenAllJoined(group, turn);
            case EMPTY, DEAD -> {}
        }
    }

    void prepare(Group group, String reason, Turn turn) {
        if (group.state() == GroupState.COMPLETING_REBALANCE) {
            withdrawAssignments(group, ErrorKind.REBALANCE_IN_PROGRESS, turn);
        }
        group.syncDeadline.cancel();
        boolean initial = group.state() == GroupState.EMPTY;
        group.moveTo(GroupState.PREPARING_REBALANCE, turn.now().wallMs());
        turn.event(new GroupEvent(group.id(), group.generation(), GroupEvent.Kind.REBALANCING, reason));
        if (initial) {
            delayFirst(group, turn);
        } else if (group.allJoined()) {
            complete(group, turn);
        } else {
            group.joinDeadline.set(turn.nowMs() + group.rebalanceTimeoutMs());
        }
    }

    /// KIP-134: the first members of an empty group give others time to arrive.
    private void delayFirst(Group group, Turn turn) {
        group.initialDelayMs = shard.config().initialRebalanceDelayMs();
        group.initialDelayLeftMs = Math.max(group.rebalanceTimeoutMs() - group.initialDelayMs, 0);
        group.memberAddedWhileWaiting = false;
        group.joinDeadline.set(turn.nowMs() + group.initialDelayMs);
    }

    void completeWhenAllJoined(Group group, Turn turn) {
        if (group.state() == GroupState.PREPARING_REBALANCE && group.allJoined() && !group.isInitialRebalance()) {
            complete(group, turn);
        }
    }

    void onJoinDeadline(Group group, Turn turn) {
        if (group.state() != GroupState.PREPARING_REBALANCE) {
            return;
        }
        if (group.isInitialRebalance() && group.memberAddedWhileWaiting && group.initialDelayLeftMs > 0) {
            group.memberAddedWhileWaiting = false;
            int delayMs = Math.min(shard.config().initialRebalanceDelayMs(), group.initialDelayLeftMs);
            group.initialDelayLeftMs = Math.max(group.initialDelayLeftMs - group.initialDelayMs, 0);
            group.initialDelayMs = delayMs;
            group.joinDeadline.set(turn.nowMs() + delayMs);
            return;
        }
        complete(group, turn);
    }

    private void complete(Group group, Turn turn) {
        group.joinDeadline.cancel();
        for (Member late : group.dynamicMembersNotJoined()) {
            shard.membership().remove(group, late, "did not join again in time", turn);
        }
        if (!group.electJoinedLeader() && group.size() > 0) {
            // Only static members are left and none has joined: wait until they come back or their sessions end.
            group.joinDeadline.set(turn.nowMs() + group.rebalanceTimeoutMs());
            return;
        }
        group.nextGeneration(shard.subscriptions(), turn.now().wallMs());
        if (group.state() == GroupState.EMPTY) {
            storeEmpty(group, turn);
        } else {
            answerJoins(group, turn);
        }
    }

    private void storeEmpty(Group group, Turn turn) {
        turn.event(new GroupEvent(group.id(), group.generation(), GroupEvent.Kind.EMPTY, "no members"));
        turn.append(List.of(group.stored()), new Turn.Outcome() {
            @Override
            public void appended(Turn later) {}

            @Override
            public void refused(ErrorKind error, Turn later) {
                // Harmless: after a restart the members of the last stored generation are missed and time out.
                later.event(new GroupEvent(
                        group.id(), group.generation(), GroupEvent.Kind.WRITE_FAILED, "empty group: " + error));
            }
        });
    }

    private void answerJoins(Group group, Turn turn) {
        for (Member member : group.members()) {
            answerJoin(group, member, false, turn);
            member.isNew = false;
            shard.membership().touch(member, turn);
            group.expectSync(member.id);
        }
        group.syncDeadline.set(turn.nowMs() + group.rebalanceTimeoutMs());
    }

    /// Answers a waiting join with the group as it is; the leader also learns who is in it.
    void answerJoin(Group group, Member member, boolean skipAssignment, Turn turn) {
        Consumer<JoinGroup.Reply> waiting = group.takeJoin(member);
        if (waiting != null) {
            turn.answer(waiting, JoinGroup.Reply.joined(group, member.id, skipAssignment));
        }
    }

    void onSyncDeadline(Group group, Turn turn) {
        boolean expectsSyncs = group.state() == GroupState.COMPLETING_REBALANCE || group.state() == GroupState.STABLE;
        if (!expectsSyncs || group.syncsMissing().isEmpty()) {
            return;
        }
        for (String memberId : List.copyOf(group.syncsMissing())) {
            Member silent = group.member(memberId);
            if (silent != null) {
                shard.membership().remove(group, silent, "sent no sync in time", turn);
            }
        }
        prepare(group, "members sent no sync in time", turn);
    }

    /// The leader's assignments are stored: everyone gets their own.
    void stabilise(Group group, Map<String, Opaque> assignments, Turn turn) {
        for (Member member : group.members()) {
            group.assign(member, assignments.getOrDefault(member.id, Opaque.EMPTY));
        }
        group.moveTo(GroupState.STABLE, turn.now().wallMs());
        turn.event(new GroupEvent(group.id(), group.generation(), GroupEvent.Kind.STABLE, group.size() + " members"));
        answerSyncs(group, ErrorKind.NONE, turn);
    }

    /// Nobody has anything any more; waiting syncs are told why.
    void withdrawAssignments(Group group, ErrorKind error, Turn turn) {
        for (Member member : group.members()) {
            group.assign(member, Opaque.EMPTY);
        }
        answerSyncs(group, error, turn);
    }

    private void answerSyncs(Group group, ErrorKind error, Turn turn) {
        for (Member member : group.members()) {
            Consumer<SyncGroup.Reply> waiting = member.waitingSync;
            if (waiting == null) {
                continue;
            }
            member.waitingSync = null;
            shard.membership().touch(member, turn);
            turn.answer(waiting, SyncGroup.Reply.of(error, group, member));
        }
    }

    /// The assignments of a sync, one for each member.
    static Map<String, Opaque> assignmentsOf(Group group, List<SyncGroup.Assignment> given) {
        Map<String, Opaque> byMember = new LinkedHashMap<>();
        given.forEach(one -> byMember.put(one.memberId(), one.assignment()));
        Map<String, Opaque> complete = new LinkedHashMap<>();
        group.members().forEach(member -> complete.put(member.id, byMember.getOrDefault(member.id, Opaque.EMPTY)));
        return complete;
    }
}
