package io.millrace.log;

import io.millrace.log.segment.IndexWrite;
import io.millrace.log.segment.Segment;
import io.millrace.model.Lease;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The way of a log's batches to the disk, turn by turn: what was appended gathers here, leaves with a [FlushJob], and
/// when the job is back the log is written and durable that much further.
///
/// Owned by: the log's owner.
/// Invariant: a segment with bytes that are not durable is in `unsynced`, or its job is out and syncs it.
final class FlushCycle {
    private final PartitionFolder folder;
    private final Positions positions;
    private final UnwrittenTail tail = new UnwrittenTail();
    private List<Segment> unsynced = List.of();

    /// @param scanned segments found in the files that are not known to be durable
    FlushCycle(PartitionFolder folder, Positions positions, List<Segment> scanned) {
        this.folder = folder;
        this.positions = positions;
        restart(scanned);
    }

    /// The log was built anew from its files: nothing waits to be written any more.
    void restart(List<Segment> scanned) {
        unsynced = scanned.isEmpty() ? List.of() : new ArrayList<>(scanned);
    }

    /// Bytes that no job has taken yet.
    long bytes() {
        return tail.bytes();
    }

    /// Takes batches over without copying: `lease` is held until they are written. Call before the segment takes note
    /// of them.
    ///
    /// @param isNote see [Admission#isNote]
    void add(Segment active, ByteBuffer batches, Lease lease, boolean isNote) {
        tail.add(active, batches, lease, isNote);
        lease.retain();
        markUnsynced(active);
    }

    /// The log rolled from `full` to `next`.
    void seal(Segment full, Segment next, ByteBuffer producerSnapshot) {
        tail.writeTo(full).seal(next, producerSnapshot);
        markUnsynced(full);
    }

    private void markUnsynced(Segment segment) {
        if (unsynced.isEmpty()) {
            unsynced = new ArrayList<>(1); // the one list that all idle logs share takes nothing
        }
        if (unsynced.isEmpty() || unsynced.getLast() != segment) {
            unsynced.add(segment);
        }
    }

    /// Retention gave these up: nobody needs them on disk.
    void forget(List<Segment> removed) {
        if (!unsynced.isEmpty()) {
            unsynced.removeAll(removed);
        }
    }

    /// What was not handed to a job is not going to be written.
    void drop() {
        tail.drop();
    }

    /// Segments with bytes in the file that are not known to be durable.
    List<Segment> unsynced() {
        return List.copyOf(unsynced);
    }

    /// Cuts loose the disk work for everything appended so far; empty when there is none.
    Optional<FlushJob> begin(boolean sync, LogContents contents) {
        boolean toSync = sync && positions.durable() < positions.end();
        if (tail.isEmpty() && !toSync) {
            return Optional.empty();
        }
        prepareFiles();
        List<PendingWrite> writes = tail.detach();
        return Optional.of(new FlushJob(
                folder.begin(contents.epochs()),
                writes,
                toSync ? List.copyOf(unsynced) : List.of(),
                contents.active(),
                toSync,
                positions.end()));
    }

    private void prepareFiles() {
        for (PendingWrite write : tail.writes()) {
            if (write.makesFiles()) {
                folder.namesChanged();
            }
            if (write.seals()) {
                write.setIndex(write.segment().sealIndexes());
                write.setRecoveryPoint(positions.synced());
            } else if (write.segment().isIndexSpillDue()) {
                write.setIndex(write.segment().spillIndexes());
            }
        }
    }

    /// The job is back, and all of it is in the files.
    void end(FlushJob job) {
        folder.end(job.folder(), job.isSync());
        for (PendingWrite write : job.writes()) {
            settle(write);
        }
        positions.flushed(job.endOffset(), job.isSync());
        if (job.isSync()) {
            unsynced = List.of();
            for (PendingWrite write : tail.writes()) {
                markUnsynced(write.segment());
            }
        }
    }

    private static void settle(PendingWrite write) {
        Segment segment = write.segment();
        segment.written(write.endPosition());
        IndexWrite index = write.index();
        if (write.seals()) {
            segment.sealed(write.sealedMs());
        } else if (index != null) {
            segment.spilled(index);
        }
    }
}
