package io.millrace.broker.group;

import io.millrace.model.ErrorKind;
import java.util.function.Consumer;

/// Something asked of one group.
///
/// @param <R> the answer
public sealed interface GroupCommand<R>
        permits JoinGroup,
                SyncGroup,
                Heartbeat,
                LeaveGroup,
                CommitOffsets,
                FetchOffsets,
                DeleteOffsets,
                DeleteGroup,
                DescribeGroup {
    String groupId();

    /// Whether the group id may be empty: offsets without a group name were possible once (KIP-289).
    boolean allowsEmptyGroupId();

    /// The answer that says no and nothing else.
    R refused(ErrorKind error);

    /// Decides against the shard's state; the answer, now or later, comes out of a [Turn].
    void decide(GroupShard shard, Consumer<R> answer, Turn turn);
}
