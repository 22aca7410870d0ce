package io.millrace.cluster.replica;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.partition.FetchQuery;
import io.millrace.log.FileSlice;
import io.millrace.log.ReadResult;
import io.millrace.model.ErrorKind;
import org.junit.jupiter.api.Test;

/// What partitions that are read one after the other leave each other.
final class FetchBudgetTest {
    private static final int ANSWER_BYTES = 1_000;
    private static final int PARTITION_BYTES = 700;

    private final FetchBudget budget = new FetchBudget(ANSWER_BYTES);
    private final FetchQuery.Ask ask = new FetchQuery.Ask(LedPartition.ID, 0, PARTITION_BYTES, -1, -1);

    @Test
    void aPartitionGetsWhatItAsksForAsLongAsThatIsThere() {
        assertThat(budget.of(ask)).isEqualTo(PARTITION_BYTES);
        assertThat(budget.isUntouched()).isTrue();
    }

    @Test
    void coldBytesCountAsReadInFull() {
        ReadResult cold = new ReadResult.Cold(() -> new ReadResult.Ready(FileSlice.empty()));

        assertThat(budget.spend(ask, cold)).isEqualTo(PARTITION_BYTES);

        assertThat(budget.isUntouched()).isFalse();
        assertThat(budget.of(ask)).isEqualTo(ANSWER_BYTES - PARTITION_BYTES);
        assertThat(budget.spend(ask, cold)).isEqualTo(ANSWER_BYTES - PARTITION_BYTES);
        assertThat(budget.of(ask)).isZero();
    }

    @Test
    void whatBringsNothingTakesNothing() {
        assertThat(budget.spend(ask, null)).isZero();
        assertThat(budget.spend(ask, new ReadResult.Ready(FileSlice.empty()))).isZero();
        assertThat(budget.spend(ask, new ReadResult.Refused(ErrorKind.STORAGE_ERROR)))
                .isZero();

        assertThat(budget.isUntouched()).isTrue();
        assertThat(budget.bytesRead()).isZero();
        assertThat(budget.of(ask)).isEqualTo(PARTITION_BYTES);
    }
}
