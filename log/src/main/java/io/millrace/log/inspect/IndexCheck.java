package io.millrace.log.inspect;

import io.millrace.log.batch.BatchHeader;
import java.nio.ByteBuffer;
import java.util.function.BiConsumer;

/// Holds a segment's two indexes against its batches while these stream by.
///
/// An offset entry must name the position of a batch that does not begin above the entry's offset. A time entry must
/// name the largest timestamp of all batches that begin at or below its offset. Zeros behind the last entry are room
/// that Kafka allocated ahead.
///
/// Owned by: one verification of one segment.
final class IndexCheck {
    private static final int OFFSET_ENTRY_BYTES = 8;
    private static final int TIME_ENTRY_BYTES = 12;

    private final long baseOffset;
    private final ByteBuffer offsets;
    private final ByteBuffer times;
    private final BiConsumer<Integer, String> offsetFinding;
    private final BiConsumer<Integer, String> timeFinding;
    private int offsetAt;
    private int timeAt;
    private int lastRelativeOffset = -1;
    private int lastPosition = -1;
    private long lastTimestamp = -1;
    private int lastTimeOffset = -1;
    private long maxTimestamp = BatchHeader.NO_TIMESTAMP;

    /// @param offsets content of the `.index` file, empty when there is none
    /// @param times content of the `.timeindex` file
    IndexCheck(
            long baseOffset,
            ByteBuffer offsets,
            ByteBuffer times,
            BiConsumer<Integer, String> offsetFinding,
            BiConsumer<Integer, String> timeFinding) {
        this.baseOffset = baseOffset;
        this.offsets = offsets;
        this.times = times;
        this.offsetFinding = offsetFinding;
        this.timeFinding = timeFinding;
        if (offsets.limit() % OFFSET_ENTRY_BYTES != 0) {
            offsetFinding.accept(offsets.limit(), "size is no multiple of " + OFFSET_ENTRY_BYTES);
        }
        if (times.limit() % TIME_ENTRY_BYTES != 0) {
            timeFinding.accept(times.limit(), "size is no multiple of " + TIME_ENTRY_BYTES);
        }
    }

    void onBatch(ByteBuffer buffer, int at, long position) {
        long first = BatchHeader.baseOffset(buffer, at);
        while (hasOffsetEntry() && offsets.getInt(offsetAt + 4) < position) {
            offsetFinding.accept(offsetAt, "points into the middle of a batch, at " + offsets.getInt(offsetAt + 4));
            nextOffsetEntry();
        }
        if (hasOffsetEntry() && offsets.getInt(offsetAt + 4) == position) {
            long indexed = baseOffset + offsets.getInt(offsetAt);
            if (indexed < first) {
                offsetFinding.accept(
                        offsetAt, "offset %d leads to a batch that begins at %d".formatted(indexed, first));
            }
            nextOffsetEntry();
        }
        while (hasTimeEntry() && baseOffset + times.getInt(timeAt + 8) < first) {
            checkTimeEntry();
        }
        maxTimestamp = Math.max(maxTimestamp, BatchHeader.maxTimestamp(buffer, at));
    }

    void atEnd(long sizeBytes) {
        while (hasOffsetEntry()) {
            offsetFinding.accept(
                    offsetAt,
                    "points to %d, behind the last batch, which ends at %d"
                            .formatted(offsets.getInt(offsetAt + 4), sizeBytes));
            nextOffsetEntry();
        }
        while (hasTimeEntry()) {
            checkTimeEntry();
        }
    }

    private boolean hasOffsetEntry() {
        return offsets.limit() - offsetAt >= OFFSET_ENTRY_BYTES && offsets.getLong(offsetAt) != 0;
    }

    private void nextOffsetEntry() {
        int relative = offsets.getInt(offsetAt);
        int position = offsets.getInt(offsetAt + 4);
        if (relative <= lastRelativeOffset || position <= lastPosition) {
            offsetFinding.accept(offsetAt, "does not ascend");
        }
        lastRelativeOffset = relative;
        lastPosition = position;
        offsetAt += OFFSET_ENTRY_BYTES;
    }

    private boolean hasTimeEntry() {
        return times.limit() - timeAt >= TIME_ENTRY_BYTES
                && (times.getLong(timeAt) != 0 || times.getInt(timeAt + 8) != 0);
    }

    private void checkTimeEntry() {
        long timestamp = times.getLong(timeAt);
        int relative = times.getInt(timeAt + 8);
        if (timestamp <= lastTimestamp || relative < lastTimeOffset) {
            timeFinding.accept(timeAt, "does not ascend");
        }
        if (timestamp != maxTimestamp) {
            timeFinding.accept(
                    timeAt,
                    "says %d is the largest timestamp up to offset %d, but it is %d"
                            .formatted(timestamp, baseOffset + relative, maxTimestamp));
        }
        lastTimestamp = timestamp;
        lastTimeOffset = relative;
        timeAt += TIME_ENTRY_BYTES;
    }
}
