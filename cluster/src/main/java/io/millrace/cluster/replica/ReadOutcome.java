package io.millrace.cluster.replica;

import io.millrace.broker.partition.FetchReply.DivergingEpoch;
import io.millrace.broker.partition.FetchReply.Part;
import io.millrace.log.FileSlice;
import io.millrace.log.ReadResult;
import io.millrace.model.ErrorKind;
import org.jspecify.annotations.Nullable;

/// What a leader answers to a read, before cold bytes are fetched.
///
/// @param bytes null when there is nothing to send (yet)
/// @param highWatermark -1 on error
/// @param lastStableOffset -1 on error
/// @param logStartOffset -1 on error
/// @param nearerReplica the follower the consumer is to read from instead, or [Part#NO_REPLICA]
public record ReadOutcome(
        ErrorKind error,
        @Nullable ReadResult bytes,
        long highWatermark,
        long lastStableOffset,
        long logStartOffset,
        @Nullable DivergingEpoch divergingEpoch,
        int nearerReplica) {
    /// Whether there is nothing to tell the asker now: it has everything, or there was no room for a whole batch.
    boolean isNothing() {
        boolean isEmpty = bytes == null || bytes instanceof ReadResult.Ready(FileSlice slice) && slice.length() == 0;
        return error == ErrorKind.NONE && isEmpty && divergingEpoch == null;
    }

    static ReadOutcome refused(ErrorKind error) {
        return new ReadOutcome(error, null, -1, -1, -1, null, Part.NO_REPLICA);
    }
}
