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
    record Fetched(ErrorKind error, ByteBuffer batches, long highWatermark, long startOffset, LeaderHint leader)
            implements ClientAnswer {}
}
