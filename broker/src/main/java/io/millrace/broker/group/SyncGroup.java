package io.millrace.broker.group;

import io.millrace.model.ErrorKind;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Brings the leader's assignments and asks for one's own. The answer comes when the assignments are stored.
///
/// @param protocolType what the member believes was agreed, null when it does not say (before KIP-559)
/// @param protocol likewise
/// @param assignments what each member gets; from the leader only
public record SyncGroup(
        String groupId,
        String memberId,
        @Nullable String instanceId,
        int generation,
        @Nullable String protocolType,
        @Nullable String protocol,
        List<Assignment> assignments)
        implements GroupCommand<SyncGroup.Reply> {
    public record Assignment(String memberId, Opaque assignment) {}

    /// @param protocolType null on error
    /// @param protocol null on error
    public record Reply(
            ErrorKind error,
            @Nullable String protocolType,
            @Nullable String protocol,
            Opaque assignment) {
        static Reply refused(ErrorKind error) {
            return new Reply(error, null, null, Opaque.EMPTY);
        }

        static Reply of(ErrorKind error, Group group, Member member) {
            return error == ErrorKind.NONE
                    ? new Reply(error, group.protocolType(), group.protocol(), member.assignment)
                    : refused(error);
        }
    }

    @Override
    public boolean allowsEmptyGroupId() {
        return false;
    }

    @Override
    public Reply refused(ErrorKind error) {
        return Reply.refused(error);
    }

    @Override
    public void decide(GroupShard shard, Consumer<Reply> answer, Turn turn) {
        Group group = shard.find(groupId);
        ErrorKind error = group == null ? ErrorKind.UNKNOWN_MEMBER : validate(group);
        if (group == null || error != ErrorKind.NONE) {
            turn.answer(answer, refused(error));
            return;
        }
        Member member = shard.require(group, memberId);
        switch (group.state()) {
            case PREPARING_REBALANCE -> turn.answer(answer, refused(ErrorKind.REBALANCE_IN_PROGRESS));
            case COMPLETING_REBALANCE -> await(shard, group, member, answer, turn);
            case STABLE -> {
                group.syncArrived(memberId);
                shard.membership().touch(member, turn);
                turn.answer(answer, Reply.of(ErrorKind.NONE, group, member));
            }
            case EMPTY, DEAD -> turn.answer(answer, refused(ErrorKind.UNKNOWN_MEMBER));
        }
    }

    private ErrorKind validate(Group group) {
        ErrorKind error = group.validate(memberId, instanceId);
        if (error != ErrorKind.NONE) {
            return error;
        }
        if (generation != group.generation()) {
            return ErrorKind.ILLEGAL_GENERATION;
        }
        boolean agrees = (protocolType == null || protocolType.equals(group.protocolType()))
                && (protocol == null || protocol.equals(group.protocol()));
        return agrees ? ErrorKind.NONE : ErrorKind.INCONSISTENT_GROUP_PROTOCOL;
    }

    private void await(GroupShard shard, Group group, Member member, Consumer<Reply> answer, Turn turn) {
        if (group.isLeader(memberId) && !hasRoom(shard)) {
            turn.answer(answer, refused(ErrorKind.GROUP_MAX_SIZE_REACHED));
            return;
        }
        Consumer<Reply> older = member.waitingSync;
        if (older != null) {
            turn.answer(older, refused(ErrorKind.REBALANCE_IN_PROGRESS));
        }
        member.waitingSync = answer;
        group.syncArrived(memberId);
        if (group.isLeader(memberId)) {
            Map<String, Opaque> complete = Rebalance.assignmentsOf(group, assignments);
            turn.append(List.of(group.stored(complete)), new Stored(shard, group, generation, complete));
        }
    }

    private boolean hasRoom(GroupShard shard) {
        return shard.hasRoomFor(
                assignments.stream().mapToLong(one -> one.assignment().size()).sum());
    }

    /// What follows when the assignments are stored, or are not. Others may have joined or left in between; then the
    /// rebalance they started has answered the syncs, and nothing is left to do.
    private record Stored(GroupShard shard, Group group, int generation, Map<String, Opaque> assignments)
            implements Turn.Outcome {
        private boolean isStillAwaited() {
            return group.state() == GroupState.COMPLETING_REBALANCE && group.generation() == generation;
        }

        @Override
        public void appended(Turn turn) {
            if (isStillAwaited()) {
                shard.rebalance().stabilise(group, assignments, turn);
            }
        }

        @Override
        public void refused(ErrorKind error, Turn turn) {
            if (isStillAwaited()) {
                shard.rebalance().withdrawAssignments(group, WriteErrors.ofGroup(error), turn);
                shard.rebalance().prepareOrComplete(group, "assignments could not be stored: " + error, turn);
            }
        }
    }
}
