package io.millrace.log.disk;

import java.io.File;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// The machine's own file system.
///
/// Owned by: nobody; thread-safe.
public final class RealDisk implements Disk {
    private final PageCacheProbe probe;
    private final Reserve reserve;

    /// A disk that keeps nothing back.
    public RealDisk() {
        this(0);
    }

    /// @param reserveBytes room that records do not get; one object then stands for one file system
    public RealDisk(long reserveBytes) {
        this.probe = PageCacheProbe.ofThisMachine();
        this.reserve = new Reserve(reserveBytes);
    }

    @Override
    public DiskFile open(String path) throws IOException {
        try {
            return new RealFile(path, channel(path, false), probe);
        } catch (AccessDeniedException e) {
            return openReadOnly(path);
        } catch (FileSystemException e) {
            if (mayOnlyBeRead(String.valueOf(e.getReason()))) {
                return openReadOnly(path);
            }
            throw e;
        }
    }

    /// EROFS, and EPERM as an immutable file has it.
    private static boolean mayOnlyBeRead(String reason) {
        return reason.contains("Read-only") || reason.contains("not permitted");
    }

    @Override
    public DiskFile create(String path) throws IOException {
        return new RealFile(path, channel(path, true), probe);
    }

    DiskFile openReadOnly(String path) throws IOException {
        return ReadOnlyFile.open(path, probe);
    }

    private static FileChannel channel(String path, boolean create) throws IOException {
        return create
                ? FileChannel.open(
                        Path.of(path), StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.CREATE)
                : FileChannel.open(Path.of(path), StandardOpenOption.READ, StandardOpenOption.WRITE);
    }

    @Override
    public boolean exists(String path) {
        return new File(path).exists();
    }

    @Override
    public long sizeOf(String path) {
        return new File(path).length();
    }

    @Override
    public long modifiedMs(String path) {
        return new File(path).lastModified();
    }

    /// `java.io.File` lists a folder at about a third of the cost of a directory stream, which counts at 10,000
    /// folders.
    @Override
    public List<String> list(String folder) throws IOException {
        File file = new File(folder);
        String[] names = file.list();
        if (names == null) {
            if (file.exists()) {
                throw new IOException("can not list " + folder);
            }
            return List.of();
        }
        Arrays.sort(names);
        return List.of(names);
    }

    @Override
    public void createFolder(String path) throws IOException {
        Files.createDirectories(Path.of(path));
    }

    @Override
    public void rename(String from, String to) throws IOException {
        Files.move(Path.of(from), Path.of(to), StandardCopyOption.ATOMIC_MOVE);
    }

    @Override
    public void delete(String path) throws IOException {
        Files.deleteIfExists(Path.of(path));
    }

    @Override
    public void syncFolder(String path) throws IOException {
        try (FileChannel channel = FileChannel.open(Path.of(path), StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    @Override
    public Optional<Lock> lock(String path) throws IOException {
        FileChannel channel = FileChannel.open(Path.of(path), StandardOpenOption.WRITE, StandardOpenOption.CREATE);
        Optional<FileLock> lock = tryLock(channel);
        if (lock.isEmpty()) {
            channel.close();
        }
        return lock.map(held -> channel::close);
    }

    private static Optional<FileLock> tryLock(FileChannel channel) throws IOException {
        try {
            return Optional.ofNullable(channel.tryLock());
        } catch (OverlappingFileLockException e) {
            return Optional.empty();
        }
    }

    @Override
    public void claim(String folder, long bytes) throws IOException {
        reserve.claim(folder, bytes);
    }

    @Override
    public void claimNotes(String folder, long bytes) throws IOException {
        reserve.claimNotes(folder, bytes);
    }

    @Override
    public boolean isShort() {
        return reserve.isShort();
    }

    @Override
    public long totalBytes(String path) throws IOException {
        return Files.getFileStore(Path.of(path)).getTotalSpace();
    }

    @Override
    public long usableBytes(String path) throws IOException {
        return Files.getFileStore(Path.of(path)).getUsableSpace();
    }
}
