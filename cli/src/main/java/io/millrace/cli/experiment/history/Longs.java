package io.millrace.cli.experiment.history;

import java.util.Arrays;

/// A list of longs: a history has millions of them.
final class Longs {
    private static final int FIRST_CAPACITY = 64;

    private final long missing;
    private long[] values = new long[FIRST_CAPACITY];
    private int size;

    /// @param missing what a place holds that was skipped or is beyond the end
    Longs(long missing) {
        this.missing = missing;
    }

    int size() {
        return size;
    }

    long get(long index) {
        return index < size ? values[(int) index] : missing;
    }

    void set(long index, long value) {
        int place = Math.toIntExact(index);
        if (place >= values.length) {
            values = Arrays.copyOf(values, Math.max(place + 1, values.length * 2));
        }
        if (place >= size) {
            Arrays.fill(values, size, place, missing);
            size = place + 1;
        }
        values[place] = value;
    }
}
