package io.millrace.broker.group;

import io.millrace.broker.group.GroupRecord.OffsetCommitted;
import io.millrace.model.ErrorKind;
import io.millrace.model.TopicId;
import io.millrace.model.TopicPartition;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Stores how far a group has come. Positions may move backwards: clients rewind on purpose.
///
/// @param memberId empty for a client that manages its partitions itself, or an operator
/// @param generation negative for such a client
/// @param knowsGroupNotFound whether the client knows the error for a missing group (OffsetCommit from v9)
/// @param retentionMs the client's own retention (OffsetCommit up to v4), -1 for the broker's
public record CommitOffsets(
        String groupId,
        String memberId,
        @Nullable String instanceId,
        int generation,
        boolean knowsGroupNotFound,
        long retentionMs,
        List<Commit> commits)
        implements GroupCommand<CommitOffsets.Reply> {
    /// @param leaderEpoch -1 when unknown
    public record Commit(TopicPartition partition, TopicId topicId, long offset, int leaderEpoch, String metadata) {}

    /// @param errors one for each commit, in the order asked
    public record Reply(List<ErrorKind> errors) {}

    @Override
    public boolean allowsEmptyGroupId() {
        return true;
    }

    @Override
    public Reply refused(ErrorKind error) {
        return new Reply(commits.stream().map(commit -> error).toList());
    }

    @Override
    public void decide(GroupShard shard, Consumer<Reply> answer, Turn turn) {
        Group group = shard.find(groupId);
        ErrorKind error = group == null ? validateWithoutGroup() : validate(group);
        if (error != ErrorKind.NONE) {
            turn.answer(answer, refused(error));
            return;
        }
        if (group == null && !shard.hasRoomFor(Footprint.ofGroup(groupId))) {
            turn.answer(answer, refused(ErrorKind.INVALID_COMMIT_OFFSET_SIZE));
            return;
        }
        if (group != null) {
            extendSession(shard, group, turn);
        }
        List<ErrorKind> errors = new ArrayList<>(commits.size());
        List<GroupRecord> records = new ArrayList<>(commits.size());
        for (Commit commit : commits) {
            // Counted in characters, whatever the setting's name says: as Kafka does.
            boolean tooLong = commit.metadata.length() > shard.config().offsetMetadataBytesMax();
            errors.add(tooLong ? ErrorKind.OFFSET_METADATA_TOO_LARGE : ErrorKind.NONE);
            if (!tooLong) {
                records.add(new OffsetCommitted(
                        groupId, commit.partition, position(commit, turn.now().wallMs())));
            }
        }
        if (records.isEmpty()) {
            turn.answer(answer, new Reply(List.copyOf(errors)));
            return;
        }
        shard.inFlight().add(records);
        turn.append(records, new Stored(shard, groupId, records, errors, answer));
    }

    private CommittedOffset position(Commit commit, long wallMs) {
        long expires = retentionMs < 0 ? CommittedOffset.NO_EXPIRY : wallMs + retentionMs;
        return new CommittedOffset(commit.offset, commit.leaderEpoch, commit.metadata, wallMs, expires, commit.topicId);
    }

    /// A commit outside any generation founds a simple group, which only holds offsets.
    private ErrorKind validateWithoutGroup() {
        if (generation < 0) {
            return ErrorKind.NONE;
        }
        return knowsGroupNotFound ? ErrorKind.GROUP_NOT_FOUND : ErrorKind.ILLEGAL_GENERATION;
    }

    private ErrorKind validate(Group group) {
        if (generation < 0 && group.state() == GroupState.EMPTY) {
            return ErrorKind.NONE;
        }
        boolean saysWhoItIs = generation >= 0 || !memberId.isEmpty() || instanceId != null;
        if (!saysWhoItIs) {
            return ErrorKind.UNKNOWN_MEMBER; // members own the offsets of a group that has any
        }
        ErrorKind error = group.validate(memberId, instanceId);
        if (error != ErrorKind.NONE) {
            return error;
        }
        if (generation != group.generation()) {
            return ErrorKind.ILLEGAL_GENERATION;
        }
        return group.state() == GroupState.COMPLETING_REBALANCE ? ErrorKind.REBALANCE_IN_PROGRESS : ErrorKind.NONE;
    }

    private void extendSession(GroupShard shard, Group group, Turn turn) {
        Member member = group.member(memberId);
        if (member != null) {
            shard.membership().touch(member, turn);
        }
    }

    private record Stored(
            GroupShard shard, String groupId, List<GroupRecord> records, List<ErrorKind> errors, Consumer<Reply> answer)
            implements Turn.Outcome {
        @Override
        public void appended(Turn turn) {
            shard.inFlight().remove(records);
            shard.ensure(groupId, turn);
            turn.answer(answer, new Reply(List.copyOf(errors)));
        }

        @Override
        public void refused(ErrorKind error, Turn turn) {
            shard.inFlight().remove(records);
            ErrorKind told = WriteErrors.ofCommit(error);
            turn.answer(
                    answer,
                    new Reply(errors.stream()
                            .map(own -> own == ErrorKind.NONE ? told : own)
                            .toList()));
        }
    }
}
