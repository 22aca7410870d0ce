package io.millrace.broker.partition;

import io.millrace.log.FileSlice;
import io.millrace.model.ErrorKind;
import io.millrace.model.TopicPartition;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The answer to a [FetchQuery], one part per partition asked, in the same order.
///
/// Whoever receives it owns the slices and releases each one exactly once, sent or not.
public record FetchReply(List<Part> parts) {
    /// @param slice the batches; null when there are none
    /// @param highWatermark -1 on error
    /// @param lastStableOffset -1 on error
    /// @param logStartOffset -1 on error
    /// @param divergingEpoch where the asker's log leaves ours, or null
    /// @param nearerReplica the node a consumer is to read from instead (KIP-392), or [#NO_REPLICA]
    public record Part(
            TopicPartition partition,
            ErrorKind error,
            @Nullable FileSlice slice,
            long highWatermark,
            long lastStableOffset,
            long logStartOffset,
            LeaderHint leader,
            @Nullable DivergingEpoch divergingEpoch,
            int nearerReplica) {
        /// Stands for "read on here".
        public static final int NO_REPLICA = -1;

        /// What the node itself answers.
        public Part(
                TopicPartition partition,
                ErrorKind error,
                @Nullable FileSlice slice,
                long highWatermark,
                long lastStableOffset,
                long logStartOffset,
                LeaderHint leader,
                @Nullable DivergingEpoch divergingEpoch) {
            this(
                    partition,
                    error,
                    slice,
                    highWatermark,
                    lastStableOffset,
                    logStartOffset,
                    leader,
                    divergingEpoch,
                    NO_REPLICA);
        }

        /// A partition that can not be read.
        public static Part refused(TopicPartition partition, ErrorKind error, LeaderHint leader) {
            return new Part(partition, error, null, -1, -1, -1, leader, null);
        }

        public Part withSlice(@Nullable FileSlice other) {
            return new Part(
                    partition,
                    error,
                    other,
                    highWatermark,
                    lastStableOffset,
                    logStartOffset,
                    leader,
                    divergingEpoch,
                    nearerReplica);
        }

        public int bytes() {
            return slice == null ? 0 : slice.length();
        }
    }

    /// @param endOffset first offset after that epoch in the leader's log
    public record DivergingEpoch(int epoch, long endOffset) {}
}
