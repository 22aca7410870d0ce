package io.millrace.broker.group;

import io.millrace.model.ErrorKind;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// How members come, stay and go: ids, sessions, static names.
///
/// Owned by: the shard. Whoever is removed gets an answer to whatever request of theirs still waits.
final class Membership {
    private final GroupShard shard;

    Membership(GroupShard shard) {
        this.shard = shard;
    }

    /// Extends the member's session: one assignment, whatever the size of the group.
    void touch(Member member, Turn turn) {
        member.session.set(turn.nowMs() + member.sessionTimeoutMs);
    }

    /// Hands out a member id and waits one session timeout for it to be used (KIP-394).
    void addPending(Group group, String memberId, int sessionTimeoutMs, Turn turn) {
        Deadlines.Deadline unused = shard.deadlines().deadline(later -> {
            if (group.pending().has(memberId)) {
                group.pending().forget(memberId);
                shard.rebalance().completeWhenAllJoined(group, later);
            }
        });
        unused.set(turn.nowMs() + sessionTimeoutMs);
        group.pending().add(memberId, unused);
    }

    void addAndRebalance(Group group, String memberId, JoinGroup command, Consumer<JoinGroup.Reply> answer, Turn turn) {
        Member member = newMember(
                group,
                memberId,
                command.instanceId(),
                command.clientId(),
                command.clientHost(),
                command.rebalanceTimeoutMs(),
                command.sessionTimeoutMs(),
                command.protocols());
        member.isNew = true;
        member.waitingJoin = answer;
        if (group.isInitialRebalance()) {
            group.memberAddedWhileWaiting = true;
        }
        group.add(member, command.protocolType());
        // It does not know its id yet and cannot send heartbeats, and its connection may be gone: do not wait for ever.
        member.session.set(turn.nowMs() + shard.config().newMemberJoinTimeoutMs());
        shard.rebalance().prepareOrComplete(group, "member " + memberId + " joins: " + command.reason(), turn);
    }

    void updateAndRebalance(
            Group group, Member member, JoinGroup command, Consumer<JoinGroup.Reply> answer, Turn turn) {
        group.update(member, command);
        park(group, member, answer, turn);
        shard.rebalance().prepareOrComplete(group, "member " + member.id + " joins again: " + command.reason(), turn);
    }

    /// Lets the join wait; an older one of the same member, whose connection is most likely gone, is sent away.
    void park(Group group, Member member, Consumer<JoinGroup.Reply> answer, Turn turn) {
        Consumer<JoinGroup.Reply> older = member.waitingJoin;
        if (older != null) {
            turn.answer(older, JoinGroup.Reply.refused(member.id, ErrorKind.REBALANCE_IN_PROGRESS));
        }
        group.awaitJoin(member, answer);
    }

    /// Takes the member out and answers what it waits for. Says nothing to the rest of the group.
    void remove(Group group, Member member, String reason, Turn turn) {
        dismiss(group, member, ErrorKind.UNKNOWN_MEMBER, turn);
        group.remove(member.id);
        turn.event(new GroupEvent(
                group.id(), group.generation(), GroupEvent.Kind.MEMBER_REMOVED, member.id + ": " + reason));
    }

    private void dismiss(Group group, Member member, ErrorKind error, Turn turn) {
        member.session.cancel();
        Consumer<JoinGroup.Reply> join = group.takeJoin(member);
        if (join != null) {
            turn.answer(join, JoinGroup.Reply.refused(error == ErrorKind.UNKNOWN_MEMBER ? "" : member.id, error));
        }
        Consumer<SyncGroup.Reply> sync = member.waitingSync;
        if (sync != null) {
            member.waitingSync = null;
            turn.answer(sync, SyncGroup.Reply.refused(error));
        }
    }

    /// KIP-345: a static member that comes back under its name takes over the place, and whoever had it is fenced.
    Member replaceStatic(Group group, Member old, String newMemberId, Turn turn) {
        Member next = newMember(
                group,
                newMemberId,
                old.instanceId,
                old.clientId,
                old.clientHost,
                old.rebalanceTimeoutMs,
                old.sessionTimeoutMs,
                old.protocols);
        next.assignment = old.assignment;
        dismiss(group, old, ErrorKind.FENCED_INSTANCE_ID, turn);
        group.replace(old, next);
        touch(next, turn);
        return next;
    }

    Member newMember(
            Group group,
            String id,
            @Nullable String instanceId,
            String clientId,
            String clientHost,
            int rebalanceTimeoutMs,
            int sessionTimeoutMs,
            List<JoinGroup.Protocol> protocols) {
        Deadlines.Deadline session = shard.deadlines().deadline(turn -> onSessionEnd(group, id, turn));
        return new Member(
                id, instanceId, clientId, clientHost, rebalanceTimeoutMs, sessionTimeoutMs, protocols, session);
    }

    private void onSessionEnd(Group group, String memberId, Turn turn) {
        Member member = group.member(memberId);
        if (member == null) {
            return;
        }
        boolean waitsForOthers = !member.isNew && (member.isAwaitingJoin() || member.isAwaitingSync());
        if (waitsForOthers) {
            return; // the answer it waits for starts the session anew
        }
        remove(group, member, "its session ended", turn);
        shard.rebalance().afterRemoval(group, "the session of " + memberId + " ended", turn);
    }

    String newMemberId(JoinGroup command) {
        String prefix = command.instanceId() == null ? command.clientId() : command.instanceId();
        return prefix + "-" + shard.ids().next();
    }
}
