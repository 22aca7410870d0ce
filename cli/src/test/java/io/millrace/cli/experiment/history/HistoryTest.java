package io.millrace.cli.experiment.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Optional;
import org.junit.jupiter.api.Test;

/// Bad histories: a judge that never finds anything proves nothing.
class HistoryTest {
    private static final int READER = 0;

    private final History history = new History(2, 2, 2);
    private final FinalLog log = new FinalLog(2);

    private static RecordId id(int producer, long sequence) {
        return new RecordId(producer, 0, sequence);
    }

    private void sent(int producer, int count) {
        for (int sequence = 0; sequence < count; sequence++) {
            history.sent(id(producer, sequence));
        }
    }

    private void stored(long offset, RecordId id) {
        log.add(0, offset, Optional.of(id));
    }

    private void read(long offset, RecordId id) {
        history.read(READER, 0, offset, Optional.of(id));
    }

    /// What is found, with how often.
    private void assertFound(Violation violation, long count) {
        Verdict verdict = history.judge(log);
        assertThat(verdict.counts()).containsOnlyKeys(violation);
        assertThat(verdict.count(violation)).isEqualTo(count);
        assertThat(verdict.isClean()).isFalse();
        assertThat(verdict.examples()).allMatch(finding -> finding.violation() == violation);
    }

    @Test
    void aGoodHistoryIsClean() {
        sent(0, 3);
        sent(1, 1);
        history.acknowledged(id(0, 0), 0);
        history.acknowledged(id(1, 0), 1);
        history.acknowledged(id(0, 1), 2);
        read(0, id(0, 0));
        read(1, id(1, 0));
        history.moved(READER, 0);
        read(0, id(0, 0));
        stored(0, id(0, 0));
        stored(1, id(1, 0));
        stored(2, id(0, 1));
        stored(3, id(0, 2));

        Verdict verdict = history.judge(log);

        assertThat(verdict.isClean()).isTrue();
        assertThat(verdict.sent()).isEqualTo(4);
        assertThat(verdict.acknowledged()).isEqualTo(3);
        assertThat(verdict.unknown()).isEqualTo(1);
        assertThat(verdict.stored()).isEqualTo(4);
        assertThat(verdict.read()).isEqualTo(3);
    }

    @Test
    void anUnansweredRecordMayBeMissing() {
        sent(0, 2);
        history.acknowledged(id(0, 1), 0);
        stored(0, id(0, 1));

        assertThat(history.judge(log).isClean()).isTrue();
    }

    @Test
    void acknowledgedAndGoneIsLost() {
        sent(0, 3);
        history.acknowledged(id(0, 0), 0);
        history.acknowledged(id(0, 1), 1);
        history.acknowledged(id(0, 2), 2);
        stored(0, id(0, 0));

        assertFound(Violation.LOST, 2);
    }

    @Test
    void everythingGoneIsLost() {
        sent(1, 1);
        history.acknowledged(id(1, 0), 0);

        assertFound(Violation.LOST, 1);
    }

    @Test
    void laterBeforeEarlierIsReordered() {
        sent(0, 3);
        stored(0, id(0, 1));
        stored(1, id(0, 0));
        stored(2, id(0, 2));

        assertFound(Violation.REORDERED, 1);
    }

    @Test
    void theOrderAmongProducersIsFree() {
        sent(0, 2);
        sent(1, 2);
        stored(0, id(1, 0));
        stored(1, id(0, 0));
        stored(2, id(0, 1));
        stored(3, id(1, 1));

        assertThat(history.judge(log).isClean()).isTrue();
    }

    @Test
    void twiceIsDuplicated() {
        sent(0, 2);
        history.acknowledged(id(0, 0), 0);
        stored(0, id(0, 0));
        stored(1, id(0, 1));
        stored(2, id(0, 0));

        assertFound(Violation.DUPLICATED, 1);
    }

    @Test
    void acknowledgedElsewhereIsMoved() {
        sent(0, 1);
        sent(1, 1);
        history.acknowledged(id(0, 0), 1);
        stored(0, id(0, 0));
        stored(1, id(1, 0));

        assertFound(Violation.MOVED, 1);
    }

    @Test
    void anOffsetThatShowsTwoRecordsChanged() {
        sent(0, 1);
        sent(1, 1);
        read(0, id(0, 0));
        history.read(1, 0, 0, Optional.of(id(1, 0)));
        stored(0, id(0, 0));

        assertFound(Violation.CHANGED, 1);
    }

    @Test
    void theEndMayNotDifferFromWhatWasRead() {
        sent(0, 1);
        sent(1, 1);
        read(0, id(0, 0));
        stored(0, id(1, 0));

        assertFound(Violation.CHANGED, 1);
    }

    @Test
    void whatAReaderSawMayNotVanish() {
        sent(0, 2);
        read(0, id(0, 0));
        read(1, id(0, 1));
        stored(0, id(0, 0));

        assertFound(Violation.VANISHED, 1);
    }

    @Test
    void aHoleIsAGap() {
        sent(0, 2);
        stored(0, id(0, 0));
        stored(2, id(0, 1));

        assertFound(Violation.GAP, 1);
    }

    @Test
    void aLogThatBeginsLaterHasAGap() {
        sent(0, 1);
        stored(5, id(0, 0));

        assertFound(Violation.GAP, 1);
    }

    @Test
    void aReaderThatIsSetBackJumped() {
        sent(0, 2);
        read(0, id(0, 0));
        read(1, id(0, 1));
        read(0, id(0, 0));
        stored(0, id(0, 0));
        stored(1, id(0, 1));

        assertFound(Violation.JUMPED, 1);
    }

    @Test
    void aReaderThatSkipsJumped() {
        sent(0, 3);
        for (int i = 0; i < 3; i++) {
            stored(i, id(0, i));
        }
        read(0, id(0, 0));
        read(2, id(0, 2));

        assertFound(Violation.JUMPED, 1);
    }

    @Test
    void whatWasRefusedMayNotBeStored() {
        sent(0, 1);
        history.refused(id(0, 0));
        stored(0, id(0, 0));

        assertFound(Violation.STORED_THOUGH_REFUSED, 1);
    }

    @Test
    void whatNobodySentIsInvented() {
        sent(0, 1);
        stored(0, id(0, 0));
        stored(1, id(0, 7));
        stored(2, new RecordId(9, 0, 0));
        stored(3, new RecordId(0, 1, 0)); // written for the other partition
        log.add(0, 4, Optional.empty());

        assertFound(Violation.INVENTED, 4);
    }

    @Test
    void manyFindingsAreCountedAndAFewKept() {
        sent(0, 1_000);
        for (int i = 0; i < 1_000; i++) {
            history.acknowledged(id(0, i), i);
        }

        Verdict verdict = history.judge(log);

        assertThat(verdict.count(Violation.LOST)).isEqualTo(1_000);
        assertThat(verdict.examples()).hasSizeLessThan(100);
        assertThat(verdict.examples().getFirst())
                .hasToString("LOST partition 0 offset 0: record 0 of producer 0 was acknowledged here");
    }

    @Test
    void aHistoryThatCanNotBeIsRefused() {
        history.sent(id(0, 0));

        assertThatThrownBy(() -> history.sent(id(0, 2))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> history.acknowledged(id(0, 1), 0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> history.judge(new FinalLog(1))).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aValueTellsItsRecord() {
        var id = new RecordId(1, 2, 1L << 40);

        assertThat(RecordId.of(id.value(100))).contains(id);
        assertThat(id.value(100)).hasSize(100);
        assertThat(RecordId.of(id.value(0))).contains(id);
        assertThat(RecordId.of(new byte[RecordId.BYTES])).isEmpty();
        assertThat(RecordId.of(new byte[3])).isEmpty();
    }
}
