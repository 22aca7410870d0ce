package io.millrace.log.segment;

import io.millrace.log.batch.BatchHeader;
import io.millrace.log.disk.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;

/// Walks the batches of a segment file from header to header. Reads a chunk at a time, so a run of small batches costs
/// one read, and skips the bodies of large ones.
///
/// Owned by: whoever made it. Invariant: after [#next()] said yes, a whole plausible header lies in [#buffer()] at
/// [#at()], and the batch ends inside the limit.
public final class BatchCursor {
    private static final int CHUNK_BYTES = 4096;

    private final DiskFile file;
    private final int limit;
    private ByteBuffer buffer;
    private int bufferPosition;
    private int position;
    private int nextPosition;

    /// @param from where a batch begins
    /// @param limit where the last batch ends
    public BatchCursor(DiskFile file, int from, int limit) {
        this(file, from, limit, CHUNK_BYTES);
    }

    /// @param chunkBytes how much is read at once
    public BatchCursor(DiskFile file, int from, int limit, int chunkBytes) {
        this.file = file;
        this.limit = limit;
        this.nextPosition = from;
        this.position = from;
        this.buffer =
                ByteBuffer.allocate(Math.max(BatchHeader.OVERHEAD, Math.min(chunkBytes, Math.max(0, limit - from))));
        this.buffer.limit(0);
    }

    /// Moves to the next batch; false at the limit, and also where the bytes are no batch that ends inside it.
    public boolean next() throws IOException {
        if (limit - nextPosition < BatchHeader.OVERHEAD || !load(nextPosition, BatchHeader.OVERHEAD)) {
            return false;
        }
        int size = BatchHeader.sizeInBytes(buffer, nextPosition - bufferPosition);
        if (size < BatchHeader.OVERHEAD
                || size > limit - nextPosition
                || BatchHeader.magic(buffer, nextPosition - bufferPosition) != BatchHeader.MAGIC) {
            return false;
        }
        position = nextPosition;
        nextPosition += size;
        return true;
    }

    /// Brings the whole current batch into [#buffer()].
    public boolean loadBody() throws IOException {
        return load(position, size());
    }

    private boolean load(int from, int bytes) throws IOException {
        if (from >= bufferPosition && from + bytes <= bufferPosition + buffer.limit()) {
            return true;
        }
        if (bytes > buffer.capacity()) {
            buffer = ByteBuffer.allocate(Math.max(bytes, buffer.capacity() * 2));
        }
        buffer.clear().limit(Math.min(buffer.capacity(), limit - from));
        int count = file.read(buffer, from);
        buffer.flip();
        bufferPosition = from;
        return count >= bytes;
    }

    public ByteBuffer buffer() {
        return buffer;
    }

    /// Where the current batch begins inside [#buffer()].
    public int at() {
        return position - bufferPosition;
    }

    /// Where the current batch begins inside the file.
    public int position() {
        return position;
    }

    /// Where the current batch ends inside the file.
    public int endPosition() {
        return nextPosition;
    }

    public int size() {
        return nextPosition - position;
    }

    public long baseOffset() {
        return BatchHeader.baseOffset(buffer, at());
    }

    public long lastOffset() {
        return BatchHeader.lastOffset(buffer, at());
    }
}
