package io.millrace.simulator.node;

import io.millrace.log.FileSlice;
import io.millrace.log.ReadResult;
import io.millrace.model.InvariantViolation;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// Brings what a log answers to a read into memory.
///
/// Stateless.
final class Reading {
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private Reading() {}

    /// The bytes; null when the disk refused, or the files moved under the read: the same read is to be asked again.
    static @Nullable ByteBuffer bytes(@Nullable ReadResult result) {
        return switch (result) {
            case null -> NOTHING;
            case ReadResult.Ready(FileSlice slice) -> copy(slice);
            case ReadResult.Cold(ReadResult.ColdRead job) -> bytes(job.run());
            case ReadResult.Refused _, ReadResult.Moved _ -> null;
        };
    }

    private static ByteBuffer copy(FileSlice slice) {
        ByteBuffer bytes = ByteBuffer.allocate(slice.length());
        try {
            slice.file().read(bytes, slice.position());
        } catch (IOException refused) {
            throw new InvariantViolation("a simulated disk does not refuse reads: " + refused);
        } finally {
            slice.release();
        }
        return bytes.flip();
    }
}
