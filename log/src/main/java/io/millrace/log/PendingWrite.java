package io.millrace.log;

import io.millrace.log.disk.Disk;
import io.millrace.log.disk.FileContents;
import io.millrace.log.disk.OpenFile;
import io.millrace.log.segment.IndexWrite;
import io.millrace.log.segment.Segment;
import io.millrace.log.segment.SegmentFiles;
import io.millrace.log.segment.SegmentNames;
import io.millrace.model.Lease;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// What one flush job writes to one segment: batches behind each other, index entries, and, when the log rolled away
/// from the segment, everything that seals it.
///
/// Owned by: the log's owner until a job takes it, then whoever runs the job; the owner releases the leases.
final class PendingWrite {
    private static final int BUFFERS_INITIAL = 4;

    private final Segment segment;
    private final int position;
    private ByteBuffer[] buffers = new ByteBuffer[BUFFERS_INITIAL];
    private Lease[] leases = new Lease[BUFFERS_INITIAL];
    private int count;
    private int bytes;
    private int recordBytes;
    private boolean seals;
    private @Nullable ByteBuffer nextSnapshot;
    private @Nullable Segment next;
    private @Nullable IndexWrite index;
    private long recoveryPoint;
    private long sealedMs;

    PendingWrite(Segment segment) {
        this.segment = segment;
        this.position = segment.sizeBytes();
    }

    Segment segment() {
        return segment;
    }

    int bytes() {
        return bytes;
    }

    /// Bytes that need room for records; a log's notes about its records do not.
    int recordBytes() {
        return recordBytes;
    }

    int endPosition() {
        return position + bytes;
    }

    /// Whether files will be there that were not before.
    boolean makesFiles() {
        return position == 0 || seals;
    }

    boolean seals() {
        return seals;
    }

    @Nullable
    IndexWrite index() {
        return index;
    }

    /// When the last byte of a segment that is sealed was written; known when that is done.
    long sealedMs() {
        return sealedMs;
    }

    /// @param isNote a coordinator's note about records, not records
    void add(ByteBuffer batches, Lease lease, boolean isNote) {
        if (count == buffers.length) {
            buffers = Arrays.copyOf(buffers, count * 2);
            leases = Arrays.copyOf(leases, count * 2);
        }
        buffers[count] = batches;
        leases[count++] = lease;
        bytes += batches.remaining();
        recordBytes += isNote ? 0 : batches.remaining();
    }

    /// The log rolls: nothing will be added any more.
    ///
    /// @param nextSegment the segment that follows
    /// @param snapshot the producers known below it, for the file Kafka keeps per segment
    void seal(Segment nextSegment, ByteBuffer snapshot) {
        seals = true;
        next = nextSegment;
        nextSnapshot = snapshot;
    }

    /// Before a seal is run: recovery will rebuild what lies above, and trust what lies below as soon as another
    /// segment follows.
    void setRecoveryPoint(long offset) {
        recoveryPoint = offset;
    }

    void setIndex(IndexWrite write) {
        index = write;
    }

    void run() throws IOException {
        writeBatches();
        if (index != null) {
            index.write(segment);
        }
        if (next != null && nextSnapshot != null) {
            finish(next);
            sealedMs = disk().modifiedMs(segment.log().path());
            begin(next, nextSnapshot);
        }
    }

    /// When all of the segment is durable already (it is sealed for its age, or was full to the byte), nobody will look
    /// at its files again once the next one is there: then their ends must be durable before it is.
    private void finish(Segment following) throws IOException {
        if (following.baseOffset() <= recoveryPoint) {
            Preallocation.trimDurably(segment, endPosition());
            SegmentFiles.syncIndexes(segment);
            disk().syncFolder(segment.folder());
        } else {
            Preallocation.trim(segment, endPosition());
        }
    }

    /// The next segment gets its file at once, empty: when retention removes all others, its name keeps the offset.
    private void begin(Segment following, ByteBuffer snapshot) throws IOException {
        byte[] content = new byte[snapshot.remaining()];
        snapshot.duplicate().get(content);
        String name = SegmentNames.of(following.baseOffset(), SegmentNames.SNAPSHOT);
        FileContents.replace(disk(), segment.folder(), name, content, false);
        following.log().holdOrCreate().release();
    }

    private void writeBatches() throws IOException {
        if (count == 0) {
            return;
        }
        OpenFile held =
                position == 0 ? segment.log().holdOrCreate() : segment.log().hold();
        try {
            if (position == 0) {
                Preallocation.allocate(segment, held.file());
            }
            held.file().write(count == buffers.length ? buffers : Arrays.copyOf(buffers, count), position);
        } finally {
            held.release();
        }
    }

    private Disk disk() {
        return segment.cache().disk();
    }

    void releaseLeases() {
        for (int i = 0; i < count; i++) {
            leases[i].release();
        }
        count = 0;
    }
}
