package io.millrace.cli.experiment.history;

/// What became of the records of one producer for one partition, by sequence.
///
/// Owned by: the history.
final class Outcomes {
    /// Not answered, or with an error that leaves it open.
    static final long UNKNOWN = -1;

    static final long REFUSED = -2;

    private final Longs bySequence = new Longs(UNKNOWN);
    private long acknowledged;
    private long refused;

    void sent(long sequence) {
        if (sequence != bySequence.size()) {
            throw new IllegalArgumentException("sequence " + sequence + " after " + bySequence.size() + " records");
        }
        bySequence.set(sequence, UNKNOWN);
    }

    void acknowledged(long sequence, long offset) {
        bySequence.set(known(sequence), offset);
        acknowledged++;
    }

    void refused(long sequence) {
        bySequence.set(known(sequence), REFUSED);
        refused++;
    }

    private long known(long sequence) {
        if (!wasSent(sequence)) {
            throw new IllegalArgumentException("sequence " + sequence + " was never sent");
        }
        return sequence;
    }

    boolean wasSent(long sequence) {
        return sequence < bySequence.size();
    }

    /// The offset it was acknowledged at, [#UNKNOWN] or [#REFUSED].
    long of(long sequence) {
        return bySequence.get(sequence);
    }

    long sent() {
        return bySequence.size();
    }

    long acknowledged() {
        return acknowledged;
    }

    long refused() {
        return refused;
    }
}
