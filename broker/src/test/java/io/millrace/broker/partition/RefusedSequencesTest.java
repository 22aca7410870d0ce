package io.millrace.broker.partition;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.log.batch.AppendResult;
import io.millrace.model.ErrorKind;
import io.millrace.testkit.ManualClock;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.junit.jupiter.api.Test;

/// A producer's later batches do not overtake one that was refused.
final class RefusedSequencesTest {
    private static final long PRODUCER = 7;

    private final ManualClock clock = new ManualClock();
    private final RefusedSequences sequences = new RefusedSequences(clock);

    private static ByteBuffer batch(long producerId, int epoch, int sequence) {
        return MemoryRecords.withIdempotentRecords(
                        Compression.NONE,
                        producerId,
                        (short) epoch,
                        sequence,
                        new SimpleRecord("v".getBytes(StandardCharsets.UTF_8)))
                .buffer();
    }

    private void answered(ByteBuffer batch, ErrorKind error) {
        List<ErrorKind> heard = new ArrayList<>();
        sequences
                .watching("p", batch, answer -> heard.add(answer.error()))
                .accept(AppendReply.of(AppendResult.refused(error, -1, "")));
        assertThat(heard).containsExactly(error);
    }

    @Test
    void whatFollowsARefusedBatchIsAheadUntilThatComesAgain() {
        answered(batch(PRODUCER, 0, 0), ErrorKind.NOT_LEADER);

        assertThat(sequences.isAhead("p", batch(PRODUCER, 0, 5))).isTrue();
        assertThat(sequences.isAhead("p", batch(PRODUCER, 0, 5))).isTrue();
        assertThat(sequences.isAhead("other", batch(PRODUCER, 0, 5))).isFalse();
        assertThat(sequences.isAhead("p", batch(PRODUCER + 1, 0, 5))).isFalse();
        assertThat(sequences.isAhead("p", batch(PRODUCER, 0, 0))).isFalse();
        assertThat(sequences.isAhead("p", batch(PRODUCER, 0, 5))).isFalse();
    }

    @Test
    void theFirstOfSeveralRefusedOnesCounts() {
        answered(batch(PRODUCER, 0, Integer.MAX_VALUE), ErrorKind.NOT_LEADER);
        answered(batch(PRODUCER, 0, 0), ErrorKind.NOT_LEADER);

        assertThat(sequences.isAhead("p", batch(PRODUCER, 0, 0))).isTrue();
        assertThat(sequences.isAhead("p", batch(PRODUCER, 0, Integer.MAX_VALUE)))
                .isFalse();
        assertThat(sequences.isAhead("p", batch(PRODUCER, 0, 0))).isFalse();
    }

    @Test
    void aRefusalOfSomeTimeAgoSaysNothing() {
        answered(batch(PRODUCER, 0, 0), ErrorKind.NOT_LEADER);
        clock.advanceMs(RefusedSequences.NOTE_MS_MAX + 1);

        assertThat(sequences.isAhead("p", batch(PRODUCER, 0, 5))).isFalse();
    }

    @Test
    void aNewEpochOwesNothing() {
        answered(batch(PRODUCER, 0, 3), ErrorKind.NOT_ENOUGH_REPLICAS);

        assertThat(sequences.isAhead("p", batch(PRODUCER, 1, 4))).isFalse();
    }

    @Test
    void whatIsInTheLogAlthoughItIsNotConfirmedWasNotRefused() {
        answered(batch(PRODUCER, 0, 0), ErrorKind.REQUEST_TIMED_OUT);
        answered(batch(PRODUCER, 0, 0), ErrorKind.NOT_ENOUGH_REPLICAS_AFTER_APPEND);
        answered(batch(PRODUCER, 0, 0), ErrorKind.NONE);

        assertThat(sequences.isAhead("p", batch(PRODUCER, 0, 5))).isFalse();
    }

    @Test
    void producersWithoutAnIdAreLeftAlone() {
        answered(batch(-1, -1, -1), ErrorKind.NOT_LEADER);
        sequences.refused("p", ByteBuffer.allocate(3));

        assertThat(sequences.isAhead("p", batch(-1, -1, -1))).isFalse();
        assertThat(sequences.isAhead("p", ByteBuffer.allocate(3))).isFalse();
    }

    @Test
    void notesAreBounded() {
        for (int producer = 0; producer <= RefusedSequences.NOTES_MAX; producer++) {
            sequences.refused("p", batch(producer, 0, 0));
        }

        assertThat(sequences.isAhead("p", batch(0, 0, 5))).isFalse();
        assertThat(sequences.isAhead("p", batch(1, 0, 5))).isTrue();
    }
}
