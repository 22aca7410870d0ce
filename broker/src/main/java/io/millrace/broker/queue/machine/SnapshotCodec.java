package io.millrace.broker.queue.machine;

import java.nio.ByteBuffer;
import java.util.Optional;

/// Snapshots as bytes: what control batches of the log carry. Versioned; decoding is total.
public final class SnapshotCodec {
    private SnapshotCodec() {}

    public static ByteBuffer encode(Snapshot snapshot) {
        throw new UnsupportedOperationException();
    }

    /// Nothing when the bytes are no snapshot of a version this node knows.
    public static Optional<Snapshot> decode(ByteBuffer bytes) {
        throw new UnsupportedOperationException();
    }
}
