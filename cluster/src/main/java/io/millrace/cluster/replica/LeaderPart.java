package io.millrace.cluster.replica;

import io.millrace.broker.partition.FetchReply.DivergingEpoch;
import io.millrace.model.ErrorKind;
import io.millrace.model.TopicIdPartition;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// What a leader told a follower about one partition.
///
/// @param records whole batches, perhaps none; the last may be cut off
/// @param highWatermark -1 on error
/// @param startOffset the leader's first offset; also told with OFFSET_OUT_OF_RANGE, otherwise -1 on error
/// @param divergingEpoch where the follower's log leaves the leader's, or null
public record LeaderPart(
        TopicIdPartition key,
        ErrorKind error,
        ByteBuffer records,
        long highWatermark,
        long startOffset,
        @Nullable DivergingEpoch divergingEpoch) {
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    public static LeaderPart refused(TopicIdPartition key, ErrorKind error) {
        return new LeaderPart(key, error, NOTHING, -1, -1, null);
    }
}
