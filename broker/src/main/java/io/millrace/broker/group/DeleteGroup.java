package io.millrace.broker.group;

import io.millrace.model.ErrorKind;
import java.util.List;
import java.util.function.Consumer;

/// Removes a group without members, and its positions (KIP-229).
public record DeleteGroup(String groupId) implements GroupCommand<ErrorKind> {
    @Override
    public boolean allowsEmptyGroupId() {
        return true;
    }

    @Override
    public ErrorKind refused(ErrorKind error) {
        return error;
    }

    @Override
    public void decide(GroupShard shard, Consumer<ErrorKind> answer, Turn turn) {
        Group group = shard.find(groupId);
        if (group == null) {
            turn.answer(answer, ErrorKind.GROUP_NOT_FOUND);
            return;
        }
        if (group.state() != GroupState.EMPTY) {
            turn.answer(answer, ErrorKind.GROUP_NOT_EMPTY);
            return;
        }
        List<GroupRecord> records = shard.removalOf(group);
        if (records.isEmpty()) {
            shard.drop(group, turn);
            turn.answer(answer, ErrorKind.NONE);
            return;
        }
        turn.append(records, new Turn.Outcome() {
            @Override
            public void appended(Turn later) {
                shard.drop(group, later);
                later.answer(answer, ErrorKind.NONE);
            }

            @Override
            public void refused(ErrorKind error, Turn later) {
                later.answer(answer, WriteErrors.ofGroup(error));
            }
        });
    }
}
