package io.millrace.simulator.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.log.batch.AppendOrigin;
import io.millrace.log.batch.BatchCheck;
import io.millrace.log.batch.BatchHeader;
import io.millrace.log.batch.BatchValidator;
import io.millrace.log.config.LogConfig;
import io.millrace.model.TopicPartition;
import io.millrace.simulator.check.Batches.Batch;
import io.millrace.simulator.world.World;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

class HistoryTest {
    private static final TopicPartition PARTITION = new TopicPartition("orders", 0);

    private final History history = new History(new World(1));

    private static Batch batch(long baseOffset, int epoch, int sequence, long firstValue, int count) {
        ByteBuffer bytes = Batches.of(7, sequence, 1_790_000_000_000L, firstValue, count);
        BatchHeader.setBaseOffset(bytes, 0, baseOffset);
        BatchHeader.setLeaderEpoch(bytes, 0, epoch);
        return Batches.parse(bytes).getFirst();
    }

    @Test
    void clientsWriteBatchesThatBrokersTake() {
        ByteBuffer bytes = Batches.of(7, 3, 1_790_000_000_000L, 100, 5);

        BatchCheck check = BatchValidator.validate(
                PARTITION, bytes, AppendOrigin.CLIENT, LogConfig.DEFAULT, 10_000, 1_790_000_000_000L);

        assertThat(check).isInstanceOf(BatchCheck.Valid.class);
        assertThat(Batches.parse(bytes).getFirst().value(4)).isEqualTo(104);
    }

    @Test
    void whatIsCommittedMayBeShownAgain() {
        history.shown(PARTITION, batch(0, 1, 0, 10, 2), "a");
        history.shown(PARTITION, batch(2, 1, 2, 12, 1), "a");

        assertThatCode(() -> history.shown(PARTITION, batch(0, 1, 0, 10, 2), "b"))
                .doesNotThrowAnyException();
        assertThatCode(() -> history.acknowledged(PARTITION, 2, 12, 1)).doesNotThrowAnyException();
        assertThat(history.committedEnd(PARTITION)).isEqualTo(3);
    }

    @Test
    void anotherBatchInItsPlaceIsAViolation() {
        history.shown(PARTITION, batch(0, 1, 0, 10, 2), "a");

        assertThatThrownBy(() -> history.shown(PARTITION, batch(0, 2, 0, 10, 2), "b"))
                .isInstanceOf(Violation.class);
        assertThatThrownBy(() -> history.shown(PARTITION, batch(0, 1, 0, 11, 2), "b"))
                .isInstanceOf(Violation.class);
    }

    @Test
    void aGapADuplicateAndALossAreViolations() {
        history.shown(PARTITION, batch(0, 1, 0, 10, 2), "a");

        assertThatThrownBy(() -> history.shown(PARTITION, batch(3, 1, 2, 12, 1), "a"))
                .isInstanceOf(Violation.class);
        assertThatThrownBy(() -> history.shown(PARTITION, batch(2, 1, 0, 10, 2), "a"))
                .hasMessageContaining("duplicate");
        assertThatThrownBy(() -> history.shown(PARTITION, batch(2, 1, 5, 15, 1), "a"))
                .hasMessageContaining("lost");
    }

    @Test
    void acknowledgedOrReadWithoutBeingCommittedIsAViolation() {
        history.shown(PARTITION, batch(0, 1, 0, 10, 2), "a");

        assertThatThrownBy(() -> history.acknowledged(PARTITION, 2, 12, 1)).isInstanceOf(Violation.class);
        assertThatThrownBy(() -> history.acknowledged(PARTITION, 0, 11, 2)).isInstanceOf(Violation.class);
        assertThatThrownBy(() -> history.read(PARTITION, batch(2, 1, 2, 12, 1), "c"))
                .isInstanceOf(Violation.class);
    }

    @Test
    void aHighWatermarkThatFallsIsAViolation() {
        history.sawHighWatermark(PARTITION, 5, 0, "one");

        assertThat(history.highWatermarkSeen(PARTITION)).isEqualTo(5);
        assertThatThrownBy(() -> history.sawHighWatermark(PARTITION, 4, history.highWatermarkSeen(PARTITION), "two"))
                .isInstanceOf(Violation.class);
    }

    @Test
    void whoMayLoseIsNotAskedAnyMore() {
        history.shown(PARTITION, batch(0, 1, 0, 10, 2), "a");
        history.allowLoss(PARTITION, "somebody said so");

        assertThatCode(() -> history.shown(PARTITION, batch(0, 2, 0, 11, 2), "b"))
                .doesNotThrowAnyException();
        assertThat(history.isLossy(PARTITION)).isTrue();
    }
}
