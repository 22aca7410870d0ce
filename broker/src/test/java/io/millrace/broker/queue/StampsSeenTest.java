package io.millrace.broker.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.queue.StampsSeen.Verdict;
import io.millrace.log.producer.ProducerView;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What a queue knows of messages that come again.
class StampsSeenTest {
    private static final long WHO = Stamp.producer(9, 1);

    private final StampsSeen seen = new StampsSeen();

    private static Stamp stamp(long sequence) {
        return new Stamp(WHO, sequence, false);
    }

    private void store(long... sequences) {
        for (long sequence : sequences) {
            assertThat(seen.comes(stamp(sequence))).isTrue();
            seen.stored(stamp(sequence));
        }
    }

    @Test
    void whatWasStoredWithoutAGapIsKnownAndWhatComesBehindItIsNot() {
        store(5, 6, 7);

        assertThat(seen.verdict(stamp(5))).isEqualTo(Verdict.STORED);
        assertThat(seen.verdict(stamp(7))).isEqualTo(Verdict.STORED);
        assertThat(seen.verdict(stamp(8))).isEqualTo(Verdict.ABSENT);
        assertThat(seen.verdict(new Stamp(WHO + 1, 7, true))).isEqualTo(Verdict.ABSENT);
    }

    @Test
    void nobodyKnowsWhatBecameOfWhatLiesBeforeAGap() {
        store(5);
        assertThat(seen.comes(stamp(6))).as("and is refused").isTrue();
        store(7);

        assertThat(seen.verdict(stamp(5))).isEqualTo(Verdict.UNKNOWN);
        assertThat(seen.verdict(stamp(6))).isEqualTo(Verdict.UNKNOWN);
        assertThat(seen.verdict(stamp(7))).isEqualTo(Verdict.STORED);
    }

    @Test
    void whatWasRefusedLastIsNotStored() {
        store(5);
        assertThat(seen.comes(stamp(6))).isTrue();

        assertThat(seen.verdict(stamp(6))).isEqualTo(Verdict.UNKNOWN);
    }

    @Test
    void aCopyFromAConnectionThatHasEndedIsNotLetIn() {
        store(5, 6);

        assertThat(seen.comes(stamp(6))).isFalse();
        assertThat(seen.comes(stamp(5))).isFalse();
        assertThat(seen.comes(stamp(9)))
                .as("its other messages may have gone elsewhere")
                .isTrue();
    }

    @Test
    void whoHasNoStampIsLetInAlways() {
        assertThat(seen.comes(Stamp.NONE)).isTrue();
        assertThat(seen.comes(Stamp.NONE)).isTrue();
    }

    @Test
    void theLogTellsTheNextLeader() {
        seen.restore(List.of(
                new ProducerView(WHO, (short) 1, 3, 6, 0, -1, -1),
                new ProducerView(4_000, (short) 0, 0, 9, 0, -1, -1)));

        assertThat(seen.verdict(stamp((1L << 31) + 3))).isEqualTo(Verdict.STORED);
        assertThat(seen.verdict(stamp((1L << 31) + 6))).isEqualTo(Verdict.STORED);
        assertThat(seen.verdict(stamp((1L << 31) + 2))).isEqualTo(Verdict.UNKNOWN);
        assertThat(seen.verdict(stamp((1L << 31) + 7))).isEqualTo(Verdict.ABSENT);
        assertThat(seen.verdict(stamp(Integer.MAX_VALUE)))
                .as("of an older epoch")
                .isEqualTo(Verdict.UNKNOWN);
        assertThat(seen.verdict(new Stamp(4_000, 9, true)))
                .as("a Kafka producer")
                .isEqualTo(Verdict.ABSENT);
    }

    @Test
    void stampsFollowEachOtherWithinAnEpoch() {
        long last = Integer.MAX_VALUE;

        assertThat(stamp(8).follows(stamp(7))).isTrue();
        assertThat(stamp(9).follows(stamp(7))).isFalse();
        assertThat(stamp(last + 1).follows(stamp(last))).isFalse();
        assertThat(stamp(last + 1).epoch()).isEqualTo((short) 1);
        assertThat(stamp(last + 1).number()).isZero();
        assertThat(Stamp.NONE.follows(Stamp.NONE)).isTrue();
        assertThat(stamp(1).follows(Stamp.NONE)).isFalse();
    }
}
