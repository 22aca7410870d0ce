package io.millrace.cluster.replica;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/// Reads that wait for data beyond an offset, in no order. A waiting read costs one small object and no thread;
/// each knows its place, so giving it up costs the same however many wait.
///
/// Owned by: the partition's loop.
final class WaitingReads {
    private List<WaitingRead> waiting = List.of();

    /// One read that waits; forgotten when it is woken or cancelled.
    static final class WaitingRead implements ReadTicket {
        private static final int TAKEN_OUT = -1;
        private static final int CANCELLED = -2;

        private final WaitingReads reads;
        private final long offset;
        private final Runnable wake;
        private int place;

        private WaitingRead(WaitingReads reads, long offset, Runnable wake, int place) {
            this.reads = reads;
            this.offset = offset;
            this.wake = wake;
            this.place = place;
        }

        @Override
        public void cancel() {
            if (place >= 0) {
                reads.takeOut(this);
            }
            place = CANCELLED;
        }
    }

    int size() {
        return waiting.size();
    }

    ReadTicket add(long offset, Runnable wake) {
        WaitingRead read = new WaitingRead(this, offset, wake, waiting.size());
        if (waiting.isEmpty()) {
            waiting = new ArrayList<>(1); // the one list that all idle partitions share takes nothing
        }
        waiting.add(read);
        return read;
    }

    /// Wakes every read whose offset lies below `passedOffset`. A woken read may at once wait again or cancel others; a
    /// wake that throws keeps no other read asleep.
    void wake(long passedOffset) {
        if (waiting.isEmpty()) {
            return;
        }
        ArrayDeque<WaitingRead> woken = new ArrayDeque<>();
        for (int i = waiting.size() - 1; i >= 0; i--) {
            WaitingRead read = waiting.get(i);
            if (read.offset < passedOffset) {
                takeOut(read);
                woken.addFirst(read);
            }
        }
        wakeAll(woken);
    }

    /// The last one moves into the gap.
    private void takeOut(WaitingRead read) {
        WaitingRead last = waiting.removeLast();
        if (last != read) {
            waiting.set(read.place, last);
            last.place = read.place;
        }
        read.place = WaitingRead.TAKEN_OUT;
    }

    private static void wakeAll(ArrayDeque<WaitingRead> woken) {
        try {
            while (!woken.isEmpty()) {
                WaitingRead read = woken.removeFirst();
                if (read.place != WaitingRead.CANCELLED) {
                    read.wake.run();
                }
            }
        } finally {
            if (!woken.isEmpty()) {
                wakeAll(woken);
            }
        }
    }

    void wakeAll() {
        wake(Long.MAX_VALUE);
    }
}
