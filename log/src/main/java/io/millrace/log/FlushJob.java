package io.millrace.log;

import io.millrace.log.disk.OpenFile;
import io.millrace.log.segment.Segment;
import io.millrace.log.segment.SegmentFiles;
import io.millrace.model.Clock;
import io.millrace.model.ErrorKind;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The disk work of one log, cut loose from its owner: a gathering write of everything appended since the last job, the
/// segment rolls that fall into it, and, when asked for, the fsync.
///
/// Made by the log's owner ([PartitionLog#beginFlush(boolean)]), run once by any one thread, and given back to the
/// owner ([PartitionLog#endFlush(FlushJob)]). A log has at most one job out at a time, so jobs never race.
public final class FlushJob {
    private final PartitionFolder.Work folder;
    private final List<PendingWrite> writes;
    private final List<Segment> unsynced;
    private final Segment active;
    private final boolean sync;
    private final long endOffset;
    private ErrorKind error = ErrorKind.NONE;
    private @Nullable IOException cause;

    /// @param unsynced segments with bytes that are not durable, those in `writes` included
    /// @param active the segment the log appends to; the others are sealed when `writes` are done
    FlushJob(
            PartitionFolder.Work folder,
            List<PendingWrite> writes,
            List<Segment> unsynced,
            Segment active,
            boolean sync,
            long endOffset) {
        this.folder = folder;
        this.writes = writes;
        this.unsynced = unsynced;
        this.active = active;
        this.sync = sync;
        this.endOffset = endOffset;
    }

    /// Does the I/O. Never throws for what a disk can do: the outcome is in [#error()].
    public void run() {
        if (write()) {
            sync();
        }
    }

    /// The same; returns how long the sync alone took in nanoseconds, 0 when there was none to do or it failed.
    public long run(Clock clock) {
        if (!write()) {
            return 0;
        }
        long startNs = clock.monotonicNs();
        sync();
        return sync && error == ErrorKind.NONE ? clock.monotonicNs() - startNs : 0;
    }

    private boolean write() {
        error = ErrorKind.STORAGE_ERROR; // until all is done: a fault of ours is no success either
        try {
            claim();
            folder.run();
            for (PendingWrite write : writes) {
                write.run();
            }
            return true;
        } catch (IOException e) {
            cause = e;
            return false;
        }
    }

    /// A roll alone is bookkeeping: to make room may need it.
    private void claim() throws IOException {
        long records = recordBytes();
        if (records > 0) {
            folder.claim(records);
        } else if (bytes() > 0) {
            folder.claimNotes(bytes());
        }
    }

    private void sync() {
        try {
            if (sync) {
                for (Segment segment : unsynced) {
                    syncUnlessDeleted(segment);
                }
                folder.sync();
            }
            error = ErrorKind.NONE;
        } catch (IOException e) {
            cause = e;
        }
    }

    /// Retention may delete a sealed segment while the job is out.
    private void syncUnlessDeleted(Segment segment) throws IOException {
        try {
            sync(segment);
        } catch (NoSuchFileException e) {
            if (segment == active) {
                throw e;
            }
        }
    }

    /// The batches, and for a segment that is sealed its indexes: recovery will not look at them again.
    private void sync(Segment segment) throws IOException {
        OpenFile held = segment.log().hold();
        try {
            held.file().sync();
        } finally {
            held.release();
        }
        if (segment != active) {
            SegmentFiles.syncIndexes(segment);
        }
    }

    /// [ErrorKind#NONE], or [ErrorKind#STORAGE_ERROR] when the disk refused; valid after [#run()].
    public ErrorKind error() {
        return error;
    }

    /// What the disk said, empty when it did as it was told.
    public String errorMessage() {
        return cause == null ? "" : String.valueOf(cause.getMessage());
    }

    /// How many bytes of batches the job writes.
    public long bytes() {
        long total = 0;
        for (PendingWrite write : writes) {
            total += write.bytes();
        }
        return total;
    }

    private long recordBytes() {
        long total = 0;
        for (PendingWrite write : writes) {
            total += write.recordBytes();
        }
        return total;
    }

    /// The job is back: nobody reads the bytes any more.
    void releaseLeases() {
        writes.forEach(PendingWrite::releaseLeases);
    }

    PartitionFolder.Work folder() {
        return folder;
    }

    List<PendingWrite> writes() {
        return writes;
    }

    boolean isSync() {
        return sync;
    }

    long endOffset() {
        return endOffset;
    }
}
