package io.millrace.log;

import io.millrace.log.batch.BatchHeader;
import io.millrace.log.disk.OpenFile;
import io.millrace.log.disk.StorageException;
import io.millrace.log.segment.BatchCursor;
import io.millrace.log.segment.Segment;
import io.millrace.log.segment.SegmentList;
import io.millrace.log.segment.TimeSearch;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.function.LongPredicate;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.Record;
import org.jspecify.annotations.Nullable;

/// Finds a record by its timestamp: segment by the largest timestamps, place in the segment by the time index, then
/// batch headers, then the records of one batch. Made by the owner, which fixes what may move; run by any one thread.
final class TimestampSearch {
    private final TimeSearch[] searches;
    private final long startOffset;
    private final long endOffset;

    private TimestampSearch(TimeSearch[] searches, long startOffset, long endOffset) {
        this.searches = searches;
        this.startOffset = startOffset;
        this.endOffset = endOffset;
    }

    static TimestampLookup firstAtOrAfter(SegmentList segments, Positions positions, long timestampMs) {
        TimestampSearch search =
                new TimestampSearch(prepare(segments, timestampMs), positions.start(), positions.written());
        return () -> search.guarded(() -> search.firstAtOrAfter(timestampMs));
    }

    static TimestampLookup largest(SegmentList segments, Positions positions) {
        TimestampSearch search =
                new TimestampSearch(prepare(segments, Long.MAX_VALUE), positions.start(), positions.written());
        return () -> search.guarded(search::largest);
    }

    private static TimeSearch[] prepare(SegmentList segments, long timestampMs) {
        Segment[] all = segments.snapshot();
        TimeSearch[] searches = new TimeSearch[all.length];
        for (int i = 0; i < all.length; i++) {
            searches[i] = TimeSearch.prepare(all[i], timestampMs);
        }
        return searches;
    }

    /// A step that may fail as the disk does.
    private interface Step {
        TimestampOffset run() throws IOException;
    }

    private TimestampOffset guarded(Step step) {
        try {
            TimestampOffset found = step.run();
            requireUnchanged(null);
            return found;
        } catch (IOException | KafkaException e) {
            requireUnchanged(e);
            throw new StorageException("can not search by timestamp", e);
        }
    }

    /// Cleaning may have swapped files under the search: what it saw may not belong together.
    private void requireUnchanged(@Nullable Exception cause) {
        for (TimeSearch search : searches) {
            if (search.segment().isReplaced()) {
                throw new StorageException("the log was compacted during the search, ask again", cause);
            }
        }
    }

    private TimestampOffset firstAtOrAfter(long timestampMs) throws IOException {
        for (TimeSearch search : searches) {
            if (search.isUnwritten() || search.maxTimestamp() < timestampMs || search.isWhollyBelow(startOffset)) {
                continue;
            }
            Optional<TimestampOffset> found =
                    scan(search, search.floorPosition(), max -> max >= timestampMs, timestampMs);
            if (found.isPresent()) {
                return found.get();
            }
        }
        return TimestampOffset.NONE;
    }

    private TimestampOffset largest() throws IOException {
        TimestampOffset best = TimestampOffset.NONE;
        for (TimeSearch search : searches) {
            if (search.isUnwritten()
                    || search.isWhollyBelow(startOffset)
                    || search.maxTimestamp() <= best.timestampMs()) {
                continue;
            }
            long max = search.isMaxReadable(startOffset) ? search.maxTimestamp() : largestLeft(search);
            if (max > best.timestampMs()) {
                best = scan(search, 0, batchMax -> batchMax >= max, max).orElse(best);
            }
        }
        return best;
    }

    /// Of a segment whose largest timestamp may belong to a record that is deleted, or not written yet.
    private long largestLeft(TimeSearch search) throws IOException {
        OpenFile held = search.segment().log().hold();
        try {
            long largest = -1;
            BatchCursor cursor = new BatchCursor(held.file(), 0, search.writtenBytes());
            while (cursor.next() && cursor.baseOffset() < endOffset) {
                if (cursor.baseOffset() >= startOffset) {
                    largest = Math.max(largest, BatchHeader.maxTimestamp(cursor.buffer(), cursor.at()));
                } else if (cursor.lastOffset() >= startOffset && cursor.loadBody()) {
                    largest = Math.max(largest, largestRecord(cursor));
                }
            }
            return largest;
        } finally {
            held.release();
        }
    }

    private long largestRecord(BatchCursor cursor) {
        long largest = -1;
        ByteBuffer batch = cursor.buffer().slice(cursor.at(), cursor.size());
        for (Record record : MemoryRecords.readableRecords(batch).records()) {
            if (record.offset() >= startOffset) {
                largest = Math.max(largest, record.timestamp());
            }
        }
        return largest;
    }

    /// The first record at or after `timestampMs` in the first batch that has one.
    private Optional<TimestampOffset> scan(TimeSearch search, int from, LongPredicate wanted, long timestampMs)
            throws IOException {
        OpenFile held = search.segment().log().hold();
        try {
            BatchCursor cursor = new BatchCursor(held.file(), from, search.writtenBytes());
            while (cursor.next() && cursor.baseOffset() < endOffset) {
                long max = BatchHeader.maxTimestamp(cursor.buffer(), cursor.at());
                if (cursor.lastOffset() < startOffset || !wanted.test(max) || !cursor.loadBody()) {
                    continue;
                }
                Optional<TimestampOffset> found = firstRecord(cursor, timestampMs);
                if (found.isPresent()) {
                    return found;
                }
            }
            return Optional.empty();
        } finally {
            held.release();
        }
    }

    private Optional<TimestampOffset> firstRecord(BatchCursor cursor, long timestampMs) {
        int epoch = BatchHeader.leaderEpoch(cursor.buffer(), cursor.at());
        ByteBuffer batch = cursor.buffer().slice(cursor.at(), cursor.size());
        for (Record record : MemoryRecords.readableRecords(batch).records()) {
            if (record.timestamp() >= timestampMs && record.offset() >= startOffset) {
                return Optional.of(new TimestampOffset(record.offset(), record.timestamp(), epoch));
            }
        }
        return Optional.empty();
    }
}
