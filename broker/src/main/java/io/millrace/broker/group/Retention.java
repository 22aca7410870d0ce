package io.millrace.broker.group;

import io.millrace.broker.group.GroupRecord.OffsetRemoved;
import io.millrace.model.ErrorKind;
import io.millrace.model.TopicPartition;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToLongFunction;

/// Forgets positions nobody can need any more, and groups that have nothing left (KIP-211).
///
/// Owned by: the shard.
final class Retention {
    private final GroupShard shard;

    Retention(GroupShard shard) {
        this.shard = shard;
    }

    void expire(Turn turn) {
        for (Group group : shard.liveGroups()) {
            expire(group, turn);
        }
    }

    private void expire(Group group, Turn turn) {
        Map<TopicPartition, CommittedOffset> offsets = shard.store().offsets(group.id());
        List<GroupRecord> records = expired(group, offsets, turn.now().wallMs());
        boolean nothingLeft = records.size() == offsets.size()
                && shard.inFlight().of(group.id()).isEmpty();
        boolean removed = nothingLeft
                && group.state() == GroupState.EMPTY
                && group.pending().count() == 0;
        if (removed) {
            records = shard.removalOf(group);
        }
        if (records.isEmpty()) {
            if (removed) {
                shard.drop(group, turn);
            }
            return;
        }
        turn.event(new GroupEvent(
                group.id(), group.generation(), GroupEvent.Kind.OFFSETS_EXPIRED, offsets.size() + " offsets"));
        turn.append(records, new Expired(shard, group, removed));
    }

    private List<GroupRecord> expired(Group group, Map<TopicPartition, CommittedOffset> offsets, long nowMs) {
        Optional<ToLongFunction<CommittedOffset>> start = retentionStart(group);
        if (start.isEmpty()) {
            return List.of();
        }
        List<GroupRecord> records = new ArrayList<>();
        offsets.forEach((partition, offset) -> {
            boolean kept = group.isSubscribedTo(partition.topic())
                    || shard.inFlight().of(group.id()).contains(partition);
            if (!kept && isExpired(offset, start.get(), nowMs)) {
                records.add(new OffsetRemoved(group.id(), partition));
            }
        });
        return records;
    }

    private boolean isExpired(CommittedOffset offset, ToLongFunction<CommittedOffset> start, long nowMs) {
        if (offset.expireTimestampMs() != CommittedOffset.NO_EXPIRY) {
            return nowMs >= offset.expireTimestampMs();
        }
        return nowMs - start.applyAsLong(offset) >= shard.config().offsetsRetentionMs();
    }

    /// When the retention of a position began; empty while positions of the group do not expire at all.
    private static Optional<ToLongFunction<CommittedOffset>> retentionStart(Group group) {
        if (group.protocolType() == null) {
            return Optional.of(CommittedOffset::commitTimestampMs); // never had members: each position for itself
        }
        if (group.state() == GroupState.EMPTY) {
            long emptySince = group.stateTimestampMs();
            return Optional.of(offset -> emptySince < 0 ? offset.commitTimestampMs() : emptySince);
        }
        boolean readsSubscriptions = group.isConsumerGroup() && group.knowsSubscriptions();
        return readsSubscriptions && group.state() == GroupState.STABLE
                ? Optional.of(CommittedOffset::commitTimestampMs)
                : Optional.empty();
    }

    private record Expired(GroupShard shard, Group group, boolean removed) implements Turn.Outcome {
        @Override
        public void appended(Turn turn) {
            if (removed) {
                shard.drop(group, turn);
            }
        }

        @Override
        public void refused(ErrorKind error, Turn turn) {
            turn.event(new GroupEvent(
                    group.id(), group.generation(), GroupEvent.Kind.WRITE_FAILED, "expiring offsets: " + error));
        }
    }
}
