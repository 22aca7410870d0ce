package io.millrace.log.clean;

import io.millrace.log.batch.BatchHeader;
import io.millrace.log.disk.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;

/// Reads a segment file from front to end, whole batches at a time, in large reads.
///
/// Owned by: whoever made it. Invariant: after [#next()] said yes, one whole batch lies in [#buffer()] at [#at()].
public final class BatchReader {
    private static final int CHUNK_BYTES = 1 << 20;

    private final DiskFile file;
    private final long end;
    private final CleanPace pace;
    private ByteBuffer buffer;
    private long bufferPosition;
    private long position;
    private long nextPosition;

    public BatchReader(DiskFile file, long sizeBytes) {
        this(file, sizeBytes, CleanPace.UNLIMITED);
    }

    BatchReader(DiskFile file, long sizeBytes, CleanPace pace) {
        this.file = file;
        this.end = sizeBytes;
        this.pace = pace;
        this.buffer =
                ByteBuffer.allocate((int) Math.min(CHUNK_BYTES, sizeBytes)).limit(0);
    }

    /// Moves to the next batch; false at the end, and where the bytes are not a batch that ends inside the file. Then
    /// [#nextPosition()] is short of the end.
    public boolean next() throws IOException {
        if (end - nextPosition < BatchHeader.OVERHEAD || !load(nextPosition, BatchHeader.OVERHEAD)) {
            return false;
        }
        int size = BatchHeader.sizeInBytes(buffer, (int) (nextPosition - bufferPosition));
        if (size < BatchHeader.OVERHEAD || size > end - nextPosition || !load(nextPosition, size)) {
            return false;
        }
        if (BatchHeader.magic(buffer, (int) (nextPosition - bufferPosition)) != BatchHeader.MAGIC) {
            return false;
        }
        position = nextPosition;
        nextPosition += size;
        return true;
    }

    private boolean load(long from, int bytes) throws IOException {
        if (from >= bufferPosition && from + bytes <= bufferPosition + buffer.limit()) {
            return true;
        }
        if (bytes > buffer.capacity()) {
            buffer = ByteBuffer.allocate(bytes);
        }
        buffer.clear().limit((int) Math.min(buffer.capacity(), end - from));
        int count = file.read(buffer, from);
        buffer.flip();
        bufferPosition = from;
        pace.spent(count);
        return count >= bytes;
    }

    public ByteBuffer buffer() {
        return buffer;
    }

    /// Where the batch begins in [#buffer()].
    public int at() {
        return (int) (position - bufferPosition);
    }

    /// Where the batch begins in the file.
    public long position() {
        return position;
    }

    /// Where the next one would begin.
    public long nextPosition() {
        return nextPosition;
    }

    /// Whether every byte belonged to a batch.
    public boolean isAtEnd() {
        return nextPosition == end;
    }
}
