package io.millrace.server.partition;

import io.millrace.log.FileSlice;
import io.millrace.log.ReadResult;
import java.io.IOException;
import java.nio.ByteBuffer;

/// A piece of a log that is copied to another disk.
///
/// Owned by: the disk's thread that brings it, the log's loop before and afterwards.
final class LogPiece {
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private ReadResult result;
    private ByteBuffer bytes = NOTHING;
    private String refusal = "nothing is left to read, and something is missing";

    LogPiece(ReadResult first) {
        this.result = first;
    }

    /// Looks it up, if that is still to be done, and reads it into memory. Blocks.
    void bring() {
        if (result instanceof ReadResult.Cold cold) {
            result = cold.job().run();
        }
        if (result instanceof ReadResult.Ready(FileSlice slice)) {
            try {
                bytes = copyOf(slice);
            } catch (IOException refused) {
                refusal = "can not read: " + refused.getMessage();
            } finally {
                slice.release();
            }
        }
    }

    private static ByteBuffer copyOf(FileSlice slice) throws IOException {
        ByteBuffer copy = ByteBuffer.allocate(slice.length());
        while (copy.hasRemaining()) {
            if (slice.file().read(copy, slice.position() + copy.position()) <= 0) {
                throw new IOException("a segment is shorter than its log");
            }
        }
        return copy.flip();
    }

    ReadResult result() {
        return result;
    }

    /// Whole batches; none when there is nothing, or it could not be had.
    ByteBuffer bytes() {
        return bytes;
    }

    /// Why there are none although a place was found for them.
    String refusal() {
        return refusal;
    }
}
