package io.millrace.log.disk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.List;
import java.util.Optional;

/// A disk behind which something may happen before each change: the power goes, the process dies. For tests and the
/// simulator.
///
/// Owned by: whoever owns the disk behind it.
public abstract class WatchedDisk implements Disk {
    private final Disk disk;

    protected WatchedDisk(Disk disk) {
        this.disk = disk;
    }

    /// Called before each call that changes something; what it throws is what the caller gets instead.
    protected abstract void change() throws IOException;

    /// Whether a sync of that file reaches the disk, or is only said to.
    protected boolean syncs(String path) {
        return true;
    }

    @Override
    public DiskFile open(String path) throws IOException {
        return new WatchedFile(path, disk.open(path));
    }

    @Override
    public DiskFile create(String path) throws IOException {
        change();
        return new WatchedFile(path, disk.create(path));
    }

    @Override
    public boolean exists(String path) {
        return disk.exists(path);
    }

    @Override
    public long sizeOf(String path) {
        return disk.sizeOf(path);
    }

    @Override
    public long modifiedMs(String path) {
        return disk.modifiedMs(path);
    }

    @Override
    public List<String> list(String folder) throws IOException {
        return disk.list(folder);
    }

    @Override
    public void createFolder(String path) throws IOException {
        change();
        disk.createFolder(path);
    }

    @Override
    public void rename(String from, String to) throws IOException {
        change();
        disk.rename(from, to);
    }

    @Override
    public void delete(String path) throws IOException {
        change();
        disk.delete(path);
    }

    @Override
    public void syncFolder(String path) throws IOException {
        change();
        disk.syncFolder(path);
    }

    @Override
    public Optional<Lock> lock(String path) throws IOException {
        return disk.lock(path);
    }

    @Override
    public void claim(String folder, long bytes) throws IOException {
        disk.claim(folder, bytes);
    }

    @Override
    public void claimNotes(String folder, long bytes) throws IOException {
        disk.claimNotes(folder, bytes);
    }

    @Override
    public boolean isShort() {
        return disk.isShort();
    }

    @Override
    public long totalBytes(String path) throws IOException {
        return disk.totalBytes(path);
    }

    @Override
    public long usableBytes(String path) throws IOException {
        return disk.usableBytes(path);
    }

    private final class WatchedFile implements DiskFile {
        private final String path;
        private final DiskFile file;

        private WatchedFile(String path, DiskFile file) {
            this.path = path;
            this.file = file;
        }

        @Override
        public int read(ByteBuffer target, long position) throws IOException {
            return file.read(target, position);
        }

        @Override
        public void write(ByteBuffer[] sources, long position) throws IOException {
            change();
            file.write(sources, position);
        }

        @Override
        public long size() throws IOException {
            return file.size();
        }

        @Override
        public void truncate(long size) throws IOException {
            change();
            file.truncate(size);
        }

        @Override
        public void sync() throws IOException {
            change();
            if (syncs(path)) {
                file.sync();
            }
        }

        @Override
        public boolean isCached(long position, long length) {
            return file.isCached(position, length);
        }

        @Override
        public Optional<FileChannel> channel() {
            return file.channel();
        }

        @Override
        public void close() throws IOException {
            file.close();
        }
    }
}
