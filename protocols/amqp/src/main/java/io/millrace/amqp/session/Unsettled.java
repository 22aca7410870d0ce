package io.millrace.amqp.session;

import java.util.Arrays;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The deliveries of a channel that wait to be settled, in the order of their tags. Finding one is a look at one place
/// while tags are dense, else a search by halves; `multiple` costs what it settles. Places of settled deliveries are
/// closed up when they outnumber the others, so that one delivery nobody settles does not keep the memory of all that
/// came after it.
///
/// Owned by: one connection's loop.
/// Invariant: tags rise from `head` to `tail`; a place without an entry was settled; the first place has one.
final class Unsettled {
    private static final int PLACES_MIN = 32;

    private long[] tags = new long[PLACES_MIN];
    private @Nullable Entry[] entries = new @Nullable Entry[PLACES_MIN];
    private int head;
    private int tail;
    private int count;

    /// One delivery.
    ///
    /// @param consumer who got it, or nobody where it was a `basic.get`
    record Entry(
            long tag,
            ChannelQueue queue,
            long offset,
            @Nullable ChannelConsumer consumer) {}

    int count() {
        return count;
    }

    /// The lowest tag, 0 when there is none.
    long oldest() {
        return head == tail ? 0 : tags[head];
    }

    /// @param entry with a tag above all before it
    void add(Entry entry) {
        if (tail == tags.length) {
            closeUp();
        }
        tags[tail] = entry.tag();
        entries[tail] = entry;
        tail++;
        count++;
    }

    /// Removes one; nothing when there is none of this tag.
    @Nullable
    Entry remove(long tag) {
        int place = place(tag);
        Entry entry = place < 0 ? null : entries[place];
        if (entry != null) {
            entries[place] = null;
            count--;
            skipSettled();
        }
        return entry;
    }

    /// Removes this one and all before it, in order, when there is one of this tag; else nothing, and false.
    boolean removeThrough(long tag, Consumer<Entry> each) {
        int place = place(tag);
        if (place < 0 || entries[place] == null) {
            return false;
        }
        removeUntil(place + 1, each);
        return true;
    }

    void removeAll(Consumer<Entry> each) {
        removeUntil(tail, each);
    }

    /// Puts back what was removed and not settled after all, in order of their tags.
    void restore(Iterable<Entry> removed) {
        Unsettled all = new Unsettled();
        int place = head;
        for (Entry entry : removed) {
            for (; place < tail && tags[place] < entry.tag(); place++) {
                all.addIfThere(entries[place]);
            }
            all.add(entry);
        }
        for (; place < tail; place++) {
            all.addIfThere(entries[place]);
        }
        tags = all.tags;
        entries = all.entries;
        head = all.head;
        tail = all.tail;
        count = all.count;
    }

    private void addIfThere(@Nullable Entry entry) {
        if (entry != null) {
            add(entry);
        }
    }

    private void removeUntil(int end, Consumer<Entry> each) {
        for (; head < end; head++) {
            Entry entry = entries[head];
            if (entry != null) {
                entries[head] = null;
                count--;
                each.accept(entry);
            }
        }
        skipSettled();
    }

    private int place(long tag) {
        if (head == tail || tag < tags[head] || tag > tags[tail - 1]) {
            return -1;
        }
        long dense = head + (tag - tags[head]);
        if (dense < tail && tags[(int) dense] == tag) {
            return (int) dense;
        }
        return Arrays.binarySearch(tags, head, tail, tag);
    }

    private void skipSettled() {
        while (head < tail && entries[head] == null) {
            head++;
        }
        if (head == tail) {
            head = 0;
            tail = 0;
        }
    }

    private void closeUp() {
        int size = Math.max(PLACES_MIN, Integer.highestOneBit(Math.max(1, count)) * 4);
        long[] closeTags = size == tags.length ? tags : new long[size];
        @Nullable Entry[] closeEntries = size == tags.length ? entries : new @Nullable Entry[size];
        int to = 0;
        for (int from = head; from < tail; from++) {
            Entry entry = entries[from];
            if (entry != null) {
                closeTags[to] = tags[from];
                closeEntries[to] = entry;
                to++;
            }
        }
        if (closeEntries == entries) {
            Arrays.fill(entries, to, tail, null);
        }
        tags = closeTags;
        entries = closeEntries;
        head = 0;
        tail = to;
    }
}
