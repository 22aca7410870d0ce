package io.millrace.log.disk;

import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.Optional;

/// A file with nothing in it that was never opened: what a slice of a log without any batch points to.
public final class EmptyFile implements DiskFile {
    @Override
    public int read(ByteBuffer target, long position) {
        return 0;
    }

    @Override
    public void write(ByteBuffer[] sources, long position) {
        throw new UnsupportedOperationException("an empty file stays empty");
    }

    @Override
    public long size() {
        return 0;
    }

    @Override
    public void truncate(long size) {}

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
}
