package io.millrace.broker.group;

import io.millrace.model.ErrorKind;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Says that a member is alive, and hears whether it has to join again. Writes nothing, costs the same in any group.
public record Heartbeat(
        String groupId, String memberId, @Nullable String instanceId, int generation)
        implements GroupCommand<ErrorKind> {
    @Override
    public boolean allowsEmptyGroupId() {
        return false;
    }

    @Override
    public ErrorKind refused(ErrorKind error) {
        return error;
    }

    @Override
    public void decide(GroupShard shard, Consumer<ErrorKind> answer, Turn turn) {
        turn.answer(answer, beat(shard, turn));
    }

    private ErrorKind beat(GroupShard shard, Turn turn) {
        Group group = shard.find(groupId);
        if (group == null) {
            return ErrorKind.UNKNOWN_MEMBER;
        }
        ErrorKind error = group.validate(memberId, instanceId);
        if (error != ErrorKind.NONE) {
            return error;
        }
        if (generation != group.generation()) {
            return ErrorKind.ILLEGAL_GENERATION;
        }
        shard.membership().touch(shard.require(group, memberId), turn);
        return group.state() == GroupState.PREPARING_REBALANCE ? ErrorKind.REBALANCE_IN_PROGRESS : ErrorKind.NONE;
    }
}
