package io.millrace.log.segment;

import java.util.Arrays;
import java.util.List;

/// A log's segments in the order of their base offsets, the active one last.
///
/// Owned by: the log's owner. Copied on change, so that a job may go on using the [#snapshot()] it was given.
/// Invariant: never empty; base offsets rise strictly.
public final class SegmentList {
    private Segment[] segments;

    public SegmentList(List<Segment> segments) {
        if (segments.isEmpty()) {
            throw new IllegalArgumentException("a log has at least one segment");
        }
        this.segments = segments.toArray(new Segment[0]);
    }

    public Segment active() {
        return segments[segments.length - 1];
    }

    public Segment first() {
        return segments[0];
    }

    public int count() {
        return segments.length;
    }

    public Segment get(int index) {
        return segments[index];
    }

    /// Index of the segment whose range holds `offset`; the first one for offsets before everything.
    public int indexOf(long offset) {
        int last = segments.length - 1;
        if (segments[last].baseOffset() <= offset) {
            return last;
        }
        int low = 0;
        int high = last;
        while (low < high) {
            int middle = (low + high + 1) >>> 1;
            if (segments[middle].baseOffset() <= offset) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return low;
    }

    public void add(Segment segment) {
        Segment[] grown = Arrays.copyOf(segments, segments.length + 1);
        grown[segments.length] = segment;
        segments = grown;
    }

    public List<Segment> removeFirst(int count) {
        List<Segment> removed = List.of(Arrays.copyOf(segments, count));
        segments = Arrays.copyOfRange(segments, count, segments.length);
        return removed;
    }

    /// Puts one segment in the place of `count` that follow each other.
    public void replace(int index, int count, Segment segment) {
        Segment[] changed = new Segment[segments.length - count + 1];
        System.arraycopy(segments, 0, changed, 0, index);
        changed[index] = segment;
        System.arraycopy(segments, index + count, changed, index + 1, segments.length - index - count);
        segments = changed;
    }

    /// All segments as they are now. The array is never written to.
    public Segment[] snapshot() {
        return segments;
    }

    public long sizeBytes() {
        long total = 0;
        for (Segment segment : segments) {
            total += segment.sizeBytes();
        }
        return total;
    }
}
