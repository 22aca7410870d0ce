package io.millrace.log.disk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.Optional;

/// Bytes on the heap as a file that can only be read, for whoever wants slices without a disk and has to know when the
/// last one is let go.
///
/// @param bytes the content, from position to limit
/// @param onClose runs when the file is closed
public record HeapFile(ByteBuffer bytes, Runnable onClose) implements DiskFile {
    @Override
    public int read(ByteBuffer target, long position) {
        int count = (int) Math.max(0, Math.min(target.remaining(), bytes.remaining() - position));
        target.put(bytes.slice(bytes.position() + (int) Math.min(position, bytes.remaining()), count));
        return count;
    }

    @Override
    public void write(ByteBuffer[] sources, long position) throws IOException {
        throw new IOException("read only");
    }

    @Override
    public long size() {
        return bytes.remaining();
    }

    @Override
    public void truncate(long size) throws IOException {
        throw new IOException("read only");
    }

    @Override
    public void sync() {}

    @Override
    public boolean isCached(long position, long length) {
        return true;
    }

    @Override
    public Optional<FileChannel> channel() {
        return Optional.empty();
    }

    @Override
    public void close() {
        onClose.run();
    }
}
