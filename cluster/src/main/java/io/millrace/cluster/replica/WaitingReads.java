package io.millrace.cluster.replica;

import java.util.ArrayList;
import java.util.List;

/// Reads that wait for data beyond an offset. A waiting read costs one small object and no thread.
///
/// Owned by: the partition's loop.
final class WaitingReads {
    private List<WaitingRead> waiting = new ArrayList<>(1);

    /// One read that waits; forgotten when it is woken or cancelled.
    static final class WaitingRead implements ReadTicket {
        private final WaitingReads reads;
        private final long offset;
        private final Runnable wake;

        private WaitingRead(WaitingReads reads, long offset, Runnable wake) {
            this.reads = reads;
            this.offset = offset;
            this.wake = wake;
        }

        @Override
        public void cancel() {
            reads.waiting.remove(this);
        }
    }

    ReadTicket add(long offset, Runnable wake) {
        WaitingRead read = new WaitingRead(this, offset, wake);
        waiting.add(read);
        return read;
    }

    /// Wakes every read whose offset lies below `passedOffset`. A woken read may at once wait again.
    void wake(long passedOffset) {
        if (waiting.isEmpty()) {
            return;
        }
        List<WaitingRead> before = waiting;
        waiting = new ArrayList<>(before.size());
        for (WaitingRead read : before) {
            if (read.offset < passedOffset) {
                read.wake.run();
            } else {
                waiting.add(read);
            }
        }
    }

    void wakeAll() {
        wake(Long.MAX_VALUE);
    }
}
