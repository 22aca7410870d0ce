package io.millrace.log;

import io.millrace.model.InvariantViolation;
import io.millrace.model.TopicPartition;
import org.jspecify.annotations.Nullable;

/// Which jobs of one log are out with other threads: at most one of each kind.
///
/// Owned by: the log's owner.
final class JobsOut {
    private final TopicPartition partition;
    private @Nullable FlushJob flush;
    private @Nullable CleanSwap swap;
    private @Nullable RetentionJob retention;
    private @Nullable RecoveryJob recovery;

    JobsOut(TopicPartition partition) {
        this.partition = partition;
    }

    boolean isAny() {
        return flush != null || swap != null || retention != null || recovery != null;
    }

    boolean isFlush() {
        return flush != null;
    }

    boolean isSwap() {
        return swap != null;
    }

    boolean isRetention() {
        return retention != null;
    }

    boolean isRecovery() {
        return recovery != null;
    }

    /// Bytes of batches that are on their way to the file.
    long flushBytes() {
        return flush == null ? 0 : flush.bytes();
    }

    void lend(FlushJob job) {
        flush = job;
    }

    void lend(CleanSwap job) {
        swap = job;
    }

    void lend(RetentionJob job) {
        retention = job;
    }

    void lend(RecoveryJob job) {
        recovery = job;
    }

    void takeBack(FlushJob job) {
        require(flush == job, "flush job");
        flush = null;
    }

    void takeBack(CleanSwap job) {
        require(swap == job, "swap");
        swap = null;
    }

    void takeBack(RetentionJob job) {
        require(retention == job, "retention job");
        retention = null;
    }

    void takeBack(RecoveryJob job) {
        require(recovery == job, "recovery job");
        recovery = null;
    }

    private void require(boolean isOut, String what) {
        if (!isOut) {
            throw new InvariantViolation("this " + what + " is not out: " + partition);
        }
    }
}
