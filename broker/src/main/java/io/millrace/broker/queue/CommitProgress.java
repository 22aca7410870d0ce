package io.millrace.broker.queue;

import java.util.BitSet;

/// Which parts of a commit are done: those that are not are tried again. Lost with the process, upon which all parts
/// are done anew.
///
/// Owned by: the loop of a commit queue.
final class CommitProgress {
    private final BitSet done = new BitSet();
    private boolean refused;

    boolean isDone(int part) {
        return done.get(part);
    }

    void done(int part) {
        done.set(part);
    }

    /// A full queue has refused a message, or a topic can never take it: nothing is acknowledged.
    void refused() {
        refused = true;
    }

    boolean isRefused() {
        return refused;
    }
}
