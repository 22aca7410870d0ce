package io.millrace.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.log.disk.MemoryDisk;
import io.millrace.log.disk.StorageException;
import io.millrace.model.TopicPartition;
import io.millrace.testkit.ManualClock;
import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class OffsetCheckpointTest {
    private static final Map<TopicPartition, Long> OFFSETS = new TreeMap<>(
            Map.of(new TopicPartition("b", 1), 5L, new TopicPartition("a", 0), 77L, new TopicPartition("b", 0), 9L));
    private static final String TEXT = "0\n3\na 0 77\nb 0 9\nb 1 5\n";

    @Test
    void isKafkasText() {
        assertThat(OffsetCheckpoint.encode(OFFSETS)).isEqualTo(TEXT);
        assertThat(OffsetCheckpoint.decode("file", TEXT)).isEqualTo(OFFSETS);
    }

    @Test
    void anOffsetOfZeroIsAMissingLine() {
        assertThat(OffsetCheckpoint.encode(Map.of(new TopicPartition("a", 0), 0L)))
                .isEqualTo("0\n0\n");
        assertThat(OffsetCheckpoint.decode("file", "0\n0\n")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "0\n", "1\n0\n", "0\n2\na 0 1\n", "0\nx\n", "0\n1\na 0\n", "0\n1\na x 1\n"})
    void damageIsTold(String text) {
        assertThatThrownBy(() -> OffsetCheckpoint.decode("file", text))
                .isInstanceOf(StorageException.class)
                .hasMessageStartingWith("file ");
    }

    @Test
    void whereItOnlySavesWorkDamageCountsAsNothingKnown() throws IOException {
        MemoryDisk disk = new MemoryDisk(new ManualClock());
        disk.createFolder("/data");
        OffsetCheckpoint.write(disk, "/data", OffsetCheckpoint.CLEANED, OFFSETS);
        assertThat(OffsetCheckpoint.readIfSound(disk, "/data", OffsetCheckpoint.CLEANED))
                .isEqualTo(OFFSETS);
        disk.create("/data/torn").close();
        assertThat(OffsetCheckpoint.readIfSound(disk, "/data", "torn")).isEmpty();
    }
}
