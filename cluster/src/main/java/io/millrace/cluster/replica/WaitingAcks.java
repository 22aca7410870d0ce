package io.millrace.cluster.replica;

import io.millrace.broker.partition.AppendReply;
import io.millrace.broker.partition.LeaderHint;
import io.millrace.log.batch.AppendResult;
import io.millrace.model.ErrorKind;
import java.util.ArrayDeque;
import java.util.function.Consumer;

/// Appends that wait for an offset to be passed. Appends enter in offset order, so releasing looks only at the head.
/// An answer that throws keeps nobody else from theirs.
///
/// Owned by: the partition's loop.
final class WaitingAcks {
    private final ArrayDeque<WaitingAck> waiting = new ArrayDeque<>();
    private long earliestDeadlineMs = Long.MAX_VALUE;

    private record WaitingAck(AppendResult result, long deadlineMs, Consumer<AppendReply> reply) {
        void refuse(ErrorKind error, LeaderHint leader) {
            reply.accept(new AppendReply(AppendResult.refused(error, result.logStartOffset(), ""), leader));
        }
    }

    boolean isEmpty() {
        return waiting.isEmpty();
    }

    void add(AppendResult result, long deadlineMs, Consumer<AppendReply> reply) {
        waiting.addLast(new WaitingAck(result, deadlineMs, reply));
        earliestDeadlineMs = Math.min(earliestDeadlineMs, deadlineMs);
    }

    /// Answers every append that ends at or below `passedOffset`.
    void release(long passedOffset) {
        try {
            while (isPassed(passedOffset)) {
                WaitingAck head = waiting.removeFirst();
                head.reply.accept(AppendReply.of(head.result));
            }
        } finally {
            if (isPassed(passedOffset)) {
                release(passedOffset); // an answer has thrown: the others still get theirs
            }
        }
    }

    private boolean isPassed(long offset) {
        WaitingAck head = waiting.peekFirst();
        return head != null && head.result.nextOffset() <= offset;
    }

    /// Answers appends that waited too long. Each client chooses its own timeout, so deadlines are not sorted.
    void expire(long nowMs) {
        if (nowMs < earliestDeadlineMs) {
            return;
        }
        ArrayDeque<WaitingAck> late = new ArrayDeque<>();
        long earliest = Long.MAX_VALUE;
        for (WaitingAck ack : waiting) {
            if (ack.deadlineMs <= nowMs) {
                late.addLast(ack);
            } else {
                earliest = Math.min(earliest, ack.deadlineMs);
            }
        }
        waiting.removeIf(ack -> ack.deadlineMs <= nowMs);
        earliestDeadlineMs = earliest;
        refuseAll(late, ErrorKind.REQUEST_TIMED_OUT, LeaderHint.NONE);
    }

    /// Answers everybody with an error: the leadership or the disk is lost, or the partition is gone.
    void fail(ErrorKind error, LeaderHint leader) {
        ArrayDeque<WaitingAck> all = new ArrayDeque<>(waiting);
        waiting.clear();
        earliestDeadlineMs = Long.MAX_VALUE;
        refuseAll(all, error, leader);
    }

    private static void refuseAll(ArrayDeque<WaitingAck> acks, ErrorKind error, LeaderHint leader) {
        try {
            while (!acks.isEmpty()) {
                acks.removeFirst().refuse(error, leader);
            }
        } finally {
            if (!acks.isEmpty()) {
                refuseAll(acks, error, leader);
            }
        }
    }
}
