package io.millrace.simulator.node;

import io.millrace.log.FileSlice;
import io.millrace.log.ReadResult;
import io.millrace.model.InvariantViolation;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/// Brings what a log answers to a read into memory, and tells its host of damage.
///
/// Stateless.
final class Reading {
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private Reading() {}

    /// The bytes; null when the disk refused or gave back something else, or the files moved under the read: the same
    /// read is to be asked again.
    ///
    /// @param onDamaged hears of the offset where the log is damaged
    static @Nullable ByteBuffer bytes(@Nullable ReadResult result, LongConsumer onDamaged) {
        return switch (result) {
            case null -> NOTHING;
            case ReadResult.Ready(FileSlice slice) -> copy(slice);
            case ReadResult.Cold(ReadResult.ColdRead job) -> bytes(job.run(), onDamaged);
            case ReadResult.Damaged(long offset) -> {
                onDamaged.accept(offset);
                yield null;
            }
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
