package io.millrace.broker.queue;

import java.util.BitSet;

/// Which parts of a commit are done: those that are not are tried again. Lost with the process, upon which all parts
/// are done anew.
///
/// Owned by: the loop of a commit queue.
final class CommitProgress {
    private static final long NEVER = -1;

    private final BitSet done = new BitSet();
    private boolean refused;
    private boolean awaited;
    private boolean tried;
    private long missingSinceMs = NEVER;

    boolean isDone(int part) {
        return done.get(part);
    }

    void done(int part) {
        done.set(part);
    }

    /// Somebody will hear how it ends; or has been told that it will be done, or is not there, and must not be wrong.
    void awaited(boolean now) {
        awaited = now;
    }

    /// Whether a queue may still make it fail.
    boolean mayBeRefused() {
        return awaited || refused;
    }

    /// A full queue has refused a message, or a topic can never take it: nothing is acknowledged.
    void refused() {
        refused = true;
    }

    boolean isRefused() {
        return refused;
    }

    /// @return whether it is not the first time
    boolean tryAgain() {
        boolean again = tried;
        tried = true;
        return again;
    }

    /// What a commit is for is not there.
    ///
    /// @return for how long that is so, at least
    long missingMs(long nowMs) {
        if (missingSinceMs == NEVER) {
            missingSinceMs = nowMs;
        }
        return nowMs - missingSinceMs;
    }
}
