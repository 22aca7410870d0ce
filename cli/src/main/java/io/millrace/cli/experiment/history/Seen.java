package io.millrace.cli.experiment.history;

/// What the first reader of each offset of a partition found there. Whoever reads it later must find the same.
///
/// Owned by: the history.
final class Seen {
    private final int partition;
    private final Findings findings;
    private final Longs contents = new Longs(Content.NOTHING);

    Seen(int partition, Findings findings) {
        this.partition = partition;
        this.findings = findings;
    }

    void at(long offset, long content) {
        long before = contents.get(offset);
        if (before == Content.NOTHING) {
            contents.set(offset, content);
        } else if (before != content) {
            findings.add(
                    Violation.CHANGED,
                    partition,
                    offset,
                    "first it was " + Content.text(before) + ", then " + Content.text(content));
        }
    }

    /// What was seen must be there to the end.
    void compareWith(Longs held) {
        for (long offset = 0; offset < contents.size(); offset++) {
            if (contents.get(offset) != Content.NOTHING && held.get(offset) == Content.NOTHING) {
                findings.add(
                        Violation.VANISHED, partition, offset, "a reader got " + Content.text(contents.get(offset)));
            }
        }
    }
}
