package io.millrace.broker.group;

import io.millrace.broker.group.GroupRecord.GroupMetadataStored;
import io.millrace.broker.group.GroupRecord.GroupRemoved;
import io.millrace.broker.group.GroupRecord.OffsetCommitted;
import io.millrace.broker.group.GroupRecord.OffsetRemoved;
import io.millrace.model.TopicPartition;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The replicated state of a shard: the last stored form of each group and all committed offsets. Exactly what its log
/// says: changed by [#apply(GroupRecord)] and by nothing else.
///
/// Owned by: the shard.
final class GroupStore {
    private final Map<String, GroupMetadataStored> groups = new LinkedHashMap<>();
    private final Map<String, Map<TopicPartition, CommittedOffset>> offsets = new LinkedHashMap<>();

    /// How many positions each group has in each topic. Follows from `offsets`; spares a walk over all groups whenever
    /// a topic is deleted.
    private final Map<String, Map<String, Integer>> groupsByTopic = new LinkedHashMap<>();

    void apply(GroupRecord record) {
        switch (record) {
            case GroupMetadataStored stored -> groups.put(stored.groupId(), stored);
            case GroupRemoved removed -> groups.remove(removed.groupId());
            case OffsetCommitted committed -> putOffset(committed);
            case OffsetRemoved removed -> removeOffset(removed);
        }
    }

    private void putOffset(OffsetCommitted committed) {
        CommittedOffset before = offsets.computeIfAbsent(committed.groupId(), id -> new LinkedHashMap<>())
                .put(committed.partition(), committed.offset());
        if (before == null) {
            groupsByTopic
                    .computeIfAbsent(committed.partition().topic(), topic -> new LinkedHashMap<>())
                    .merge(committed.groupId(), 1, Integer::sum);
        }
    }

    private void removeOffset(OffsetRemoved removed) {
        Map<TopicPartition, CommittedOffset> ofGroup = offsets.get(removed.groupId());
        if (ofGroup == null) {
            return;
        }
        if (ofGroup.remove(removed.partition()) != null) {
            groupsByTopic.computeIfPresent(removed.partition().topic(), (topic, counts) -> {
                counts.computeIfPresent(removed.groupId(), (group, count) -> count == 1 ? null : count - 1);
                return counts.isEmpty() ? null : counts;
            });
        }
        if (ofGroup.isEmpty()) {
            offsets.remove(removed.groupId());
        }
    }

    @Nullable
    GroupMetadataStored group(String groupId) {
        return groups.get(groupId);
    }

    Map<String, GroupMetadataStored> groups() {
        return Collections.unmodifiableMap(groups);
    }

    Map<TopicPartition, CommittedOffset> offsets(String groupId) {
        return Collections.unmodifiableMap(offsets.getOrDefault(groupId, Map.of()));
    }

    Map<String, Map<TopicPartition, CommittedOffset>> offsets() {
        return Collections.unmodifiableMap(offsets);
    }

    /// The groups with positions in a topic.
    Set<String> groupsIn(String topic) {
        return Collections.unmodifiableSet(
                groupsByTopic.getOrDefault(topic, Map.of()).keySet());
    }

    int offsetCount() {
        return offsets.values().stream().mapToInt(Map::size).sum();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof GroupStore store && groups.equals(store.groups) && offsets.equals(store.offsets);
    }

    @Override
    public int hashCode() {
        return Objects.hash(groups, offsets);
    }

    @Override
    public String toString() {
        return "GroupStore[" + groups + ", " + offsets + "]";
    }
}
