package io.millrace.log.segment;

import java.nio.ByteBuffer;
import java.util.Arrays;

/// The newest entries of a segment's two indexes, kept in memory until they are written: when the segment is sealed or
/// closed, or a page at a time when there are many. Nothing is lost by waiting, because recovery rebuilds the indexes
/// of every segment that was not sealed before the recovery point.
///
/// Owned by: the log's owner. Invariant: entries ascend, and continue what [#offsetEntriesWritten()] and
/// [#timeEntriesWritten()] say is in the files.
final class IndexTail {
    private static final int INITIAL_ENTRIES = 8;
    private static final long[] NO_LONGS = {};
    private static final int[] NO_INTS = {};
    private static final int SPILL_AT = 2 * OffsetIndex.PAGE_ENTRIES;

    private int offsetEntriesWritten;
    private int timeEntriesWritten;
    private long[] offsets = NO_LONGS;
    private int offsetCount;
    private long[] timestamps = NO_LONGS;
    private int[] timeOffsets = NO_INTS;
    private int timeCount;
    private long lastTimestamp;
    private int lastTimeOffset;

    IndexTail(int offsetEntriesWritten, int timeEntriesWritten, long lastTimestamp, int lastTimeOffset) {
        this.offsetEntriesWritten = offsetEntriesWritten;
        this.timeEntriesWritten = timeEntriesWritten;
        this.lastTimestamp = lastTimestamp;
        this.lastTimeOffset = lastTimeOffset;
    }

    static IndexTail empty() {
        return new IndexTail(0, 0, -1, -1);
    }

    int offsetEntriesWritten() {
        return offsetEntriesWritten;
    }

    int timeEntriesWritten() {
        return timeEntriesWritten;
    }

    int offsetEntries() {
        return offsetEntriesWritten + offsetCount;
    }

    int timeEntries() {
        return timeEntriesWritten + timeCount;
    }

    long lastTimestamp() {
        return lastTimestamp;
    }

    int lastTimeOffset() {
        return lastTimeOffset;
    }

    void addOffset(int relativeOffset, int position) {
        if (offsetCount == offsets.length) {
            offsets = Arrays.copyOf(offsets, Math.max(INITIAL_ENTRIES, offsetCount * 2));
        }
        offsets[offsetCount++] = OffsetIndex.entry(relativeOffset, position);
    }

    /// Adds an entry when it moves time forward, as Kafka's index demands.
    void addTime(long timestamp, int relativeOffset) {
        if (timestamp <= lastTimestamp || relativeOffset < lastTimeOffset) {
            return;
        }
        if (timeCount == timestamps.length) {
            timestamps = Arrays.copyOf(timestamps, Math.max(INITIAL_ENTRIES, timeCount * 2));
            timeOffsets = Arrays.copyOf(timeOffsets, Math.max(INITIAL_ENTRIES, timeCount * 2));
        }
        timestamps[timeCount] = timestamp;
        timeOffsets[timeCount++] = relativeOffset;
        lastTimestamp = timestamp;
        lastTimeOffset = relativeOffset;
    }

    /// Whether [#floorByOffset] knows the answer without the file.
    boolean coversOffset(int relativeOffset) {
        return offsetEntriesWritten == 0 || offsetCount > 0 && OffsetIndex.relativeOffset(offsets[0]) <= relativeOffset;
    }

    int floorByOffset(int relativeOffset) {
        int at = floorIndex(relativeOffset, true);
        return at < 0 ? 0 : OffsetIndex.position(offsets[at]);
    }

    boolean coversPosition(int position) {
        return offsetEntriesWritten == 0 || offsetCount > 0 && OffsetIndex.position(offsets[0]) <= position;
    }

    int floorByPosition(int position) {
        int at = floorIndex(position, false);
        return at < 0 ? 0 : OffsetIndex.position(offsets[at]);
    }

    private int floorIndex(int key, boolean byOffset) {
        int low = 0;
        int high = offsetCount - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            long entry = offsets[middle];
            int found = byOffset ? OffsetIndex.relativeOffset(entry) : OffsetIndex.position(entry);
            if (found <= key) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return high;
    }

    boolean isSpillDue() {
        return offsetCount >= SPILL_AT || timeCount >= SPILL_AT;
    }

    boolean isEmpty() {
        return offsetCount == 0 && timeCount == 0;
    }

    /// The entries a spill would write: all of them when sealing, otherwise the older half.
    IndexWrite spill(boolean all) {
        int offsetsOut = all ? offsetCount : offsetCount / 2;
        int timesOut = all ? timeCount : timeCount / 2;
        ByteBuffer offsetBytes = ByteBuffer.allocate(offsetsOut * OffsetIndex.ENTRY_BYTES);
        for (int i = 0; i < offsetsOut; i++) {
            offsetBytes.putLong(offsets[i]);
        }
        ByteBuffer timeBytes = ByteBuffer.allocate(timesOut * TimeIndex.ENTRY_BYTES);
        for (int i = 0; i < timesOut; i++) {
            timeBytes.putLong(timestamps[i]).putInt(timeOffsets[i]);
        }
        return new IndexWrite(
                offsetBytes.flip(),
                (long) offsetEntriesWritten * OffsetIndex.ENTRY_BYTES,
                timeBytes.flip(),
                (long) timeEntriesWritten * TimeIndex.ENTRY_BYTES);
    }

    /// Forgets what a spill has written.
    void spilled(IndexWrite write) {
        int offsetsOut = write.offsetEntries();
        int timesOut = write.timeEntries();
        System.arraycopy(offsets, offsetsOut, offsets, 0, offsetCount - offsetsOut);
        offsetCount -= offsetsOut;
        offsetEntriesWritten += offsetsOut;
        System.arraycopy(timestamps, timesOut, timestamps, 0, timeCount - timesOut);
        System.arraycopy(timeOffsets, timesOut, timeOffsets, 0, timeCount - timesOut);
        timeCount -= timesOut;
        timeEntriesWritten += timesOut;
    }

    /// Position of a batch before which every batch is older than `timestamp`, -1 when only the files know.
    int floorByTime(long timestamp) {
        int relativeOffset = -1;
        for (int i = 0; i < timeCount && timestamps[i] < timestamp; i++) {
            relativeOffset = timeOffsets[i];
        }
        if (relativeOffset < 0) {
            return timeEntriesWritten == 0 ? 0 : -1;
        }
        return coversOffset(relativeOffset) ? floorByOffset(relativeOffset) : -1;
    }
}
