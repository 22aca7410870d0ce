package io.millrace.kafka.codec;

import io.millrace.log.FileSlice;
import java.nio.ByteBuffer;
import java.util.List;

/// A response ready for the network, size prefix included: pieces to be written one behind the other.
///
/// Whoever receives it owns the file pieces: it calls [#release()] exactly once, after the last byte went out or when
/// the connection has gone, or releases each slice by itself as it goes.
///
/// @param sizeBytes sum of all pieces
public record EncodedResponse(List<Piece> pieces, long sizeBytes) {
    /// A run of bytes.
    public sealed interface Piece {
        /// Bytes on the heap, nobody else's: from position to limit.
        record Bytes(ByteBuffer buffer) implements Piece {}

        /// Bytes in a file, to be sent without copying.
        record File(FileSlice slice) implements Piece {}
    }

    /// Gives every file piece back.
    public void release() {
        for (Piece piece : pieces) {
            if (piece instanceof Piece.File(FileSlice slice)) {
                slice.release();
            }
        }
    }
}
