package io.millrace.log.segment;

import io.millrace.log.batch.BatchHeader;
import io.millrace.log.disk.DamageException;
import io.millrace.log.disk.DiskFile;
import io.millrace.log.disk.OpenFile;
import java.io.IOException;
import java.nio.ByteBuffer;

/// Reads a whole segment again, batch by batch: learns its end, rebuilds its indexes in memory, and cuts off what is
/// not a valid batch (a torn write, blocks the file system never filled).
///
/// Batches below the recovery point were fsynced before they were acknowledged: they must be there, and their
/// checksums are left to readers, so that one flipped bit does not cost everything behind it.
public final class SegmentScan {
    private static final int CHUNK_BYTES = 1 << 16;

    private SegmentScan() {}

    /// Told about every batch that stays; the buffer holds the whole batch when it is a control batch, its header
    /// otherwise.
    public interface Visitor {
        void batch(ByteBuffer buffer, int at);
    }

    /// What a scan takes for granted.
    ///
    /// @param recoveryPoint batches below are trusted
    /// @param gaps whether offsets may be missing between batches above it: a follower of a compacted log gets such
    ///     batches; anywhere else a gap is a damaged base offset, which no checksum covers
    public record Trust(long recoveryPoint, boolean gaps) {
        /// Everything was closed in order.
        public static final Trust ALL = new Trust(Long.MAX_VALUE, true);
    }

    /// @param endOffsetMax no batch reaches above this: where the next segment begins
    /// @return whether anything was cut off
    /// @throws IOException when the disk fails, or when the segment ends below the recovery point
    public static boolean rebuild(
            Segment segment, Trust trust, long endOffsetMax, int indexIntervalBytes, Visitor visitor)
            throws IOException {
        OpenFile held = segment.log().hold();
        try {
            DiskFile file = held.file();
            int size = Math.toIntExact(file.size());
            segment.rescan();
            BatchCursor cursor = new BatchCursor(file, 0, size, CHUNK_BYTES);
            while (cursor.next() && isValid(segment, cursor, trust, endOffsetMax)) {
                if (BatchHeader.isControl(cursor.buffer(), cursor.at())) {
                    cursor.loadBody();
                }
                segment.recovered(cursor.buffer(), cursor.at(), indexIntervalBytes);
                visitor.batch(cursor.buffer(), cursor.at());
            }
            return cut(segment, file, size, Math.min(trust.recoveryPoint(), endOffsetMax));
        } finally {
            held.release();
        }
    }

    private static boolean isValid(Segment segment, BatchCursor cursor, Trust trust, long endOffsetMax)
            throws IOException {
        long lastOffset = cursor.lastOffset();
        if (cursor.baseOffset() < segment.endOffset()
                || lastOffset < cursor.baseOffset()
                || lastOffset >= endOffsetMax
                || lastOffset - segment.baseOffset() > Integer.MAX_VALUE) {
            return false;
        }
        if (lastOffset < trust.recoveryPoint()) {
            return true;
        }
        return (trust.gaps() || cursor.baseOffset() == segment.endOffset())
                && cursor.loadBody()
                && BatchHeader.isCrcValid(cursor.buffer(), cursor.at());
    }

    private static boolean cut(Segment segment, DiskFile file, int size, long mustReach) throws IOException {
        int valid = segment.sizeBytes();
        if (valid == size) {
            return false;
        }
        if (segment.endOffset() < mustReach) {
            throw damaged(segment, mustReach);
        }
        file.truncate(valid);
        // Durably, so that no valid batch behind the tear comes back to follow what will be written here.
        file.sync();
        return true;
    }

    /// What was on disk once is not there any more. Cutting the log here could lose what was acknowledged, so nobody
    /// does it without being told to.
    public static DamageException damaged(Segment segment, long mustReach) {
        return damaged(segment, segment.sizeBytes(), segment.endOffset(), mustReach);
    }

    /// The same, found on the way through the batches.
    ///
    /// @param position where they end in the file
    /// @param end the offset after the last one
    public static DamageException damaged(Segment segment, int position, long end, long mustReach) {
        return new DamageException(
                ("%s is damaged at byte %d: offset %d is not readable although everything below %d was on"
                                + " disk; restore the file, or remove the partition's line from"
                                + " recovery-point-offset-checkpoint to cut the log there")
                        .formatted(segment.log().path(), position, end, mustReach),
                segment.baseOffset());
    }

    /// Calls the visitor for the last batches of a segment whose indexes on disk are whole: those in its last `bytes`,
    /// and a few before. Only their headers are there.
    public static void tail(Segment segment, int bytes, Visitor visitor) throws IOException {
        int from = 0;
        if (segment.writtenBytes() > bytes) {
            try (DiskFile index = segment.cache().disk().open(segment.path(SegmentNames.OFFSET_INDEX))) {
                int entries = Math.toIntExact(index.size() / OffsetIndex.ENTRY_BYTES);
                from = OffsetIndex.floorByPosition(index, entries, segment.writtenBytes() - bytes);
            }
        }
        OpenFile held = segment.log().hold();
        try {
            BatchCursor cursor = new BatchCursor(held.file(), from, segment.writtenBytes());
            while (cursor.next()) {
                visitor.batch(cursor.buffer(), cursor.at());
            }
        } finally {
            held.release();
        }
    }

    /// A visitor that takes things from headers which no later check makes good.
    public interface CheckingVisitor extends Visitor {
        /// Whether the batch is shown only if its checksum is right: a bit may have flipped in its header.
        boolean isDoubtful(ByteBuffer buffer, int at);

        /// A doubtful batch was not what was written.
        void damaged();
    }

    /// Calls the visitor for every batch from the first that reaches `fromOffset` on.
    ///
    /// @param mustReach everything below was on disk
    /// @throws DamageException when the batches end below it
    public static void replay(Segment segment, long fromOffset, long mustReach, Visitor visitor) throws IOException {
        if (segment.writtenBytes() == 0) {
            return;
        }
        OpenFile held = segment.log().hold();
        try {
            BatchCursor cursor = new BatchCursor(held.file(), 0, segment.writtenBytes(), CHUNK_BYTES);
            long reached = segment.baseOffset();
            while (cursor.next()) {
                reached = cursor.lastOffset() + 1;
                if (reached <= fromOffset) {
                    continue;
                }
                if (BatchHeader.isControl(cursor.buffer(), cursor.at())) {
                    cursor.loadBody();
                }
                visit(cursor, visitor);
            }
            if (reached < mustReach && cursor.endPosition() < segment.writtenBytes()) {
                throw damaged(segment, cursor.endPosition(), reached, mustReach);
            }
        } finally {
            held.release();
        }
    }

    private static void visit(BatchCursor cursor, Visitor visitor) throws IOException {
        if (visitor instanceof CheckingVisitor checking
                && checking.isDoubtful(cursor.buffer(), cursor.at())
                && !(cursor.loadBody() && BatchHeader.isCrcValid(cursor.buffer(), cursor.at()))) {
            checking.damaged();
        } else {
            visitor.batch(cursor.buffer(), cursor.at());
        }
    }
}
