package io.millrace.log;

import io.millrace.model.InvariantViolation;
import org.jspecify.annotations.Nullable;

/// Which jobs of one log are out with other threads: at most one of each kind.
///
/// A value, so that all logs without a job share one.
record JobsOut(
        @Nullable FlushJob flush,
        @Nullable CleanSwap swap,
        @Nullable RetentionJob retention,
        @Nullable ReloadJob reload) {
    static final JobsOut NONE = new JobsOut(null, null, null, null);

    boolean isAny() {
        return flush != null || swap != null || retention != null || reload != null;
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

    boolean isReload() {
        return reload != null;
    }

    /// Whether the log is changing over to another directory.
    boolean isMove() {
        return reload instanceof MoveJob;
    }

    /// Bytes of batches that are on their way to the file.
    long flushBytes() {
        return flush == null ? 0 : flush.bytes();
    }

    JobsOut with(FlushJob job) {
        return new JobsOut(job, swap, retention, reload);
    }

    JobsOut with(CleanSwap job) {
        return new JobsOut(flush, job, retention, reload);
    }

    JobsOut with(RetentionJob job) {
        return new JobsOut(flush, swap, job, reload);
    }

    JobsOut with(ReloadJob job) {
        return new JobsOut(flush, swap, retention, job);
    }

    JobsOut without(FlushJob job) {
        require(flush == job, "flush job");
        return orNone(new JobsOut(null, swap, retention, reload));
    }

    JobsOut without(CleanSwap job) {
        require(swap == job, "swap");
        return orNone(new JobsOut(flush, null, retention, reload));
    }

    JobsOut without(RetentionJob job) {
        require(retention == job, "retention job");
        return orNone(new JobsOut(flush, swap, null, reload));
    }

    JobsOut without(ReloadJob job) {
        require(reload == job, "recovery or truncation job");
        return orNone(new JobsOut(flush, swap, retention, null));
    }

    private static void require(boolean isOut, String what) {
        if (!isOut) {
            throw new InvariantViolation("this " + what + " is not out");
        }
    }

    private static JobsOut orNone(JobsOut rest) {
        return rest.isAny() ? rest : NONE;
    }
}
