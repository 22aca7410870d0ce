package io.millrace.cluster.replica;

import io.millrace.broker.partition.AppendReply;
import io.millrace.broker.partition.LeaderHint;
import io.millrace.log.batch.AppendResult;
import io.millrace.model.ErrorKind;
import java.util.ArrayDeque;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Appends that wait for an offset to be passed. Appends enter in offset order, so releasing looks only at the head.
/// An answer that throws keeps nobody else from theirs. Where nobody has waited yet, or lately, there is no queue: most
/// partitions of a node are idle, and an empty queue is a hundred bytes.
///
/// Owned by: the partition's loop.
final class WaitingAcks {
    private @Nullable ArrayDeque<WaitingAck> queue;
    private long earliestDeadlineMs = Long.MAX_VALUE;

    private record WaitingAck(AppendResult result, long deadlineMs, Consumer<AppendReply> reply) {
        void refuse(ErrorKind error, LeaderHint leader) {
            reply.accept(new AppendReply(AppendResult.refused(error, result.logStartOffset(), ""), leader));
        }
    }

    boolean isEmpty() {
        return queue == null || queue.isEmpty();
    }

    void add(AppendResult result, long deadlineMs, Consumer<AppendReply> reply) {
        if (queue == null) {
            queue = new ArrayDeque<>();
        }
        queue.addLast(new WaitingAck(result, deadlineMs, reply));
        earliestDeadlineMs = Math.min(earliestDeadlineMs, deadlineMs);
    }

    /// Answers every append that ends at or below `passedOffset`.
    void release(long passedOffset) {
        ArrayDeque<WaitingAck> waiting = queue;
        if (waiting != null) {
            release(waiting, passedOffset);
        }
    }

    private static void release(ArrayDeque<WaitingAck> waiting, long passedOffset) {
        try {
            while (isPassed(waiting, passedOffset)) {
                WaitingAck head = waiting.removeFirst();
                head.reply.accept(AppendReply.of(head.result));
            }
        } finally {
            if (isPassed(waiting, passedOffset)) {
                release(waiting, passedOffset); // an answer has thrown: the others still get theirs
            }
        }
    }

    private static boolean isPassed(ArrayDeque<WaitingAck> waiting, long offset) {
        WaitingAck head = waiting.peekFirst();
        return head != null && head.result.nextOffset() <= offset;
    }

    /// Answers appends that waited too long. Each client chooses its own timeout, so deadlines are not sorted.
    void expire(long nowMs) {
        ArrayDeque<WaitingAck> waiting = queue;
        if (waiting == null || nowMs < earliestDeadlineMs) {
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
        ArrayDeque<WaitingAck> all = queue;
        queue = null;
        earliestDeadlineMs = Long.MAX_VALUE;
        if (all != null) {
            refuseAll(all, error, leader);
        }
    }

    /// Lets go of the empty queue of a partition that was busy once.
    void idle() {
        if (queue != null && queue.isEmpty()) {
            queue = null;
        }
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
