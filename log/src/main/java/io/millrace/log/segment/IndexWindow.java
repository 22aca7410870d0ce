package io.millrace.log.segment;

import io.millrace.log.disk.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;

/// A run of neighbouring entries of an `.index` file, kept in memory because a reader that goes through a segment asks
/// for what follows next: 512 entries stand for at least 2 MB of log and cost 4 KB.
///
/// Immutable; entries of an index file never change.
final class IndexWindow {
    static final int ENTRIES_MAX = OffsetIndex.PAGE_ENTRIES;

    private final long[] entries;
    private final boolean fromStart;
    private final boolean toEnd;

    /// @param fromStart whether the first entry is the first of the index
    /// @param toEnd whether the last entry is the last the index will ever have
    private IndexWindow(long[] entries, boolean fromStart, boolean toEnd) {
        this.entries = entries;
        this.fromStart = fromStart;
        this.toEnd = toEnd;
    }

    /// Reads the entries from `first` on.
    ///
    /// @param entries how many entries the file has
    /// @param isComplete whether the file will get no more of them
    static IndexWindow read(DiskFile file, int entries, int first, boolean isComplete) throws IOException {
        int count = Math.min(ENTRIES_MAX, entries - first);
        ByteBuffer bytes = ByteBuffer.allocate(count * OffsetIndex.ENTRY_BYTES);
        if (file.read(bytes, (long) first * OffsetIndex.ENTRY_BYTES) < bytes.capacity()) {
            throw new IOException("index is shorter than its " + entries + " entries");
        }
        long[] window = new long[count];
        bytes.flip().asLongBuffer().get(window);
        return new IndexWindow(window, first == 0, isComplete && first + count == entries);
    }

    boolean coversOffset(int relativeOffset) {
        return covers(relativeOffset, true);
    }

    boolean coversPosition(int position) {
        return covers(position, false);
    }

    private boolean covers(int key, boolean byOffset) {
        if (entries.length == 0) {
            return fromStart && toEnd;
        }
        boolean notBefore = fromStart || key(entries[0], byOffset) <= key;
        boolean notBehind = toEnd || key(entries[entries.length - 1], byOffset) > key;
        return notBefore && notBehind;
    }

    /// Position of the last batch indexed at or below a relative offset, 0 when there is none.
    int floorByOffset(int relativeOffset) {
        return floor(relativeOffset, true);
    }

    /// The largest indexed position at or below `position`, 0 when there is none.
    int floorByPosition(int position) {
        return floor(position, false);
    }

    private int floor(int key, boolean byOffset) {
        int low = 0;
        int high = entries.length - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            if (key(entries[middle], byOffset) <= key) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return high < 0 ? 0 : OffsetIndex.position(entries[high]);
    }

    private static int key(long entry, boolean byOffset) {
        return byOffset ? OffsetIndex.relativeOffset(entry) : OffsetIndex.position(entry);
    }
}
