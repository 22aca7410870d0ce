package io.millrace.kafka;

import io.millrace.log.FileSlice;
import io.millrace.log.disk.DiskFile;
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
        return new Slice(position, length);
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

    private final class Slice implements FileSlice {
        private final int position;
        private final int length;
        private boolean released;

        Slice(int position, int length) {
            this.position = position;
            this.length = length;
        }

        @Override
        public DiskFile file() {
            return MemoryFile.this;
        }

        @Override
        public long position() {
            return position;
        }

        @Override
        public int length() {
            return length;
        }

        @Override
        public void release() {
            if (released) {
                throw new IllegalStateException("slice released twice");
            }
            released = true;
            openSlices--;
        }
    }
}
