package io.millrace.cluster.queue;

import io.millrace.cluster.metadata.RecordReader.MalformedRecord;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Puts units together from frames. One that came in one frame is not copied; memory for others grows with what has
/// arrived.
///
/// Owned by: one end of one connection.
final class UnitReader {
    /// More than any message has.
    private static final int UNIT_BYTES_MAX = 640 << 20;

    private byte[] parts = {};
    private int size;

    /// A whole unit, valid as long as `frame` is, or `null` when more of it is to come.
    @Nullable
    ByteBuffer onFrame(ByteBuffer frame) throws MalformedRecord {
        if (!frame.hasRemaining()) {
            throw new MalformedRecord("an empty frame");
        }
        byte mark = frame.get();
        if (mark == UnitWriter.LAST && size == 0) {
            return frame;
        }
        if (mark != UnitWriter.LAST && mark != UnitWriter.MORE) {
            throw new MalformedRecord("frame of kind " + mark);
        }
        append(frame);
        if (mark == UnitWriter.MORE) {
            return null;
        }
        ByteBuffer unit = ByteBuffer.wrap(parts, 0, size);
        parts = new byte[0];
        size = 0;
        return unit;
    }

    private void append(ByteBuffer frame) throws MalformedRecord {
        int length = frame.remaining();
        if (length > UNIT_BYTES_MAX - size) {
            throw new MalformedRecord("a unit of more than " + UNIT_BYTES_MAX + " bytes");
        }
        if (parts.length - size < length) {
            parts = Arrays.copyOf(parts, Math.max(size + length, (int) Math.min(UNIT_BYTES_MAX, parts.length * 2L)));
        }
        frame.get(parts, size, length);
        size += length;
    }
}
