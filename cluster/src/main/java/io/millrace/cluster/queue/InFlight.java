package io.millrace.cluster.queue;

import java.util.Arrays;
import java.util.function.ObjLongConsumer;
import org.jspecify.annotations.Nullable;

/// What is unanswered, by consecutive numbers, answered in any order. A ring as large as the distance between the first
/// unanswered one and the last.
///
/// Owned by: one connection's end.
final class InFlight<T> {
    private @Nullable Object[] ring = new Object[16];
    private long first;
    private long next;

    /// Answers the number it has from now on.
    long add(T item) {
        if (next - first == ring.length) {
            grow();
        }
        ring[at(next)] = item;
        return next++;
    }

    private void grow() {
        @Nullable Object[] larger = new Object[ring.length * 2];
        for (long number = first; number < next; number++) {
            larger[(int) (number & larger.length - 1)] = ring[at(number)];
        }
        ring = larger;
    }

    private int at(long number) {
        return (int) (number & ring.length - 1);
    }

    /// Takes out what has this number; `null` when nothing has it, or not any more.
    @SuppressWarnings("unchecked") // only T goes in
    @Nullable
    T take(long number) {
        if (number < first || number >= next) {
            return null;
        }
        T item = (T) ring[at(number)];
        ring[at(number)] = null;
        while (first < next && ring[at(first)] == null) {
            first++;
        }
        return item;
    }

    /// The number the next one gets.
    long next() {
        return next;
    }

    /// Takes out everything, in order.
    @SuppressWarnings("unchecked") // only T goes in
    void takeAll(ObjLongConsumer<T> each) {
        @Nullable Object[] all = ring;
        long from = first;
        long to = next;
        ring = new Object[16];
        first = to;
        for (long number = from; number < to; number++) {
            T item = (T) all[(int) (number & all.length - 1)];
            if (item != null) {
                each.accept(item, number);
            }
        }
        Arrays.fill(all, null);
    }
}
