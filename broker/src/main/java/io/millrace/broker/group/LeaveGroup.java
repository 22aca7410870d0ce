package io.millrace.broker.group;

import io.millrace.model.ErrorKind;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Takes members out of a group: a member that closes, or an operator who removes static members by name (KIP-345).
public record LeaveGroup(String groupId, List<Leaver> members) implements GroupCommand<LeaveGroup.Reply> {
    /// @param memberId empty to remove whoever has the static name
    /// @param reason in the client's words (KIP-800)
    public record Leaver(String memberId, @Nullable String instanceId, String reason) {}

    /// @param members what became of each leaver, in the order asked
    public record Reply(ErrorKind error, List<Left> members) {}

    public record Left(String memberId, @Nullable String instanceId, ErrorKind error) {}

    @Override
    public boolean allowsEmptyGroupId() {
        return false;
    }

    @Override
    public Reply refused(ErrorKind error) {
        return new Reply(error, List.of());
    }

    @Override
    public void decide(GroupShard shard, Consumer<Reply> answer, Turn turn) {
        Group group = shard.find(groupId);
        if (group == null) {
            turn.answer(answer, refused(ErrorKind.UNKNOWN_MEMBER));
            return;
        }
        List<Left> left = new ArrayList<>(members.size());
        for (Leaver leaver : members) {
            left.add(new Left(leaver.memberId, leaver.instanceId, leave(shard, group, leaver, turn)));
        }
        turn.answer(answer, new Reply(ErrorKind.NONE, List.copyOf(left)));
        String gone = left.stream()
                .filter(one -> one.error == ErrorKind.NONE)
                .map(Left::memberId)
                .collect(Collectors.joining(", "));
        if (left.stream().anyMatch(one -> one.error == ErrorKind.NONE)) {
            shard.rebalance().afterRemoval(group, "members left: " + gone, turn);
        }
    }

    private static ErrorKind leave(GroupShard shard, Group group, Leaver leaver, Turn turn) {
        if (group.pending().has(leaver.memberId)) {
            group.pending().forget(leaver.memberId);
            return ErrorKind.NONE;
        }
        String memberId = leaver.memberId;
        if (memberId.isEmpty()) {
            String owner = leaver.instanceId == null ? null : group.memberOfInstance(leaver.instanceId);
            if (owner == null) {
                return ErrorKind.UNKNOWN_MEMBER;
            }
            memberId = owner;
        }
        ErrorKind error = group.validate(memberId, leaver.instanceId);
        if (error == ErrorKind.NONE) {
            shard.membership().remove(group, shard.require(group, memberId), "left: " + leaver.reason, turn);
        }
        return error;
    }
}
