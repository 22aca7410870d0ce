package io.millrace.log.disk;

import io.millrace.model.Clock;
import io.millrace.model.Randomness;
import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.NoSuchFileException;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// A file system in memory that can fail the way real ones do: [#crash] loses and tears what was not synced, the
/// capacity can run out in the middle of a write, writes and syncs can be refused, bits can flip. The same calls in the
/// same order give the same bytes, so a simulation repeats exactly. Thread-safe.
public final class MemoryDisk implements Disk {
    private final Clock clock;
    private final MemoryFolder root = new MemoryFolder();
    private final Set<String> locks = new HashSet<>();
    private long capacityBytes = Long.MAX_VALUE;
    private long reserveBytes;
    private long usedBytes;
    private boolean refusesWrites;
    private boolean refusesSyncs;
    private boolean cached = true;

    public MemoryDisk(Clock clock) {
        this.clock = clock;
    }

    /// Bytes all files together may hold; a write beyond fails after the part that fits.
    public synchronized void setCapacityBytes(long bytes) {
        capacityBytes = bytes;
    }

    /// Bytes that records do not get.
    public synchronized void setReserveBytes(long bytes) {
        reserveBytes = bytes;
    }

    public synchronized long usedBytes() {
        return usedBytes;
    }

    /// From now on every write, truncation, creation and rename fails, as on a disk that was remounted read-only.
    public synchronized void refuseWrites(boolean refuse) {
        refusesWrites = refuse;
    }

    /// From now on every sync fails.
    public synchronized void refuseSyncs(boolean refuse) {
        refusesSyncs = refuse;
    }

    /// What [DiskFile#isCached] answers.
    public synchronized void setCached(boolean isCached) {
        cached = isCached;
    }

    /// Turns one bit over, as a failing medium does: now, and after a crash.
    public synchronized void flipBit(String path, long position, int bit) throws IOException {
        file(path).flipBit(Math.toIntExact(position), bit);
    }

    /// The process dies: locks are free, the files are as they were written. Open files must not be used any more.
    public synchronized void kill() {
        locks.clear();
    }

    /// The machine loses power: of everything that was not synced, some survives, some does not, some is torn.
    public synchronized void crash(Randomness randomness) {
        locks.clear();
        root.crash(randomness);
        usedBytes = root.bytes();
    }

    @Override
    public synchronized DiskFile open(String path) throws IOException {
        return new MemoryFile(this, file(path));
    }

    @Override
    public synchronized DiskFile create(String path) throws IOException {
        MemoryFolder parent = folder(parentOf(path));
        if (parent.get(nameOf(path)) == null) {
            requireWritable();
            parent.put(nameOf(path), new MemoryNode.File(clock.wallMs()));
        }
        return open(path);
    }

    @Override
    public synchronized boolean exists(String path) {
        return find(path) != null;
    }

    @Override
    public synchronized long sizeOf(String path) {
        return find(path) instanceof MemoryNode.File file ? file.size() : 0;
    }

    @Override
    public synchronized long modifiedMs(String path) {
        return find(path) instanceof MemoryNode.File file ? file.modifiedMs() : 0;
    }

    @Override
    public synchronized List<String> list(String folder) throws IOException {
        MemoryNode found = find(folder);
        if (found == null) {
            return List.of();
        }
        if (found instanceof MemoryFolder inside) {
            return inside.names();
        }
        throw new IOException(folder + " is a file");
    }

    @Override
    public synchronized void createFolder(String path) throws IOException {
        MemoryFolder at = root;
        for (String name : names(path)) {
            MemoryNode next = at.get(name);
            if (next == null) {
                requireWritable();
                next = new MemoryFolder();
                at.put(name, next);
            }
            if (!(next instanceof MemoryFolder folder)) {
                throw new IOException(path + " leads through a file");
            }
            at = folder;
        }
    }

    @Override
    public synchronized void rename(String from, String to) throws IOException {
        requireWritable();
        MemoryFolder source = folder(parentOf(from));
        MemoryNode moved = source.get(nameOf(from));
        if (moved == null) {
            throw new NoSuchFileException(from);
        }
        MemoryFolder target = folder(parentOf(to));
        MemoryNode replaced = target.get(nameOf(to));
        if (replaced instanceof MemoryFolder folder && !folder.names().isEmpty()) {
            throw new DirectoryNotEmptyException(to);
        }
        usedBytes -= replaced == null ? 0 : replaced.bytes();
        source.rename(nameOf(from), target, nameOf(to));
    }

    @Override
    public synchronized void delete(String path) throws IOException {
        MemoryNode found = find(path);
        if (found == null) {
            return;
        }
        requireWritable();
        if (found instanceof MemoryFolder folder && !folder.names().isEmpty()) {
            throw new DirectoryNotEmptyException(path);
        }
        usedBytes -= found.bytes();
        folder(parentOf(path)).remove(nameOf(path));
    }

    @Override
    public synchronized void syncFolder(String path) throws IOException {
        requireSyncable();
        folder(path).sync();
    }

    @Override
    public synchronized Optional<Lock> lock(String path) throws IOException {
        create(path).close();
        if (!locks.add(path)) {
            return Optional.empty();
        }
        return Optional.of(() -> unlock(path));
    }

    private synchronized void unlock(String path) {
        locks.remove(path);
    }

    @Override
    public synchronized long totalBytes(String path) {
        return capacityBytes;
    }

    @Override
    public synchronized void claim(String folder, long bytes) throws IOException {
        if (reserveBytes > 0 && capacityBytes - usedBytes - bytes < reserveBytes) {
            throw new IOException("No space left for records");
        }
    }

    @Override
    public synchronized void claimNotes(String folder, long bytes) throws IOException {
        if (reserveBytes > 0 && capacityBytes - usedBytes - bytes < reserveBytes / 2) {
            throw new IOException("No space left for notes");
        }
    }

    @Override
    public synchronized boolean isShort() {
        return reserveBytes > 0 && capacityBytes - usedBytes < reserveBytes + reserveBytes / 4;
    }

    @Override
    public synchronized long usableBytes(String path) {
        return Math.max(0, capacityBytes - usedBytes);
    }

    synchronized boolean isCached() {
        return cached;
    }

    long nowMs() {
        return clock.wallMs();
    }

    void requireWritable() throws IOException {
        if (refusesWrites) {
            throw new IOException("Read-only file system");
        }
    }

    void requireSyncable() throws IOException {
        if (refusesSyncs) {
            throw new IOException("Input/output error");
        }
    }

    /// How much of a growth by `bytes` there is room for; counted as used.
    int grow(int bytes) {
        int granted = (int) Math.max(0, Math.min(bytes, capacityBytes - usedBytes));
        usedBytes += granted;
        return granted;
    }

    void shrink(int bytes) {
        usedBytes -= bytes;
    }

    private MemoryNode.File file(String path) throws IOException {
        if (find(path) instanceof MemoryNode.File file) {
            return file;
        }
        throw new NoSuchFileException(path);
    }

    private MemoryFolder folder(String path) throws IOException {
        if (find(path) instanceof MemoryFolder folder) {
            return folder;
        }
        throw new NoSuchFileException(path);
    }

    private @Nullable MemoryNode find(String path) {
        MemoryNode at = root;
        for (String name : names(path)) {
            if (!(at instanceof MemoryFolder folder)) {
                return null;
            }
            at = folder.get(name);
            if (at == null) {
                return null;
            }
        }
        return at;
    }

    private static List<String> names(String path) {
        return path.length() <= 1 ? List.of() : List.of(path.substring(1).split("/"));
    }

    private static String parentOf(String path) {
        return path.substring(0, Math.max(0, path.lastIndexOf('/')));
    }

    private static String nameOf(String path) {
        return path.substring(path.lastIndexOf('/') + 1);
    }
}
