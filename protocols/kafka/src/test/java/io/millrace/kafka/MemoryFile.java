package io.millrace.kafka;

import io.millrace.log.FileSlice;
import io.millrace.log.disk.DiskFile;
import io.millrace.log.disk.OpenFile;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.Optional;

/// A segment file on the heap that counts its open slices, so that a test sees every slice that nobody released.
final class MemoryFile implements DiskFile {
    private byte[] bytes = new byte[0];
    private int openSlices;

    void append(byte[] more) {
        byte[] grown = new byte[bytes.length + more.length];
        System.arraycopy(bytes, 0, grown, 0, bytes.length);
        System.arraycopy(more, 0, grown, bytes.length, more.length);
        bytes = grown;
    }

    int openSlices() {
        return openSlices;
    }

    FileSlice slice(int position, int length) {
        openSlices++;
        return FileSlice.of(new OpenFile(new View()), position, length);
    }

    @Override
    public int read(ByteBuffer target, long position) {
        int count = (int) Math.min(target.remaining(), bytes.length - position);
        target.put(bytes, (int) position, count);
        return count;
    }

    @Override
    public void write(ByteBuffer[] sources, long position) {
        throw new UnsupportedOperationException("grows by append only");
    }

    @Override
    public long size() {
        return bytes.length;
    }

    @Override
    public void truncate(long size) {
        throw new UnsupportedOperationException("grows only");
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
    public void close() {}

    /// What one slice holds open.
    private final class View implements DiskFile {
        @Override
        public int read(ByteBuffer target, long position) {
            return MemoryFile.this.read(target, position);
        }

        @Override
        public void write(ByteBuffer[] sources, long position) {
            MemoryFile.this.write(sources, position);
        }

        @Override
        public long size() {
            return MemoryFile.this.size();
        }

        @Override
        public void truncate(long size) {
            MemoryFile.this.truncate(size);
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
            openSlices--;
        }
    }
}
