package io.millrace.log.disk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A file that could only be opened for reading. It may stay open until its file system takes writes again, so whoever
/// writes to it asks the system anew; readers keep the descriptor they have.
///
/// Owned by: as [RealFile].
/// Invariant: what is written reaches the file that was opened, never another that took its name.
final class ReadOnlyFile implements DiskFile {
    private final String path;
    private final PageCacheProbe probe;
    private final RealFile reader;
    private final @Nullable Object identity;
    private @Nullable RealFile writer;

    private ReadOnlyFile(String path, PageCacheProbe probe, RealFile reader, @Nullable Object identity) {
        this.path = path;
        this.probe = probe;
        this.reader = reader;
        this.identity = identity;
    }

    static ReadOnlyFile open(String path, PageCacheProbe probe) throws IOException {
        Object identity = identityOf(path);
        FileChannel channel = FileChannel.open(Path.of(path), StandardOpenOption.READ);
        return new ReadOnlyFile(path, probe, new RealFile(path, channel, probe), identity);
    }

    private static @Nullable Object identityOf(String path) throws IOException {
        return Files.readAttributes(Path.of(path), BasicFileAttributes.class).fileKey();
    }

    private RealFile writer() throws IOException {
        RealFile opened = writer;
        if (opened == null) {
            if (!Objects.equals(identityOf(path), identity)) {
                throw new FileSystemException(path, null, "was opened read-only and is another file by now");
            }
            opened = new RealFile(
                    path, FileChannel.open(Path.of(path), StandardOpenOption.READ, StandardOpenOption.WRITE), probe);
            writer = opened;
        }
        return opened;
    }

    @Override
    public int read(ByteBuffer target, long position) throws IOException {
        return reader.read(target, position);
    }

    @Override
    public void write(ByteBuffer[] sources, long position) throws IOException {
        writer().write(sources, position);
    }

    @Override
    public long size() throws IOException {
        return reader.size();
    }

    @Override
    public void truncate(long size) throws IOException {
        writer().truncate(size);
    }

    /// The system keeps what is not on disk yet with the file, not with who wrote it.
    @Override
    public void sync() throws IOException {
        reader.sync();
    }

    @Override
    public boolean isCached(long position, long length) {
        return reader.isCached(position, length);
    }

    @Override
    public Optional<FileChannel> channel() {
        return reader.channel();
    }

    @Override
    public void close() throws IOException {
        RealFile opened = writer;
        if (opened != null) {
            opened.close();
        }
        reader.close();
    }
}
