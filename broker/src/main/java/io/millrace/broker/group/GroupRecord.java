package io.millrace.broker.group;

import io.millrace.model.TopicPartition;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a group's shard writes to its log, in no protocol's format. Applying these in log order is the only way the
/// replicated state changes, while running and after a restart.
public sealed interface GroupRecord {
    String groupId();

    /// The group as it was when its leader handed in the assignments, when it became empty, or when a static member was
    /// replaced.
    ///
    /// @param protocolType `consumer`, `connect`, ...; empty when the group never had a member
    /// @param protocol the protocol the members agreed on, null without members
    /// @param leader the leading member's id, null without members
    /// @param stateTimestampMs wall-clock time of the last change of state, -1 when unknown (old records)
    record GroupMetadataStored(
            String groupId,
            String protocolType,
            int generation,
            @Nullable String protocol,
            @Nullable String leader,
            long stateTimestampMs,
            List<StoredMember> members)
            implements GroupRecord {}

    /// The group is gone.
    record GroupRemoved(String groupId) implements GroupRecord {}

    /// A position was committed.
    record OffsetCommitted(String groupId, TopicPartition partition, CommittedOffset offset) implements GroupRecord {}

    /// A position was deleted or expired.
    record OffsetRemoved(String groupId, TopicPartition partition) implements GroupRecord {}

    /// @param instanceId the static member's name (KIP-345), null for a dynamic member
    /// @param subscription the member's metadata under the chosen protocol
    record StoredMember(
            String memberId,
            @Nullable String instanceId,
            String clientId,
            String clientHost,
            int rebalanceTimeoutMs,
            int sessionTimeoutMs,
            Opaque subscription,
            Opaque assignment) {}
}
