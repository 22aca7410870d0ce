package io.millrace.broker.queue;

import io.millrace.broker.queue.machine.Snapshot;
import io.millrace.broker.queue.machine.SnapshotCodec;
import java.nio.ByteBuffer;
import java.util.Optional;

/// A snapshot of the machine in the queue's log.
///
/// @param isClosing whether the queue was closed in order with it: when nothing follows it in the log, nothing was
///     delivered since
public record Checkpoint(Snapshot snapshot, boolean isClosing) {
    private static final byte VERSION = 1;
    private static final byte CLOSING = 1;
    private static final int HEAD_BYTES = 2;

    /// Version, flags, snapshot.
    public ByteBuffer encode() {
        ByteBuffer body = SnapshotCodec.encode(snapshot);
        return ByteBuffer.allocate(HEAD_BYTES + body.remaining())
                .put(VERSION)
                .put(isClosing ? CLOSING : 0)
                .put(body)
                .flip();
    }

    /// Nothing when the bytes are no checkpoint of a version this node knows.
    public static Optional<Checkpoint> decode(ByteBuffer bytes) {
        ByteBuffer in = bytes.slice();
        if (in.remaining() < HEAD_BYTES || in.get() != VERSION) {
            return Optional.empty();
        }
        boolean isClosing = (in.get() & CLOSING) != 0;
        return SnapshotCodec.decode(in.slice()).map(snapshot -> new Checkpoint(snapshot, isClosing));
    }
}
