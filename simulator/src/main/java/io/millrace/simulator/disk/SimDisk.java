package io.millrace.simulator.disk;

import io.millrace.log.disk.Disk;
import io.millrace.log.disk.DiskFile;
import io.millrace.log.disk.MemoryDisk;
import io.millrace.simulator.world.ProcessDied;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.List;
import java.util.Optional;

/// One life's view of its machine's [MemoryDisk]: the process may end before any call that changes something, and once
/// it has ended none of its calls gets through.
///
/// Owned by: the thread of the simulation.
public final class SimDisk implements Disk {
    private final MemoryDisk disk;
    private final boolean lies;
    private long changesLeft = Long.MAX_VALUE;

    /// @param lies whether syncs of batches do nothing, for tests of the simulator itself
    public SimDisk(MemoryDisk disk, boolean lies) {
        this.disk = disk;
        this.lies = lies;
    }

    /// The process ends instead of the change after the next `changes` ones.
    public void dieAfter(int changes) {
        changesLeft = changes;
    }

    /// The process goes on after all.
    public void live() {
        changesLeft = Long.MAX_VALUE;
    }

    private void change() {
        if (changesLeft <= 0) {
            throw new ProcessDied();
        }
        changesLeft--;
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
    public long totalBytes(String path) throws IOException {
        return disk.totalBytes(path);
    }

    @Override
    public long usableBytes(String path) throws IOException {
        return disk.usableBytes(path);
    }

    private final class WatchedFile implements DiskFile {
        private final DiskFile file;
        private final boolean isLied;

        WatchedFile(String path, DiskFile file) {
            this.file = file;
            this.isLied = lies && path.endsWith(".log");
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
            if (!isLied) {
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
