package io.millrace.log.segment;

import java.util.Arrays;

/// Where the newest batches of the active segment begin: a ring that answers most reads at the log's tail without
/// touching a file.
///
/// Owned by: the log's owner. Invariant: offsets and positions ascend from the oldest to the newest.
final class RecentBatches {
    static final int UNKNOWN = -1;
    private static final int CAPACITY_INITIAL = 8;
    private static final int CAPACITY_MAX = 256;

    private long[] offsets = new long[CAPACITY_INITIAL];
    private int[] positions = new int[CAPACITY_INITIAL];
    private int added;
    private int oldest;

    /// Forgets everything: the next batch does not follow the one before it, so the one before does not reach up to it.
    void clear() {
        oldest = 0;
        added = 0;
    }

    void add(long baseOffset, int position) {
        if (added - oldest == offsets.length) {
            makeRoom();
        }
        int slot = added++ & offsets.length - 1;
        offsets[slot] = baseOffset;
        positions[slot] = position;
    }

    private void makeRoom() {
        if (offsets.length == CAPACITY_MAX) {
            oldest++;
            return;
        }
        int grown = offsets.length * 2;
        // The ring has not wrapped yet while it still grows: entry i lies in slot i.
        offsets = Arrays.copyOf(offsets, grown);
        positions = Arrays.copyOf(positions, grown);
    }

    /// Position of the batch that contains `offset`, given that it is below the end of the log; [#UNKNOWN] when older
    /// than the ring.
    int positionOfBatchWith(long offset) {
        int found = floor(offset);
        return found < oldest ? UNKNOWN : positions[found & offsets.length - 1];
    }

    /// Position of the first batch that begins at or above `offset`; `endPosition` when there is none; [#UNKNOWN] when
    /// the ring is too young to tell.
    int positionAtOrAbove(long offset, int endPosition) {
        int found = floor(offset);
        if (found < oldest) {
            return UNKNOWN;
        }
        if (offsets[found & offsets.length - 1] == offset) {
            return positions[found & offsets.length - 1];
        }
        return found + 1 == added ? endPosition : positions[found + 1 & offsets.length - 1];
    }

    /// The last batch boundary at or below `position`, [#UNKNOWN] when older than the ring.
    int boundaryAtOrBelow(int position) {
        int low = oldest;
        int high = added - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            if (positions[middle & offsets.length - 1] <= position) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return high < oldest ? UNKNOWN : positions[high & offsets.length - 1];
    }

    /// The first batch boundary above `position`, which is a boundary itself; `endPosition` when it is the last.
    int boundaryAbove(int position, int endPosition) {
        for (int i = added - 1; i >= oldest; i--) {
            if (positions[i & offsets.length - 1] == position) {
                return i + 1 == added ? endPosition : positions[i + 1 & offsets.length - 1];
            }
        }
        return UNKNOWN;
    }

    private int floor(long offset) {
        int low = oldest;
        int high = added - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            if (offsets[middle & offsets.length - 1] <= offset) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return high;
    }
}
