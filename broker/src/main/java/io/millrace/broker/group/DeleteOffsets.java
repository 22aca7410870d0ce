package io.millrace.broker.group;

import io.millrace.broker.group.GroupRecord.OffsetRemoved;
import io.millrace.model.ErrorKind;
import io.millrace.model.TopicPartition;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/// Forgets positions of topics the group does not consume any more (KIP-496).
public record DeleteOffsets(String groupId, List<TopicPartition> partitions)
        implements GroupCommand<DeleteOffsets.Reply> {
    /// @param errors one for each partition, in the order asked; empty when the whole request failed
    public record Reply(ErrorKind error, List<ErrorKind> errors) {}

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
            turn.answer(answer, refused(ErrorKind.GROUP_NOT_FOUND));
            return;
        }
        if (group.state() != GroupState.EMPTY && !group.isConsumerGroup()) {
            turn.answer(answer, refused(ErrorKind.GROUP_NOT_EMPTY));
            return;
        }
        List<ErrorKind> errors = new ArrayList<>(partitions.size());
        List<GroupRecord> records = new ArrayList<>();
        for (TopicPartition partition : partitions) {
            boolean consumed = group.isSubscribedTo(partition.topic());
            errors.add(consumed ? ErrorKind.GROUP_SUBSCRIBED_TO_TOPIC : ErrorKind.NONE);
            if (!consumed && shard.hasOffset(groupId, partition)) {
                records.add(new OffsetRemoved(groupId, partition));
            }
        }
        Reply reply = new Reply(ErrorKind.NONE, List.copyOf(errors));
        if (records.isEmpty()) {
            turn.answer(answer, reply);
            return;
        }
        turn.append(records, new Turn.Outcome() {
            @Override
            public void appended(Turn later) {
                later.answer(answer, reply);
            }

            @Override
            public void refused(ErrorKind error, Turn later) {
                later.answer(answer, DeleteOffsets.this.refused(WriteErrors.ofGroup(error)));
            }
        });
    }
}
