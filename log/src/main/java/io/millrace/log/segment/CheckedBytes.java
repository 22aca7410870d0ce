package io.millrace.log.segment;

import java.util.Arrays;

/// Which bytes of a segment's file are known to be sound as long as they stay in memory: those this process has
/// written, and those it has looked at since they came from the disk. Runs that neither touch nor overlap, in order, a
/// few at most; what is forgotten is looked at again.
///
/// Immutable.
final class CheckedBytes {
    static final CheckedBytes NONE = new CheckedBytes(new int[0], CheckedBytes.GROWING);
    /// Stands for the time of a file that this process writes to.
    static final long GROWING = -1;

    /// Most segments of most partitions have nothing in them yet: they share this.
    private static final CheckedBytes ALL = new CheckedBytes(new int[] {0, Integer.MAX_VALUE}, GROWING);

    private static final int RUNS_MAX = 8;

    /// First and end of each run, by turns.
    private final int[] bounds;
    private final long modifiedMs;

    private CheckedBytes(int[] bounds, long modifiedMs) {
        this.bounds = bounds;
        this.modifiedMs = modifiedMs;
    }

    /// Whatever this process will write behind `position`.
    static CheckedBytes from(int position) {
        return position == 0 ? ALL : new CheckedBytes(new int[] {position, Integer.MAX_VALUE}, GROWING);
    }

    /// When the file was changed last: if it is another time now, somebody else did.
    long modifiedMs() {
        return modifiedMs;
    }

    /// The same, of a file that is not written to any more.
    CheckedBytes at(long modified) {
        return new CheckedBytes(bounds, modified);
    }

    boolean covers(int from, int end) {
        for (int i = 0; i < bounds.length; i += 2) {
            if (bounds[i] <= from && end <= bounds[i + 1]) {
                return true;
            }
        }
        return false;
    }

    /// With a run more. Of too many the first goes: who reads, reads on.
    CheckedBytes with(int from, int end) {
        int[] joined = new int[bounds.length + 2];
        int count = 0;
        int first = from;
        int last = end;
        int at = 0;
        for (int i = 0; i < bounds.length; i += 2) {
            if (bounds[i + 1] < from) {
                joined[count++] = bounds[i];
                joined[count++] = bounds[i + 1];
                at = count;
            } else if (bounds[i] <= end) {
                first = Math.min(first, bounds[i]);
                last = Math.max(last, bounds[i + 1]);
            } else {
                joined[count++] = bounds[i];
                joined[count++] = bounds[i + 1];
            }
        }
        System.arraycopy(joined, at, joined, at + 2, count - at);
        joined[at] = first;
        joined[at + 1] = last;
        int dropped = count + 2 > 2 * RUNS_MAX ? 2 : 0;
        return new CheckedBytes(Arrays.copyOfRange(joined, dropped, count + 2), modifiedMs);
    }
}
