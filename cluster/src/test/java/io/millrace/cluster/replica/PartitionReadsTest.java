package io.millrace.cluster.replica;

import static io.millrace.cluster.replica.LedPartition.ME;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.model.ErrorKind;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What consumers are told by a leader that is alone and does not know how far its predecessor had committed.
final class PartitionReadsTest {
    private final LedPartition led = new LedPartition(2);

    @Test
    void whoHasReadWhatIsCommittedWaitsWhileTooFewAreInSync() {
        List.of("a", "b", "c").forEach(value -> assertThat(led.append(value)).isEqualTo(ErrorKind.NONE));
        led.fetch(2, 3, 3);
        led.assign(ME, 4, 1, List.of(ME));
        assertThat(led.partition.highWatermark()).isEqualTo(2);

        assertThat(led.consume(0).error()).isEqualTo(ErrorKind.NONE);
        ReadOutcome atTheEnd = led.consume(2);
        assertThat(atTheEnd.error()).isEqualTo(ErrorKind.NONE);
        assertThat(atTheEnd.bytes()).isNull();
        assertThat(led.consume(3).error()).isEqualTo(ErrorKind.OFFSET_NOT_AVAILABLE);
    }
}
