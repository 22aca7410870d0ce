package io.millrace.cli.experiment.history;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/// One walk over the end state of a partition: what is wrong in it, and what should be there and is not.
///
/// Owned by: the history.
final class PartitionAudit {
    private final int partition;
    private final Findings findings;

    /// By producer: what it was told.
    private final List<Outcomes> told;

    /// By producer: where each sequence lies.
    private final List<Longs> places;

    /// By producer: its highest sequence so far.
    private final long[] highest;

    private final Longs held = new Longs(Content.NOTHING);
    private long previous = -1;

    PartitionAudit(int partition, List<Outcomes> told, Findings findings) {
        this.partition = partition;
        this.told = told;
        this.findings = findings;
        this.places = Stream.generate(() -> new Longs(Content.NOTHING))
                .limit(told.size())
                .toList();
        this.highest = new long[told.size()];
        Arrays.fill(highest, -1);
    }

    /// The next record of the walk.
    void next(long offset, long content) {
        if (offset != previous + 1) {
            findings.add(Violation.GAP, partition, offset, "the record before it is at " + previous);
        }
        previous = offset;
        held.set(offset, content);
        int producer = Content.producer(content);
        if (content < 0 || producer >= told.size() || !told.get(producer).wasSent(Content.sequence(content))) {
            findings.add(Violation.INVENTED, partition, offset, Content.text(content) + " was never sent here");
        } else {
            place(offset, producer, Content.sequence(content));
        }
    }

    private void place(long offset, int producer, long sequence) {
        Longs where = places.get(producer);
        if (where.get(sequence) != Content.NOTHING) {
            found(Violation.DUPLICATED, offset, producer, sequence, "is at " + where.get(sequence) + " too");
            return;
        }
        where.set(sequence, offset);
        if (sequence < highest[producer]) {
            found(Violation.REORDERED, offset, producer, sequence, "comes after its record " + highest[producer]);
        }
        highest[producer] = Math.max(highest[producer], sequence);
        if (told.get(producer).of(sequence) == Outcomes.REFUSED) {
            found(Violation.STORED_THOUGH_REFUSED, offset, producer, sequence, "is there");
        }
    }

    /// The walk is over.
    ///
    /// @return what each offset holds
    Longs end() {
        for (int producer = 0; producer < told.size(); producer++) {
            for (long sequence = 0; sequence < told.get(producer).sent(); sequence++) {
                compare(producer, sequence, told.get(producer).of(sequence));
            }
        }
        return held;
    }

    private void compare(int producer, long sequence, long offset) {
        long place = places.get(producer).get(sequence);
        if (offset < 0 || offset == place) {
            return;
        }
        if (place == Content.NOTHING) {
            found(Violation.LOST, offset, producer, sequence, "was acknowledged here");
        } else {
            found(Violation.MOVED, offset, producer, sequence, "was acknowledged here and lies at " + place);
        }
    }

    private void found(Violation violation, long offset, int producer, long sequence, String what) {
        findings.add(violation, partition, offset, "record " + sequence + " of producer " + producer + " " + what);
    }
}
