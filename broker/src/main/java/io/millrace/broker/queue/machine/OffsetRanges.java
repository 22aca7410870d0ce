package io.millrace.broker.queue.machine;

import java.util.Arrays;

/// Offsets as ranges: rising, neither overlapping nor touching. Immutable.
public final class OffsetRanges {
    /// Nothing.
    public static final OffsetRanges EMPTY = new OffsetRanges(new long[0], 0);

    private final long[] bounds;

    private OffsetRanges(long[] pairs, int length) {
        this.bounds = Arrays.copyOf(pairs, length);
    }

    /// How many ranges there are.
    public int count() {
        return bounds.length / 2;
    }

    public boolean isEmpty() {
        return bounds.length == 0;
    }

    /// The first offset of a range.
    public long first(int range) {
        return bounds[2 * range];
    }

    /// The last offset of a range, which belongs to it.
    public long last(int range) {
        return bounds[2 * range + 1];
    }

    public boolean contains(long offset) {
        int at = Arrays.binarySearch(bounds, offset);
        return at >= 0 || (-at - 1) % 2 == 1;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof OffsetRanges ranges && Arrays.equals(bounds, ranges.bounds);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bounds);
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("[");
        for (int range = 0; range < count(); range++) {
            text.append(range == 0 ? "" : ", ").append(first(range)).append('-').append(last(range));
        }
        return text.append(']').toString();
    }

    /// Collects offsets that rise.
    public static final class Builder {
        private long[] bounds = new long[4];
        private int length;

        /// Adds a range behind all others.
        public Builder add(long first, long last) {
            if (first > last || (length > 0 && first <= bounds[length - 1])) {
                throw new IllegalArgumentException(first + "-" + last + " does not follow");
            }
            if (length > 0 && first == bounds[length - 1] + 1) {
                bounds[length - 1] = last;
                return this;
            }
            if (length == bounds.length) {
                bounds = Arrays.copyOf(bounds, 2 * length);
            }
            bounds[length++] = first;
            bounds[length++] = last;
            return this;
        }

        public OffsetRanges build() {
            return length == 0 ? EMPTY : new OffsetRanges(bounds, length);
        }
    }
}
