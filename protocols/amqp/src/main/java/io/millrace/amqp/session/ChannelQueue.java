package io.millrace.amqp.session;

import io.millrace.broker.queue.Hold;
import io.millrace.broker.queue.Settlement;
import io.millrace.broker.topology.QueueView;
import java.util.Arrays;

/// A channel's hold on one queue. Settlements of a turn are gathered and handed over together.
///
/// Owned by: one connection's loop.
final class ChannelQueue {
    private static final int BATCH_MAX = 4096;

    private final QueueView view;
    private final Hold hold;
    private int uses;
    private int held;
    private int limit = Hold.UNLIMITED;
    private long[] offsets = new long[8];
    private int count;
    private Settlement settlement = Settlement.ACKNOWLEDGE;

    ChannelQueue(QueueView view, Hold hold) {
        this.view = view;
        this.hold = hold;
    }

    QueueView view() {
        return view;
    }

    Hold hold() {
        return hold;
    }

    /// A consumer, a delivery not settled, or a get under way more, or less when negative.
    void used(int more) {
        uses += more;
    }

    boolean isIdle() {
        return uses == 0;
    }

    /// Consumers have so many more deliveries to settle, sent or not, or fewer when negative.
    void held(int more) {
        held += more;
    }

    int held() {
        return held;
    }

    /// What its consumers may have unsettled together.
    void limit(int unsettled) {
        if (unsettled != limit) {
            limit = unsettled;
            hold.limit(unsettled);
        }
    }

    boolean hasSettlements() {
        return count > 0;
    }

    void settle(long offset, Settlement how) {
        if (count > 0 && (how != settlement || count == BATCH_MAX)) {
            flush();
        }
        if (count == offsets.length) {
            offsets = Arrays.copyOf(offsets, count * 2);
        }
        settlement = how;
        offsets[count++] = offset;
    }

    void flush() {
        if (count > 0) {
            int settled = count;
            count = 0; // an answer may come before the call returns
            hold.settle(offsets, settled, settlement);
        }
    }
}
