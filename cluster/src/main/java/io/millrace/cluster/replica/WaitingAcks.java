package io.millrace.cluster.replica;

import io.millrace.broker.partition.AppendReply;
import io.millrace.broker.partition.LeaderHint;
import io.millrace.log.batch.AppendResult;
import io.millrace.model.ErrorKind;
import java.util.ArrayDeque;
import java.util.function.Consumer;

/// Appends that wait for an offset to be passed. Appends enter in offset order, so releasing looks only at the head.
///
/// Owned by: the partition's loop.
final class WaitingAcks {
    private final ArrayDeque<WaitingAck> waiting = new ArrayDeque<>();

    private record WaitingAck(AppendResult result, long deadlineMs, Consumer<AppendReply> reply) {}

    boolean isEmpty() {
        return waiting.isEmpty();
    }

    void add(AppendResult result, long deadlineMs, Consumer<AppendReply> reply) {
        waiting.addLast(new WaitingAck(result, deadlineMs, reply));
    }

    /// Answers every append that ends at or below `passedOffset`.
    void release(long passedOffset) {
        WaitingAck head = waiting.peekFirst();
        while (head != null && head.result.nextOffset() <= passedOffset) {
            waiting.removeFirst();
            head.reply.accept(AppendReply.of(head.result));
            head = waiting.peekFirst();
        }
    }

    /// Answers appends that waited too long. A duplicate may have a later deadline than its successor, so deadlines are
    /// not sorted; a late answer to such a one is harmless.
    void expire(long nowMs) {
        WaitingAck head = waiting.peekFirst();
        while (head != null && head.deadlineMs <= nowMs) {
            waiting.removeFirst();
            head.reply.accept(refused(head.result, ErrorKind.REQUEST_TIMED_OUT, LeaderHint.NONE));
            head = waiting.peekFirst();
        }
    }

    /// Answers everybody with an error: the leadership or the disk is lost, or the partition is gone.
    void fail(ErrorKind error, LeaderHint leader) {
        WaitingAck head = waiting.pollFirst();
        while (head != null) {
            head.reply.accept(refused(head.result, error, leader));
            head = waiting.pollFirst();
        }
    }

    private static AppendReply refused(AppendResult result, ErrorKind error, LeaderHint leader) {
        return new AppendReply(AppendResult.refused(error, result.logStartOffset(), ""), leader);
    }
}
