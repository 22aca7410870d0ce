package io.millrace.cli.experiment.history;

/// The walk of one reader through one partition: from where it starts, offset after offset.
///
/// Owned by: the history.
final class Reading {
    private static final long ANYWHERE = -1;

    private long next = ANYWHERE;

    /// The reader starts again wherever its group or the program says.
    void begin() {
        next = ANYWHERE;
    }

    /// Whether this is where the walk goes on.
    boolean goesOnAt(long offset) {
        return next == ANYWHERE || next == offset;
    }

    long next() {
        return next;
    }

    void passed(long offset) {
        next = offset + 1;
    }
}
