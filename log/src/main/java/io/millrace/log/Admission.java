package io.millrace.log;

import io.millrace.log.batch.AppendOrigin;
import io.millrace.log.batch.AppendResult;
import io.millrace.log.batch.BatchCheck;
import io.millrace.log.batch.BatchHeader;
import io.millrace.log.config.LogConfig;
import io.millrace.log.producer.ProducerCheck;
import io.millrace.log.producer.ProducerStates;
import io.millrace.model.ErrorKind;
import io.millrace.model.TopicPartition;
import java.nio.ByteBuffer;
import java.util.Optional;

/// Decides whether batches that were checked may enter a log as it stands: next in their producers' sequences,
/// continuing the leader's offsets. Admitted batches leave with their offsets and leader epoch in place; the log itself
/// is not touched.
///
/// @param endOffset the next offset to be given out
record Admission(
        TopicPartition partition, LogConfig config, ProducerStates producers, long startOffset, long endOffset) {
    /// What is to be done with the batches.
    sealed interface Verdict {}

    /// Append them: everything between `from` and `end`.
    ///
    /// @param isCopy whether the bytes are the log's own, so that the caller's are not needed any more
    record Admitted(ByteBuffer batches, int from, int end, long lastOffset, long maxTimestamp, boolean isCopy)
            implements Verdict {
        int bytes() {
            return end - from;
        }
    }

    /// Nothing is appended, and this is the answer: a refusal, or what became of the same batches before.
    record Answered(AppendResult result) implements Verdict {}

    /// Whether it is a coordinator's note about records (what is settled, whether a transaction was committed) and no
    /// record. Such notes may use the room that a disk keeps back from records.
    static boolean isNote(BatchCheck check, AppendOrigin origin) {
        return origin == AppendOrigin.COORDINATOR
                && check instanceof BatchCheck.Valid valid
                && valid.batchCount() == 1
                && BatchHeader.isControl(valid.batches(), valid.batches().position());
    }

    /// @param check what [io.millrace.log.batch.BatchValidator] says of the batches
    Verdict decide(BatchCheck check, AppendOrigin origin, int leaderEpoch) {
        return switch (check) {
            case BatchCheck.Refused refused -> answered(refused);
            case BatchCheck.TooLarge tooLarge -> answered(tooLarge.refused(partition));
            case BatchCheck.Valid valid -> admit(valid, origin, leaderEpoch);
        };
    }

    private Verdict answered(BatchCheck.Refused refused) {
        return new Answered(new AppendResult(
                refused.error(), -1, -1, -1, startOffset, false, refused.recordErrors(), refused.message()));
    }

    private Verdict admit(BatchCheck.Valid valid, AppendOrigin origin, int leaderEpoch) {
        ByteBuffer batches =
                valid.rewritten() ? valid.batches() : valid.batches().slice();
        int from = batches.position();
        int end = batches.limit();
        if (origin != AppendOrigin.LEADER && end - from > config.segmentBytes()) {
            return refused(
                    ErrorKind.RECORD_LIST_TOO_LARGE,
                    ("Message batch size is %d bytes in append to partition %s, which exceeds the maximum configured"
                                    + " segment size of %d.")
                            .formatted(end - from, partition, config.segmentBytes()));
        }
        Optional<Verdict> answer = origin == AppendOrigin.LEADER
                ? answerGap(batches, from, end)
                : answerProducers(batches, from, end, origin);
        if (answer.isPresent()) {
            return answer.get();
        }
        long lastOffset = origin == AppendOrigin.LEADER
                ? lastOffset(batches, from, end)
                : assign(batches, from, end, leaderEpoch);
        return new Admitted(batches, from, end, lastOffset, valid.maxTimestamp(), valid.rewritten());
    }

    private Verdict refused(ErrorKind error, String message) {
        return new Answered(AppendResult.refused(error, startOffset, message));
    }

    private Optional<Verdict> answerProducers(ByteBuffer batches, int from, int end, AppendOrigin origin) {
        for (int at = from; at < end; at += BatchHeader.sizeInBytes(batches, at)) {
            switch (producers.check(batches, at, endOffset, origin)) {
                case ProducerCheck.Accepted accepted -> {}
                case ProducerCheck.Duplicate duplicate -> {
                    return Optional.of(new Answered(AppendResult.appended(
                            duplicate.firstOffset(),
                            duplicate.lastOffset() + 1,
                            BatchHeader.isLogAppendTime(batches, at) ? duplicate.timestamp() : -1,
                            startOffset,
                            true)));
                }
                case ProducerCheck.Refused refused -> {
                    return Optional.of(refused(refused.error(), refused.message()));
                }
            }
        }
        return Optional.empty();
    }

    private Optional<Verdict> answerGap(ByteBuffer batches, int from, int end) {
        long next = endOffset;
        for (int at = from; at < end; at += BatchHeader.sizeInBytes(batches, at)) {
            long baseOffset = BatchHeader.baseOffset(batches, at);
            long lastOffset = BatchHeader.lastOffset(batches, at);
            if (baseOffset < next || lastOffset < baseOffset) {
                return Optional.of(refused(
                        ErrorKind.INVALID_RECORD,
                        "batch at offset %d does not continue the log, which ends at %d".formatted(baseOffset, next)));
            }
            next = lastOffset + 1;
        }
        return Optional.empty();
    }

    /// Returns the last offset.
    private long assign(ByteBuffer batches, int from, int end, int leaderEpoch) {
        long next = endOffset;
        for (int at = from; at < end; at += BatchHeader.sizeInBytes(batches, at)) {
            BatchHeader.setBaseOffset(batches, at, next);
            BatchHeader.setLeaderEpoch(batches, at, leaderEpoch);
            next += BatchHeader.lastOffsetDelta(batches, at) + 1L;
        }
        return next - 1;
    }

    private static long lastOffset(ByteBuffer batches, int from, int end) {
        int last = from;
        for (int at = from; at < end; at += BatchHeader.sizeInBytes(batches, at)) {
            last = at;
        }
        return BatchHeader.lastOffset(batches, last);
    }
}
