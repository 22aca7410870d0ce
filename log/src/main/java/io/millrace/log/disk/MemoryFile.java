package io.millrace.log.disk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.util.Arrays;
import java.util.Optional;

/// One open file of a [MemoryDisk]. Like a descriptor, it goes on working when the file is renamed or deleted.
final class MemoryFile implements DiskFile {
    private final MemoryDisk disk;
    private final MemoryNode.File node;
    private boolean closed;

    MemoryFile(MemoryDisk disk, MemoryNode.File node) {
        this.disk = disk;
        this.node = node;
    }

    @Override
    public int read(ByteBuffer target, long position) throws IOException {
        synchronized (disk) {
            requireOpen();
            int count = (int) Math.max(0, Math.min(target.remaining(), node.size() - position));
            if (count > 0) {
                node.read(target, (int) position, count);
            }
            return count;
        }
    }

    @Override
    public void write(ByteBuffer[] sources, long position) throws IOException {
        synchronized (disk) {
            requireOpen();
            disk.requireWritable();
            int length = 0;
            for (ByteBuffer source : sources) {
                length += source.remaining();
            }
            byte[] bytes = new byte[length];
            int at = 0;
            for (ByteBuffer source : sources) {
                int count = source.remaining();
                source.get(bytes, at, count);
                at += count;
            }
            writeAll(Math.toIntExact(position), bytes);
        }
    }

    private void writeAll(int position, byte[] bytes) throws IOException {
        int growth = Math.max(0, position + bytes.length - node.size());
        int granted = disk.grow(growth);
        int fits = bytes.length - (growth - granted);
        if (fits > 0) {
            node.write(position, Arrays.copyOf(bytes, fits), disk.nowMs());
        } else {
            disk.shrink(granted);
        }
        if (granted < growth) {
            throw new IOException("No space left on device");
        }
    }

    @Override
    public long size() throws IOException {
        synchronized (disk) {
            requireOpen();
            return node.size();
        }
    }

    @Override
    public void truncate(long size) throws IOException {
        synchronized (disk) {
            requireOpen();
            disk.requireWritable();
            disk.shrink(Math.max(0, node.size() - Math.toIntExact(size)));
            node.truncate(Math.toIntExact(size));
        }
    }

    @Override
    public void sync() throws IOException {
        synchronized (disk) {
            requireOpen();
            disk.requireSyncable();
            node.sync();
        }
    }

    @Override
    public boolean isCached(long position, long length) {
        return disk.isCached() && !node.isEvicted();
    }

    @Override
    public Optional<FileChannel> channel() {
        return Optional.empty();
    }

    @Override
    public void close() {
        synchronized (disk) {
            closed = true;
        }
    }

    private void requireOpen() throws IOException {
        if (closed) {
            throw new ClosedChannelException();
        }
    }
}
