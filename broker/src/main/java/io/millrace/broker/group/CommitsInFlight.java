package io.millrace.broker.group;

import io.millrace.broker.group.GroupRecord.OffsetCommitted;
import io.millrace.model.TopicPartition;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Commits that were sent to the log and are not confirmed yet. Deleting looks here too: a tombstone has to cover what
/// stands before it in the log, confirmed or not.
///
/// Owned by: the shard.
final class CommitsInFlight {
    private final Map<String, Map<TopicPartition, Integer>> byGroup = new LinkedHashMap<>();

    void add(List<GroupRecord> commits) {
        for (GroupRecord record : commits) {
            if (record instanceof OffsetCommitted commit) {
                byGroup.computeIfAbsent(commit.groupId(), id -> new LinkedHashMap<>())
                        .merge(commit.partition(), 1, Integer::sum);
            }
        }
    }

    void remove(List<GroupRecord> commits) {
        for (GroupRecord record : commits) {
            if (record instanceof OffsetCommitted commit) {
                byGroup.computeIfPresent(commit.groupId(), (id, counts) -> {
                    counts.computeIfPresent(commit.partition(), (key, count) -> count == 1 ? null : count - 1);
                    return counts.isEmpty() ? null : counts;
                });
            }
        }
    }

    Set<String> groups() {
        return Collections.unmodifiableSet(byGroup.keySet());
    }

    Set<TopicPartition> of(String groupId) {
        return Collections.unmodifiableSet(
                byGroup.getOrDefault(groupId, Map.of()).keySet());
    }
}
