package io.millrace.cluster.replica;

import io.millrace.broker.partition.AppendReply;
import io.millrace.broker.partition.LeaderHint;
import io.millrace.log.batch.AppendResult;
import io.millrace.model.ErrorKind;
import io.millrace.model.TopicPartition;
import java.util.function.Consumer;

/// Appends that wait for what their producers asked for: to be written here, or to be below the high watermark.
///
/// Owned by: the loop of its [Partition].
final class WaitingAppends {
    private final WaitingAcks forWrite = new WaitingAcks();
    private final WaitingAcks forHighWatermark = new WaitingAcks();

    /// Why nobody may even wait to be below the high watermark.
    static AppendReply notEnoughReplicas(TopicPartition id, Assignment assignment) {
        return AppendReply.refused(
                ErrorKind.NOT_ENOUGH_REPLICAS,
                "The size of the current ISR " + assignment.isr().size()
                        + " is insufficient to satisfy the min.isr requirement of " + assignment.minInSyncReplicas()
                        + " for partition " + id);
    }

    boolean isEmpty() {
        return forWrite.isEmpty() && forHighWatermark.isEmpty();
    }

    void untilWritten(long writtenOffset, AppendResult result, long deadlineMs, Consumer<AppendReply> reply) {
        answerBeyond(writtenOffset, forWrite, result, deadlineMs, reply);
    }

    void untilSafe(long highWatermark, AppendResult result, long deadlineMs, Consumer<AppendReply> reply) {
        answerBeyond(highWatermark, forHighWatermark, result, deadlineMs, reply);
    }

    private static void answerBeyond(
            long passedOffset, WaitingAcks waiting, AppendResult result, long deadlineMs, Consumer<AppendReply> reply) {
        if (result.nextOffset() <= passedOffset) {
            reply.accept(AppendReply.of(result)); // a duplicate of something that is safe already
        } else {
            waiting.add(result, deadlineMs, reply);
        }
    }

    void onWritten(long offset) {
        forWrite.release(offset);
    }

    void onSafe(long highWatermark) {
        forHighWatermark.release(highWatermark);
    }

    /// What was to become safe will not be soon.
    void failUnsafe(ErrorKind error) {
        forHighWatermark.fail(error, LeaderHint.NONE);
    }

    void fail(ErrorKind error, LeaderHint leader) {
        try {
            forWrite.fail(error, leader);
        } finally {
            forHighWatermark.fail(error, leader);
        }
    }

    /// Answers those whose time is up.
    void expire(long nowMs) {
        try {
            forWrite.expire(nowMs);
        } finally {
            forHighWatermark.expire(nowMs);
        }
    }

    /// Lets go of memory that only a busy partition needs.
    void idle() {
        forWrite.idle();
        forHighWatermark.idle();
    }
}
