package io.millrace.cli.experiment.history;

import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/// Everything that producers were told and readers saw of one topic, and the judgement of it.
///
/// Producers must be idempotent and not transactional, so that every offset holds exactly one of their records. Reads
/// on the way are compared with one another and with the log as it is read at the end, when nothing is written any
/// more.
///
/// Owned by: one thread at a time.
public final class History {
    /// By partition and producer.
    private final List<List<Outcomes>> outcomes;

    /// By partition and reader.
    private final List<List<Reading>> readings;

    /// By partition.
    private final List<Seen> seen;

    private final Findings findings = new Findings();
    private long read;

    public History(int producers, int readers, int partitions) {
        outcomes = list(partitions, partition -> list(producers, producer -> new Outcomes()));
        readings = list(partitions, partition -> list(readers, reader -> new Reading()));
        seen = list(partitions, partition -> new Seen(partition, findings));
    }

    private static <T> List<T> list(int size, IntFunction<T> each) {
        return IntStream.range(0, size).mapToObj(each).toList();
    }

    /// It is handed to the client now. Sequences of a producer and partition are dense, from 0.
    public void sent(RecordId id) {
        of(id).sent(id.sequence());
    }

    /// The producer was told that it is stored at that offset.
    public void acknowledged(RecordId id, long offset) {
        of(id).acknowledged(id.sequence(), offset);
    }

    /// The producer was told that it is not stored. An error that may come after an append (a time-out, a lost
    /// connection) is no refusal: say nothing then.
    public void refused(RecordId id) {
        of(id).refused(id.sequence());
    }

    private Outcomes of(RecordId id) {
        return outcomes.get(id.partition()).get(id.producer());
    }

    /// The reader goes to another place of the partition on purpose: its group or the program said so.
    public void moved(int reader, int partition) {
        readings.get(partition).get(reader).begin();
    }

    /// The reader got a record.
    ///
    /// @param id what its value says, empty for a value that no producer of the history can have written
    public void read(int reader, int partition, long offset, Optional<RecordId> id) {
        read++;
        Reading reading = readings.get(partition).get(reader);
        if (!reading.goesOnAt(offset)) {
            String expected = "reader " + reader + " was to get offset " + reading.next() + " next";
            findings.add(Violation.JUMPED, partition, offset, expected);
        }
        reading.passed(offset);
        seen.get(partition).at(offset, Content.of(partition, id));
    }

    /// Judges, with the log as it is in the end; to be asked once.
    public Verdict judge(FinalLog log) {
        if (log.partitions() != seen.size()) {
            throw new IllegalArgumentException(log.partitions() + " partitions, not " + seen.size());
        }
        long stored = 0;
        for (int partition = 0; partition < seen.size(); partition++) {
            stored += audit(partition, log.offsets(partition), log.contents(partition));
        }
        return verdict(stored);
    }

    private long audit(int partition, Longs offsets, Longs contents) {
        var audit = new PartitionAudit(partition, outcomes.get(partition), findings);
        for (int i = 0; i < offsets.size(); i++) {
            seen.get(partition).at(offsets.get(i), contents.get(i));
            audit.next(offsets.get(i), contents.get(i));
        }
        seen.get(partition).compareWith(audit.end());
        return offsets.size();
    }

    private Verdict verdict(long stored) {
        List<Outcomes> all = outcomes.stream().flatMap(List::stream).toList();
        long sent = all.stream().mapToLong(Outcomes::sent).sum();
        long acknowledged = all.stream().mapToLong(Outcomes::acknowledged).sum();
        long refused = all.stream().mapToLong(Outcomes::refused).sum();
        long unknown = sent - acknowledged - refused;
        return new Verdict(sent, acknowledged, unknown, refused, stored, read, findings.counts(), findings.kept());
    }
}
