package io.millrace.cluster.raft;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Finds out whether the disk takes what the engine is about to write. The engine does not survive a write that fails,
/// and its memory-mapped indexes turn a full disk into a fault of the JVM; so it is asked for less than was just proven
/// to be there. A disk that has plenty left, and was written to a moment ago, is only asked how much that is.
///
/// Owned by: the metadata loop.
final class WriteProbe {
    /// What goes with a write: headers, a new page of each index, the mark of what is committed.
    private static final int MARGIN_BYTES = 256 << 10;

    /// More than all that write here can take in [#FRESH_NANOS].
    private static final long PLENTY_BYTES = 1L << 30;

    private static final long FRESH_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    /// Files of this suffix are nobody's: what a crash leaves is written over.
    private static final String NAME = "space.part";

    private final Path folder;
    private @Nullable FileStore store;
    private long writtenNanos;

    WriteProbe(Path folder) {
        this.folder = folder;
    }

    /// @param bytes what is about to be written
    /// @throws IOException with the disk's own words when it refuses
    void check(long bytes) throws IOException {
        FileStore known = store;
        boolean isFresh = known != null && System.nanoTime() - writtenNanos < FRESH_NANOS;
        if (known == null || !isFresh || known.getUsableSpace() < PLENTY_BYTES) {
            check(folder, bytes);
            store = known == null ? Files.getFileStore(folder) : known;
            writtenNanos = System.nanoTime();
        }
    }

    /// Whether as much is left, as the file system tells. For writes beside the engine's: a file that takes room to
    /// prove that it is there would take it from the engine.
    static boolean hasRoom(Path folder, long bytes) throws IOException {
        return Files.getFileStore(folder).getUsableSpace() >= bytes + MARGIN_BYTES;
    }

    /// @param bytes what is about to be written
    /// @throws IOException with the disk's own words when it refuses
    static void check(Path folder, long bytes) throws IOException {
        Path file = folder.resolve(NAME);
        try {
            write(file, bytes + MARGIN_BYTES);
        } catch (IOException refused) {
            throw new IOException(folder + " can not be written: " + refused.getMessage(), refused);
        }
    }

    /// A file that could not be written whole holds room that others need.
    private static void write(Path file, long bytes) throws IOException {
        try (FileChannel channel = FileChannel.open(
                file, StandardOpenOption.WRITE, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING)) {
            ByteBuffer zeros = ByteBuffer.allocate(MARGIN_BYTES);
            for (long left = bytes; left > 0; ) {
                zeros.clear().limit((int) Math.min(left, MARGIN_BYTES));
                left -= channel.write(zeros);
            }
        } finally {
            Files.deleteIfExists(file);
        }
    }
}
