package io.millrace.log;

import io.millrace.log.segment.Segment;
import io.millrace.model.Lease;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/// What was appended since the last flush job was cut loose: one [PendingWrite] per segment touched.
///
/// Owned by: the log's owner.
final class UnwrittenTail {
    private List<PendingWrite> writes = List.of();
    private long bytes;

    boolean isEmpty() {
        return writes.isEmpty();
    }

    long bytes() {
        return bytes;
    }

    List<PendingWrite> writes() {
        return writes;
    }

    /// Call before the segment takes note of the batches: the write begins where the segment ends now.
    void add(Segment segment, ByteBuffer batches, Lease lease, boolean isNote) {
        bytes += batches.remaining();
        writeTo(segment).add(batches, lease, isNote);
    }

    PendingWrite writeTo(Segment segment) {
        if (!writes.isEmpty() && writes.getLast().segment() == segment) {
            return writes.getLast();
        }
        if (writes.isEmpty()) {
            writes = new ArrayList<>(1); // the one list that all idle logs share takes nothing
        }
        PendingWrite write = new PendingWrite(segment);
        writes.add(write);
        return write;
    }

    List<PendingWrite> detach() {
        List<PendingWrite> detached = writes;
        writes = List.of();
        bytes = 0;
        return detached;
    }

    void drop() {
        detach().forEach(PendingWrite::releaseLeases);
    }
}
