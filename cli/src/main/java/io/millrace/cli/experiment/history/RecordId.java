package io.millrace.cli.experiment.history;

import java.nio.ByteBuffer;
import java.util.Optional;

/// Which record it is: the `sequence`-th that the producer sent to the partition, from 0. Goes into the record's value,
/// so that whoever reads it knows.
public record RecordId(int producer, int partition, long sequence) {
    /// A value is at least this long.
    public static final int BYTES = 24;

    private static final long MARK = 0x6d696c6c72616365L; // "millrace": not everything that is read is ours

    public RecordId {
        if (producer < 0 || producer > Content.PRODUCER_MAX || partition < 0) {
            throw new IllegalArgumentException("producer " + producer + ", partition " + partition);
        }
        if (sequence < 0 || sequence > Content.SEQUENCE_MAX) {
            throw new IllegalArgumentException("sequence " + sequence);
        }
    }

    /// The value of this record, filled up to a size.
    public byte[] value(int size) {
        return ByteBuffer.allocate(Math.max(BYTES, size))
                .putLong(MARK)
                .putInt(producer)
                .putInt(partition)
                .putLong(sequence)
                .array();
    }

    /// What a value says; empty when no producer of ours can have written it.
    public static Optional<RecordId> of(byte[] value) {
        if (value.length < BYTES) {
            return Optional.empty();
        }
        ByteBuffer bytes = ByteBuffer.wrap(value);
        long mark = bytes.getLong();
        int producer = bytes.getInt();
        int partition = bytes.getInt();
        long sequence = bytes.getLong();
        boolean isOurs = mark == MARK
                && producer >= 0
                && producer <= Content.PRODUCER_MAX
                && partition >= 0
                && sequence >= 0
                && sequence <= Content.SEQUENCE_MAX;
        return isOurs ? Optional.of(new RecordId(producer, partition, sequence)) : Optional.empty();
    }
}
