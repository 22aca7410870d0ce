package io.millrace.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.model.InvariantViolation;
import org.junit.jupiter.api.Test;

final class PositionsTest {
    private final Positions positions = new Positions();

    private void assertAt(long start, long durable, long written, long end) {
        assertThat(new long[] {positions.start(), positions.durable(), positions.written(), positions.end()})
                .containsExactly(start, durable, written, end);
    }

    @Test
    void moveUpFromAppendToDisk() {
        positions.found(10, 20, 15);
        assertAt(10, 15, 20, 20);
        positions.appended(25);
        assertAt(10, 15, 20, 25);
        positions.flushed(23, false);
        assertAt(10, 15, 23, 25);
        positions.flushed(25, true);
        assertAt(10, 25, 25, 25);
    }

    @Test
    void whatWasDeletedNeedsNoDiskButWasNotSyncedForThat() {
        positions.found(0, 20, 5);
        positions.moveStart(12);
        assertAt(12, 12, 20, 20);
        assertThat(positions.synced()).isEqualTo(5);
    }

    @Test
    void aJobThatComesBackToAFailedLogBringsItsOffsetsBack() {
        positions.found(0, 5, 5);
        positions.appended(9);
        positions.dropUnwritten();
        assertAt(0, 5, 5, 5);
        positions.flushed(8, true);
        assertAt(0, 8, 8, 8);
    }

    @Test
    void whileTheEndIsCutWhatLiesBelowIsStillSynced() {
        positions.found(0, 20, 15);
        positions.distrustFrom(12);
        assertThat(positions.synced()).isEqualTo(12);
        positions.distrustFrom(18);
        assertThat(positions.synced()).isEqualTo(12);
    }

    @Test
    void refuseAMoveOutOfOrderAndStayWhereTheyAre() {
        positions.found(0, 5, 5);
        positions.appended(9);
        assertThatThrownBy(() -> positions.moveStart(6)).isInstanceOf(InvariantViolation.class);
        assertThatThrownBy(() -> positions.appended(4)).isInstanceOf(InvariantViolation.class);
        assertThatThrownBy(() -> positions.flushed(4, false)).isInstanceOf(InvariantViolation.class);
        assertThatThrownBy(() -> positions.found(7, 6, 6)).isInstanceOf(InvariantViolation.class);
        assertThatThrownBy(() -> positions.found(0, 6, 7)).isInstanceOf(InvariantViolation.class);
        assertAt(0, 5, 5, 9);
    }
}
