package io.millrace.amqp.session;

import java.util.ArrayDeque;
import java.util.Deque;

/// How long a channel's oldest delivery has waited to be settled, without a clock for each: now and then it is noted
/// which tag was the last by then. What is found too old is so; it may be found two looks late.
///
/// Owned by: one connection's loop.
/// Invariant: tags and times of the marks rise; there are no more than looks in the time allowed, and one.
final class DeliveryAges {
    private static final int LOOKS = 32;
    private static final long LOOK_MS_MAX = 60_000;

    private final long allowedMs;
    private final Deque<Mark> marks = new ArrayDeque<>();

    /// @param allowedMs 0 for any time
    DeliveryAges(long allowedMs) {
        this.allowedMs = allowedMs;
    }

    /// Tags up to this one were given away by then.
    private record Mark(long tag, long atMs) {}

    /// How often to look.
    static long lookMs(long allowedMs) {
        return Math.min(LOOK_MS_MAX, allowedMs / LOOKS);
    }

    /// Whether the oldest one has waited too long.
    ///
    /// @param oldest tag of those not settled, 0 when there are none
    /// @param last tag that was given away
    boolean isOver(long nowMs, long oldest, long last) {
        if (allowedMs == 0) {
            return false;
        }
        Mark first = marks.peek();
        while (first != null && (oldest == 0 || first.tag < oldest)) {
            marks.remove();
            first = marks.peek();
        }
        Mark latest = marks.peekLast();
        if (oldest != 0 && (latest == null || latest.tag < last)) {
            marks.add(new Mark(last, nowMs));
        }
        return first != null && nowMs - first.atMs > allowedMs;
    }
}
