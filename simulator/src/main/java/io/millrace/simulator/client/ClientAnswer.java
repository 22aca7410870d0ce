package io.millrace.simulator.client;

import io.millrace.broker.partition.LeaderHint;
import io.millrace.model.ErrorKind;
import java.nio.ByteBuffer;

/// What a node answers a client.
public sealed interface ClientAnswer {
    /// @param baseOffset -1 when unknown
    record Produced(ErrorKind error, long baseOffset, LeaderHint leader) implements ClientAnswer {}

    /// @param highWatermark -1 on error
    /// @param startOffset -1 when unknown
    /// @param isUnsure whether the leader says plainly that it knows less than others may have known: it has too few
    ///     replicas in sync to find out, and is no worse than one that says nothing
    record Fetched(
            ErrorKind error,
            ByteBuffer batches,
            long highWatermark,
            long startOffset,
            LeaderHint leader,
            boolean isUnsure)
            implements ClientAnswer {}
}
