package io.millrace.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.log.config.LogConfig;
import io.millrace.log.disk.DamageException;
import io.millrace.log.disk.DiskFile;
import io.millrace.log.disk.FadingDisk;
import io.millrace.log.disk.MemoryDisk;
import io.millrace.log.disk.StorageException;
import io.millrace.log.segment.SegmentNames;
import io.millrace.model.ErrorKind;
import io.millrace.testkit.ManualClock;
import io.millrace.testkit.Property;
import io.millrace.testkit.SeededRandomness;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/// Bits that flip on the disk below what was known to be there: no reader gets them, and a replica throws away as
/// little as it can.
final class DamageTest {
    private static final int BATCHES = 12;
    private static final int BATCHES_PER_SEGMENT = 4;
    private static final int BATCH_BYTES = Batches.of(1, "a").remaining();

    private final ManualClock clock = new ManualClock();
    private final MemoryDisk disk = new MemoryDisk(clock);
    private final LogFixture fixture = new LogFixture(disk, LogFixture.PATH, config());

    private static LogConfig config() {
        return Configs.small(BATCHES_PER_SEGMENT * BATCH_BYTES, 1 << 20);
    }

    /// Three segments of four batches of one record.
    private void write() throws IOException {
        for (int i = 0; i < BATCHES; i++) {
            fixture.appendFlushed(1, String.valueOf((char) ('a' + i)));
        }
        assertThat(fixture.log().sizeBytes()).isEqualTo((long) BATCHES * BATCH_BYTES);
    }

    private void flip(int offset, int byteInBatch) throws IOException {
        int segment = segmentOf(offset);
        disk.flipBit(fixture.file(segment, SegmentNames.LOG), (offset - segment) * (long) BATCH_BYTES + byteInBatch, 2);
    }

    private static int segmentOf(int offset) {
        return offset - offset % BATCHES_PER_SEGMENT;
    }

    private ReadResult read(long from) {
        ReadResult result = fixture.log().read(from, BATCHES, 1 << 20, true);
        return result instanceof ReadResult.Cold(ReadResult.ColdRead job) ? job.run() : result;
    }

    private ErrorKind repair(long offset) {
        TruncationJob job = fixture.log().beginRepair(offset).orElseThrow();
        job.run();
        fixture.log().endTruncation(job);
        return job.error();
    }

    @Test
    void readersGetWhatIsSoundBeforeIt() throws IOException {
        write();
        flip(6, BATCH_BYTES - 1);

        assertThat(Batches.decode(LogFixture.bytes(fixture.log().read(4, BATCHES, 1 << 20, true))))
                .containsExactly("4=e", "5=f");
        assertThat(read(6)).isEqualTo(new ReadResult.Damaged(6));
        assertThat(Batches.decode(LogFixture.bytes(fixture.log().read(7, BATCHES, 1 << 20, true))))
                .containsExactly("7=h");
    }

    /// Whatever bit it is, but for those of the base offset and the leader epoch: no checksum covers them.
    @Test
    void noBitOfABatchGetsToAReader() throws IOException {
        write();
        for (int at = 8; at < BATCH_BYTES; at++) {
            if (at < 12 || at >= 16) {
                flip(5, at);
                assertThat(Batches.decode(LogFixture.bytes(fixture.log().read(4, BATCHES, 1 << 20, true))))
                        .as("byte %d", at)
                        .containsExactly("4=e");
                assertThat(read(5)).as("byte %d", at).isEqualTo(new ReadResult.Damaged(5));
                flip(5, at);
            }
        }
    }

    /// Found by flipping the byte in the middle of a real segment, which was the first of a batch: readers were told
    /// that there was nothing more.
    @Test
    void aBaseOffsetBeyondTheSegmentIsDamage() throws IOException {
        write();
        flip(6, 0);

        assertThat(Batches.decode(LogFixture.bytes(fixture.log().read(4, BATCHES, 1 << 20, true))))
                .containsExactly("4=e", "5=f");
        assertThat(read(6)).isEqualTo(new ReadResult.Damaged(6));
        assertThat(repair(6)).isEqualTo(ErrorKind.NONE);
        assertThat(fixture.log().endOffset()).isEqualTo(6);
    }

    private boolean isServedAtOnce(long from) {
        return fixture.log().read(from, BATCHES, 1 << 20, true) instanceof ReadResult.Ready;
    }

    private void readToKnowTheIndex(long offset) {
        assertThat(read(offset)).isInstanceOf(ReadResult.Ready.class);
    }

    @Test
    void whatComesFromTheDiskIsLookedAtOnce() throws IOException {
        write();
        readToKnowTheIndex(2);
        assertThat(isServedAtOnce(0)).as("just written").isTrue();
        fixture.reopenCleanly();
        readToKnowTheIndex(2);
        assertThat(isServedAtOnce(0)).as("of an earlier run").isFalse();
        assertThat(read(0)).isInstanceOf(ReadResult.Ready.class);
        assertThat(isServedAtOnce(0)).as("looked at").isTrue();

        disk.setCached(false);
        assertThat(isServedAtOnce(0)).as("not in memory").isFalse();
        disk.setCached(true);
        assertThat(isServedAtOnce(0)).as("in memory again, from the disk").isFalse();
    }

    @Test
    void whatSomebodyElseHasWrittenIsLookedAt() throws IOException {
        write();
        readToKnowTheIndex(2);
        readToKnowTheIndex(6);
        assertThat(isServedAtOnce(4)).isTrue();
        clock.advanceMs(5);
        try (DiskFile file = disk.open(fixture.file(4, SegmentNames.LOG))) {
            file.write(new ByteBuffer[] {ByteBuffer.wrap(new byte[] {42})}, 2L * BATCH_BYTES - 3);
        }

        assertThat(Batches.decode(LogFixture.bytes(fixture.log().read(4, BATCHES, 1 << 20, true))))
                .containsExactly("4=e");
        assertThat(read(5)).isEqualTo(new ReadResult.Damaged(5));
        assertThat(isServedAtOnce(0)).as("an untouched segment").isTrue();
    }

    @Test
    void aRepairKeepsWhatIsBeforeAndIsDurable() throws IOException {
        write();
        flip(6, BATCH_BYTES - 1);

        assertThat(repair(6)).isEqualTo(ErrorKind.NONE);

        assertThat(fixture.log().endOffset()).isEqualTo(6);
        assertThat(fixture.log().durableOffset()).isEqualTo(6);
        assertThat(fixture.readAll(0)).containsExactly("0=a", "1=b", "2=c", "3=d", "4=e", "5=f");
        fixture.appendFlushed(1, "again");
        disk.crash(new SeededRandomness(3));
        fixture.reopen();
        assertThat(fixture.readAll(4)).containsExactly("4=e", "5=f", "6=again");
    }

    /// The length of a batch leads readers astray, and what they ask for is not where it went wrong.
    @Test
    void aRepairFindsWhatLiesBeforeTheOffsetThatWasRead() throws IOException {
        write();
        flip(5, 9);
        assertThat(read(7)).isEqualTo(new ReadResult.Damaged(7));

        assertThat(repair(7)).isEqualTo(ErrorKind.NONE);

        assertThat(fixture.log().endOffset()).isEqualTo(5);
    }

    /// Wherever the power goes off, what is left is what was there, from the beginning on.
    @Property
    void aRepairSurvivesAPowerCut(SeededRandomness random) throws IOException {
        write();
        fixture.directory().checkpoint(Map.of());
        FadingDisk fading = new FadingDisk(disk);
        disk.crash(random);
        LogFixture broken = new LogFixture(fading, LogFixture.PATH, config());
        fading.fadeAfter(random.nextInt(12));
        TruncationJob job = broken.log().beginRepair(random.nextInt(BATCHES)).orElseThrow();
        job.run();
        disk.crash(random);

        fixture.reopen();

        assertThat(fixture.readAll(0)).isEqualTo(written(fixture.log().endOffset()));
    }

    /// Found by the simulator, seed 892641395985368600: checkpoints are written while a log is being cut, and one of
    /// these said that nothing was known to be on disk, so that a start after a power cut took old damage for a torn
    /// write and threw away everything behind it.
    @Property
    void aCheckpointWrittenDuringACutKnowsWhatStays(SeededRandomness random) throws IOException {
        write();
        fixture.directory().checkpoint(Map.of());
        int offset = random.between(BATCHES_PER_SEGMENT, BATCHES - 1);
        flip(random.nextInt(segmentOf(offset)), BATCH_BYTES - 1);
        TruncationJob job = beginAnyCut(offset, random);
        if (random.nextBoolean()) {
            job.run();
        }
        fixture.directory().checkpoint(Map.of());
        disk.crash(random);

        fixture.reopen();

        assertThat(fixture.log().endOffset()).isGreaterThanOrEqualTo(segmentOf(offset));
    }

    private TruncationJob beginAnyCut(int offset, SeededRandomness random) {
        return switch (random.nextInt(3)) {
            case 0 -> fixture.log().beginTruncation(offset).orElseThrow();
            case 1 -> fixture.log().beginRepair(offset).orElseThrow();
            default -> {
                fixture.log().fail();
                yield fixture.log().beginSalvage(segmentOf(offset)).orElseThrow();
            }
        };
    }

    private static List<String> written(long below) {
        List<String> expected = new ArrayList<>();
        for (int i = 0; i < below; i++) {
            expected.add(i + "=" + (char) ('a' + i));
        }
        return expected;
    }

    /// A length that leads the scan of a recovery astray, below what was durable.
    private DamageException failDamaged(int offset) throws IOException {
        write();
        fixture.directory().checkpoint(Map.of());
        flip(offset, 9);
        fixture.log().fail();
        return Objects.requireNonNull(recover().damage());
    }

    private RecoveryJob recover() {
        RecoveryJob job = fixture.log().beginRecovery().orElseThrow();
        job.run();
        fixture.log().endRecovery(job);
        return job;
    }

    private TruncationJob salvage(long trustedOffset) {
        TruncationJob job = fixture.log().beginSalvage(trustedOffset).orElseThrow();
        job.run();
        fixture.log().endTruncation(job);
        return job;
    }

    @Test
    void aRecoverySaysWhatIsDamagedAsOftenAsItIsTried() throws IOException {
        assertThat(failDamaged(9).trustedOffset()).isEqualTo(8);
        assertThat(Objects.requireNonNull(recover().damage()).trustedOffset()).isEqualTo(8);
        assertThat(fixture.log().isFailed()).isTrue();
    }

    /// What lies behind is sound, and perhaps nobody else has it.
    @Test
    void aRecoveryCutsNothingOffThatWasDurable() throws IOException {
        failDamaged(9);
        assertThat(disk.sizeOf(fixture.file(8, SegmentNames.LOG))).isEqualTo((long) BATCHES_PER_SEGMENT * BATCH_BYTES);
        assertThat(Batches.decode(LogFixture.bytes(fixture.log().read(10, BATCHES, 1 << 20, true))))
                .containsExactly("10=k", "11=l");

        flip(9, 9); // back to what it was
        assertThat(recover().error()).isEqualTo(ErrorKind.NONE);
        assertThat(fixture.readAll(8)).containsExactly("8=i", "9=j", "10=k", "11=l");
    }

    @Test
    void aRecoveryThatTheDiskRefusesSaysNothingOfDamage() throws IOException {
        write();
        fixture.log().fail();
        disk.refuseSyncs(true);
        RecoveryJob refused = recover();
        assertThat(refused.error()).isEqualTo(ErrorKind.STORAGE_ERROR);
        assertThat(refused.damage()).isNull();

        disk.refuseSyncs(false);
        assertThat(recover().damage()).isNull();
        assertThat(fixture.log().isFailed()).isFalse();
    }

    @Test
    void whatIsSoundOfALogThatDoesNotComeBackStays() throws IOException {
        DamageException damage = failDamaged(9);

        assertThat(salvage(damage.trustedOffset()).error()).isEqualTo(ErrorKind.NONE);

        assertThat(fixture.log().isFailed()).isFalse();
        assertThat(fixture.log().endOffset()).isEqualTo(9);
        assertThat(fixture.log().durableOffset()).isEqualTo(9);
        fixture.appendFlushed(1, "again");
        disk.crash(new SeededRandomness(3));
        fixture.reopen();
        assertThat(fixture.readAll(7)).containsExactly("7=h", "8=i", "9=again");
    }

    /// Each time further back, until something is sound.
    @Test
    void damageBeforeDamageIsFoundNext() throws IOException {
        DamageException last = failDamaged(9);
        flip(5, 9);
        disk.delete(fixture.file(4, SegmentNames.OFFSET_INDEX));

        DamageException before =
                Objects.requireNonNull(salvage(last.trustedOffset()).damage());

        assertThat(before.trustedOffset()).isEqualTo(4);
        assertThat(fixture.log().isFailed()).isTrue();
        assertThat(salvage(before.trustedOffset()).error()).isEqualTo(ErrorKind.NONE);
        assertThat(fixture.log().endOffset()).isEqualTo(5);
    }

    /// Found by the simulator: what is damaged has been deleted, and yet keeps the log from coming back.
    @Test
    void damageBelowTheStartIsGoneWithTheRest() throws IOException {
        DamageException damage = failDamaged(9);
        assertThat(fixture.log().advanceStartOffset(11)).isEqualTo(ErrorKind.NONE);

        assertThat(salvage(damage.trustedOffset()).error()).isEqualTo(ErrorKind.NONE);

        assertThat(fixture.log().startOffset()).isEqualTo(11);
        assertThat(fixture.log().endOffset()).isEqualTo(11);
    }

    @Test
    void aLogThatTakesWritesIsNotSalvaged() throws IOException {
        write();
        assertThat(fixture.log().beginSalvage(0)).isEmpty();
    }

    /// Wherever the power goes off, what is left is what was there, from the beginning on.
    @Property
    void aSalvageSurvivesAPowerCut(SeededRandomness random) throws IOException {
        int damagedAt = random.nextInt(BATCHES);
        write();
        fixture.directory().checkpoint(Map.of());
        FadingDisk fading = new FadingDisk(disk);
        disk.crash(random);
        LogFixture broken = new LogFixture(fading, LogFixture.PATH, config());
        flip(damagedAt, 9);
        broken.log().fail();
        fading.fadeAfter(random.nextInt(12));
        broken.log().beginSalvage(segmentOf(damagedAt)).orElseThrow().run();
        disk.crash(random);

        try {
            fixture.reopen();
        } catch (StorageException notYet) {
            DamageException damage = Objects.requireNonNull(notYet.damage());
            disk.kill();
            LogFixture.openDirectory(disk, LogFixture.PATH).giveUpDamaged(LogFixture.ORDERS, damage, false);
            disk.kill();
            fixture.reopen();
        }

        if (fixture.log().endOffset() > damagedAt) {
            assertThat(repair(damagedAt)).isEqualTo(ErrorKind.NONE); // it had not got so far
        }
        assertThat(fixture.readAll(0)).isEqualTo(written(fixture.log().endOffset()));
    }

    @Test
    void aLogThatDoesNotOpenIsCutOnceItIsGivenUp() throws IOException {
        write();
        fixture.directory().checkpoint(Map.of());
        flip(5, 9);
        disk.crash(new SeededRandomness(1));
        disk.delete(fixture.file(4, SegmentNames.OFFSET_INDEX)); // so that the segment is looked at
        LogDirectory directory = LogFixture.openDirectory(disk, LogFixture.PATH);
        assertThatThrownBy(() -> directory.open(LogFixture.ORDERS, LogFixture.ID, config()))
                .isInstanceOfSatisfying(StorageException.class, refused -> {
                    DamageException damage = Objects.requireNonNull(refused.damage());
                    assertThat(damage.trustedOffset()).isEqualTo(4);
                    directory.giveUpDamaged(LogFixture.ORDERS, damage, false);
                });

        assertThat(directory.open(LogFixture.ORDERS, LogFixture.ID, config()).endOffset())
                .isEqualTo(5);
    }

    @Test
    void ofACompactedLogNothingIsKept() throws IOException {
        write();
        fixture.directory().checkpoint(Map.of());
        flip(5, 9);
        disk.crash(new SeededRandomness(1));
        disk.delete(fixture.file(4, SegmentNames.OFFSET_INDEX));
        LogDirectory directory = LogFixture.openDirectory(disk, LogFixture.PATH);
        assertThatThrownBy(() -> directory.open(LogFixture.ORDERS, LogFixture.ID, config()))
                .isInstanceOfSatisfying(
                        StorageException.class,
                        refused -> directory.giveUpDamaged(
                                LogFixture.ORDERS, Objects.requireNonNull(refused.damage()), true));

        assertThat(directory.open(LogFixture.ORDERS, LogFixture.ID, config()).endOffset())
                .isZero();
    }

    @Test
    void ofACompactedLogThatDoesNotComeBackNothingIsKept() throws IOException {
        DamageException damage = failDamaged(9);
        fixture.log().configure(Configs.compacting(BATCHES_PER_SEGMENT * BATCH_BYTES));

        assertThat(salvage(damage.trustedOffset()).error()).isEqualTo(ErrorKind.NONE);

        assertThat(fixture.log().startOffset()).isZero();
        assertThat(fixture.log().endOffset()).isZero();
    }
}
