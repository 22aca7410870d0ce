package io.millrace.log.disk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.Optional;

/// A file in memory that is open until its last holder lets go.
public final class MemoryOpenFile {
    private MemoryOpenFile() {}

    /// @param onClose runs when the file is closed
    public static OpenFile holding(ByteBuffer bytes, Runnable onClose) {
        return new OpenFile(new MemoryFile(bytes, onClose));
    }

    private record MemoryFile(ByteBuffer bytes, Runnable onClose) implements DiskFile {
        @Override
        public int read(ByteBuffer target, long position) {
            int length = Math.min(target.remaining(), bytes.remaining() - (int) position);
            target.put(bytes.slice((int) position, length));
            return length;
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
}
