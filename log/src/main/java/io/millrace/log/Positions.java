package io.millrace.log;

import io.millrace.model.InvariantViolation;

/// The four offsets that say how far a log has come.
///
/// Owned by: the log's owner; [#start()], [#durable()] and [#synced()] may be read from any thread, where an older
/// value is as good.
/// Invariant: `start <= durable <= written <= end`, and `synced <= written`. A move that would break it is refused as
/// the bug it is, and moves nothing.
final class Positions {
    private volatile long start;
    private volatile long synced;
    private long written;
    private long end;

    /// The first offset there is.
    long start() {
        return start;
    }

    /// Everything below is fsynced, or deleted: a power cut keeps it.
    long durable() {
        return Math.max(synced, start);
    }

    /// Everything below was fsynced, also what lies below the start: recovery relies on it.
    long synced() {
        return synced;
    }

    /// Everything below is in the file: a process crash keeps it.
    long written() {
        return written;
    }

    /// The next offset to be given out.
    long end() {
        return end;
    }

    /// The log is what was found in its files.
    ///
    /// @param durableOffset everything below was fsynced
    void found(long startOffset, long endOffset, long durableOffset) {
        check(startOffset, durableOffset, endOffset, endOffset);
        start = startOffset;
        synced = durableOffset;
        written = endOffset;
        end = endOffset;
    }

    void appended(long endOffset) {
        check(start, synced, written, endOffset);
        end = endOffset;
    }

    /// A flush job wrote everything below `offset`, and synced it if that was asked for. The end may lie below when the
    /// log failed while the job was out: then what the job wrote is in the log all the same, and is its end.
    void flushed(long offset, boolean isSynced) {
        long syncedOffset = isSynced ? offset : synced;
        long endOffset = Math.max(end, offset);
        check(start, syncedOffset, offset, endOffset);
        synced = syncedOffset;
        written = offset;
        end = endOffset;
    }

    /// The log's end is about to go: until it is known what is left, no checkpoint may say that anything at or above
    /// `offset` is there. What lies below stays, and checkpoints must go on saying so: what they do not know of, a
    /// start takes for torn as soon as something in it is damaged.
    void distrustFrom(long offset) {
        synced = Math.min(synced, offset);
    }

    /// Nothing at or above `offset` is to be relied upon any more.
    ///
    /// @param syncedOffset everything below was fsynced before
    void cutAt(long offset, long syncedOffset) {
        synced = Math.min(syncedOffset, Math.min(offset, written));
        written = Math.min(written, Math.max(offset, start));
        end = Math.min(end, written);
    }

    /// What is not written never will be.
    void dropUnwritten() {
        end = written;
    }

    void moveStart(long offset) {
        check(offset, synced, written, end);
        start = offset;
    }

    private static void check(long start, long synced, long written, long end) {
        if (start > written || synced > written || written > end) {
            throw new InvariantViolation("positions of a log out of order: start %d, synced %d, written %d, end %d"
                    .formatted(start, synced, written, end));
        }
    }
}
