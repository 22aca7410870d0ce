package io.millrace.broker.group;

import io.millrace.model.ErrorKind;
import io.millrace.model.TopicPartition;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Reads how far a group has come. A group nobody has heard of simply has no positions.
///
/// @param partitions what is asked for; ignored when everything is
/// @param everything all positions of the group, in name order
public record FetchOffsets(String groupId, boolean everything, List<TopicPartition> partitions)
        implements GroupCommand<FetchOffsets.Reply> {
    /// @param positions in the order asked
    public record Reply(ErrorKind error, List<Position> positions) {}

    /// @param offset null when nothing was committed
    public record Position(
            TopicPartition partition, @Nullable CommittedOffset offset) {}

    @Override
    public boolean allowsEmptyGroupId() {
        return true;
    }

    @Override
    public Reply refused(ErrorKind error) {
        return new Reply(error, List.of());
    }

    /// Positions of open transactions would make an asker that requires stable ones wait; there are none before
    /// transactional commits exist, so every stored position is stable.
    @Override
    public void decide(GroupShard shard, Consumer<Reply> answer, Turn turn) {
        var stored = shard.store().offsets(groupId);
        List<Position> positions = new ArrayList<>();
        if (everything) {
            new TreeMap<>(stored).forEach((partition, offset) -> positions.add(new Position(partition, offset)));
        } else {
            for (TopicPartition partition : partitions) {
                positions.add(new Position(partition, stored.get(partition)));
            }
        }
        turn.answer(answer, new Reply(ErrorKind.NONE, List.copyOf(positions)));
    }
}
