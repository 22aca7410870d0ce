package io.millrace.log.disk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.List;
import java.util.Optional;

/// A disk whose power goes after so many changes: from then on nothing that changes anything works. What survives is
/// for the disk behind it to say.
public final class FadingDisk implements Disk {
    private final Disk disk;
    private int changesLeft = Integer.MAX_VALUE;

    public FadingDisk(Disk disk) {
        this.disk = disk;
    }

    /// The next `count` changes are done, and no later one.
    public void fadeAfter(int count) {
        changesLeft = count;
    }

    /// There is power again.
    public void restore() {
        changesLeft = Integer.MAX_VALUE;
    }

    private void change() throws IOException {
        if (changesLeft == 0) {
            throw new IOException("no power");
        }
        changesLeft--;
    }

    @Override
    public DiskFile open(String path) throws IOException {
        return new FadingFile(disk.open(path));
    }

    @Override
    public DiskFile create(String path) throws IOException {
        change();
        return new FadingFile(disk.create(path));
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
    public long totalBytes(String path) throws IOException {
        return disk.totalBytes(path);
    }

    @Override
    public long usableBytes(String path) throws IOException {
        return disk.usableBytes(path);
    }

    private final class FadingFile implements DiskFile {
        private final DiskFile file;

        private FadingFile(DiskFile file) {
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
            file.sync();
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
