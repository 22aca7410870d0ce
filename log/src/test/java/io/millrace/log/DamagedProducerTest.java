package io.millrace.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.log.disk.MemoryDisk;
import io.millrace.log.segment.SegmentNames;
import io.millrace.model.ErrorKind;
import io.millrace.testkit.ManualClock;
import java.io.IOException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What producers sent is learnt from headers that are read back from disk. A bit that flipped in one of them is found
/// by whoever reads the batch; until then it must not keep anybody from writing.
class DamagedProducerTest {
    private static final long PRODUCER = 7;
    private static final int BATCHES = 6;
    private static final int BATCH_BYTES = Batches.from(PRODUCER, 0, 1, "a").remaining();

    private final MemoryDisk disk = new MemoryDisk(new ManualClock());
    private final LogFixture fixture = new LogFixture(disk, LogFixture.PATH, Configs.small(1 << 20, 1 << 20));

    @ParameterizedTest(name = "batch {0}, byte {1}")
    @CsvSource({
        "0, 22", "2, 22", "5, 22", "0, 50", "2, 50", "5, 50", "0, 51", "2, 52", "5, 52", "0, 56", "2, 56", "2, 53"
    })
    void aProducerWritesOnThoughABitOfAHeaderHasFlipped(int batch, int byteInBatch) throws IOException {
        for (int sequence = 0; sequence < BATCHES; sequence++) {
            assertThat(fixture.append(Batches.from(PRODUCER, sequence, 1, "a")).error())
                    .isEqualTo(ErrorKind.NONE);
        }
        fixture.flush(true);
        for (int bit = 0; bit < Byte.SIZE; bit++) {
            long at = (long) batch * BATCH_BYTES + byteInBatch;
            disk.flipBit(fixture.file(0, SegmentNames.LOG), at, bit);
            fixture.log().fail();
            assertThat(fixture.recover()).isEqualTo(ErrorKind.NONE);

            assertThat(fixture.append(Batches.from(PRODUCER, BATCHES, 1, "next"))
                            .error())
                    .as("bit %d", bit)
                    .isEqualTo(ErrorKind.NONE);

            fixture.log().fail(); // the append was not flushed: the next round begins as this one did
            disk.flipBit(fixture.file(0, SegmentNames.LOG), at, bit);
        }
    }
}
