package io.millrace.server.partition;

import io.millrace.broker.partition.LeaderHint;
import io.millrace.broker.partition.OffsetQuery;
import io.millrace.broker.partition.OffsetReply;
import io.millrace.cluster.replica.Partition;
import io.millrace.log.TimestampLookup;
import io.millrace.log.TimestampOffset;
import io.millrace.log.disk.StorageException;
import io.millrace.model.ErrorKind;
import io.millrace.model.Loop;
import java.util.function.Consumer;

/// Answers offset questions (Kafka's ListOffsets): at once where the log knows by heart, on a disk thread where a
/// timestamp has to be searched for.
final class OffsetLookup {
    private OffsetLookup() {}

    static void answer(Hosted hosted, OffsetQuery query, Loop owner, Consumer<OffsetReply> reply) {
        Partition partition = hosted.partition;
        ErrorKind refused = isOfTheStart(query.kind())
                ? partition.checkLeader(query.currentLeaderEpoch())
                : partition.checkReadable(query.currentLeaderEpoch());
        if (refused != ErrorKind.NONE) {
            LeaderHint hint =
                    refused == ErrorKind.NOT_LEADER ? partition.assignment().hint() : LeaderHint.NONE;
            reply.accept(new OffsetReply(refused, -1, -1, -1, hint));
            return;
        }
        long visible = query.readCommitted() ? partition.lastStableOffset() : partition.highWatermark();
        int epoch = partition.assignment().leaderEpoch();
        switch (query.kind()) {
            case EARLIEST, EARLIEST_LOCAL, EARLIEST_PENDING_UPLOAD ->
                reply.accept(found(partition.log().startOffset(), -1, epoch));
            case LATEST -> reply.accept(found(visible, -1, epoch));
            case LATEST_TIERED -> reply.accept(found(-1, -1, -1));
            case AT_TIMESTAMP ->
                search(hosted, partition.log().findByTimestamp(query.timestampMs()), visible, owner, reply);
            case MAX_TIMESTAMP -> search(hosted, partition.log().findMaxTimestamp(), visible, owner, reply);
        }
    }

    /// The others depend on how far readers may read, which a new leader does not know at once.
    private static boolean isOfTheStart(OffsetQuery.Kind kind) {
        return switch (kind) {
            case EARLIEST, EARLIEST_LOCAL, EARLIEST_PENDING_UPLOAD, LATEST_TIERED -> true;
            case LATEST, AT_TIMESTAMP, MAX_TIMESTAMP -> false;
        };
    }

    private static OffsetReply found(long offset, long timestampMs, int leaderEpoch) {
        return new OffsetReply(ErrorKind.NONE, offset, timestampMs, leaderEpoch, LeaderHint.NONE);
    }

    private static void search(
            Hosted hosted, TimestampLookup lookup, long visible, Loop owner, Consumer<OffsetReply> reply) {
        hosted.disk.read(() -> {
            OffsetReply answer = new OffsetReply(ErrorKind.STORAGE_ERROR, -1, -1, -1, LeaderHint.NONE);
            try {
                answer = run(lookup, visible);
            } finally {
                give(answer, owner, reply); // also after a fault of ours: somebody waits
            }
        });
    }

    private static void give(OffsetReply answer, Loop owner, Consumer<OffsetReply> reply) {
        owner.post(() -> reply.accept(answer));
    }

    private static OffsetReply run(TimestampLookup lookup, long visible) {
        try {
            TimestampOffset hit = lookup.run();
            if (hit.offset() >= visible) {
                return found(-1, -1, -1); // there, but not safe yet: as if it were not there
            }
            return found(hit.offset(), hit.timestampMs(), hit.leaderEpoch());
        } catch (StorageException refused) {
            return new OffsetReply(ErrorKind.STORAGE_ERROR, -1, -1, -1, LeaderHint.NONE);
        }
    }
}
