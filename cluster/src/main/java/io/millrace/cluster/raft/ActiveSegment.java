package io.millrace.cluster.raft;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.apache.kafka.raft.LogOffsetMetadata;
import org.apache.kafka.raft.OffsetMetadata;
import org.apache.kafka.raft.SegmentPosition;
import org.jspecify.annotations.Nullable;

/// The file the engine's log appends to, opened once more to be synced alone. The engine's own flush also syncs the
/// indexes, two files and two maps, which it makes anew at every start anyway (ADR 0035).
///
/// Owned by: the Raft thread.
/// Invariant: a file is followed only after the engine has flushed everything up to it; from then on what is new is in
/// it, or in a later one, which is noticed.
final class ActiveSegment {
    private final Path folder;
    private @Nullable FileChannel channel;
    private long baseOffset;

    /// @param folder of the engine's log
    ActiveSegment(Path folder) {
        this.folder = folder;
    }

    /// Syncs the file, if the log that ends at `end` has nothing unsynced but in it.
    ///
    /// @return whether that was so; if not, the engine has to flush
    boolean sync(LogOffsetMetadata end) {
        FileChannel followed = channel;
        if (followed == null || !(position(end) instanceof SegmentPosition(long base, int bytes))) {
            return false;
        }
        try {
            // The engine may have made the file anew under its name: what was followed does not grow then.
            if (base != baseOffset || followed.size() != bytes) {
                forget();
                return false;
            }
            followed.force(false);
            return true;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static @Nullable OffsetMetadata position(LogOffsetMetadata end) {
        return end.metadata().orElse(null);
    }

    /// The engine has flushed the log, which ends at `end`.
    void follow(LogOffsetMetadata end) {
        forget();
        if (position(end) instanceof SegmentPosition(long base, int _)) {
            try {
                channel = FileChannel.open(folder.resolve("%020d.log".formatted(base)), StandardOpenOption.WRITE);
                baseOffset = base;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /// Follows no file until the engine has flushed again.
    void forget() {
        FileChannel followed = channel;
        channel = null;
        if (followed != null) {
            try {
                followed.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
