package io.millrace.broker.queue.machine;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.queue.machine.Snapshot.Fate;
import io.millrace.broker.queue.machine.Snapshot.Mark;
import io.millrace.testkit.Property;
import io.millrace.testkit.SeededRandomness;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

/// The bytes of snapshots: always the same ones, and never anything but a snapshot or nothing.
class SnapshotCodecTest {
    /// Version 1 as it was first written; it has to be read for ever.
    private static final String GOLDEN = "01" // version
            + "8827" // first unsettled: 5,000
            + "64" // end: 100 behind it
            + "00" // redelivered below
            + "02" + "0100" + "0902" // settled: 5,001, and 5,010 to 5,012
            + "02" + "00000100" + "02020003"; // unacked: 5,000; returned three times: 5,002 to 5,004

    private static final Snapshot SNAPSHOT = new Snapshot(
            5_000,
            5_100,
            0,
            new OffsetRanges.Builder().add(5_001, 5_001).add(5_010, 5_012).build(),
            List.of(new Mark(5_000, 5_000, Fate.UNACKED, 0), new Mark(5_002, 5_004, Fate.RETURNED, 3)));

    @Test
    void versionOneIsWrittenAndRead() {
        ByteBuffer golden = ByteBuffer.wrap(HexFormat.of().parseHex(GOLDEN));

        assertThat(SnapshotCodec.encode(SNAPSHOT)).isEqualTo(golden);
        assertThat(SnapshotCodec.decode(golden)).contains(SNAPSHOT);
    }

    @Test
    void whatIsCutShortOrGoesOnIsNone() {
        ByteBuffer whole = SnapshotCodec.encode(SNAPSHOT);

        for (int length = 0; length < whole.limit(); length++) {
            assertThat(SnapshotCodec.decode(whole.slice(0, length))).isEmpty();
        }
        assertThat(SnapshotCodec.decode(ByteBuffer.allocate(whole.limit() + 1)
                        .put(whole.duplicate())
                        .rewind()))
                .isEmpty();
        assertThat(SnapshotCodec.decode(ByteBuffer.wrap(new byte[] {2, 0, 0, 0, 0, 0})))
                .isEmpty();
    }

    @Property(tries = 200)
    void snapshotsComeBack(SeededRandomness random) {
        Snapshot snapshot = any(random);

        assertThat(SnapshotCodec.decode(SnapshotCodec.encode(snapshot))).contains(snapshot);
    }

    @Property(tries = 200)
    void anyBytesAreReadWithoutHarm(SeededRandomness random) {
        ByteBuffer bytes = SnapshotCodec.encode(any(random));
        for (int i = 0; i < 20; i++) {
            bytes.put(random.nextInt(bytes.limit()), random.bytes(1)[0]);
            SnapshotCodec.decode(bytes).ifPresent(SnapshotCodecTest::assertSound);
        }
        byte[] noise = random.bytes(random.between(1, 60));
        noise[0] = 1;
        SnapshotCodec.decode(ByteBuffer.wrap(noise)).ifPresent(SnapshotCodecTest::assertSound);
    }

    private static void assertSound(Snapshot snapshot) {
        assertThat(snapshot.firstUnsettled()).isNotNegative();
        assertThat(snapshot.end()).isGreaterThanOrEqualTo(snapshot.firstUnsettled());
        assertThat(SnapshotCodec.decode(SnapshotCodec.encode(snapshot))).contains(snapshot);
    }

    private static Snapshot any(SeededRandomness random) {
        long first = random.nextLong() >>> random.between(8, 60);
        OffsetRanges.Builder settled = new OffsetRanges.Builder();
        List<Mark> marks = new ArrayList<>();
        long next = first;
        for (int i = random.nextInt(10); i > 0; i--) {
            long from = next + random.between(1, 1_000);
            next = from + random.nextInt(300);
            settled.add(from, next);
            marks.add(new Mark(from, next, random.pick(List.of(Fate.values())), random.nextInt(1_000)));
        }
        return new Snapshot(first, next + random.nextInt(100), random.nextInt(1_000), settled.build(), marks);
    }
}
