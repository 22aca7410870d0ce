package io.millrace.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.log.clean.CleanCandidate;
import io.millrace.log.clean.CleanPace;
import io.millrace.log.clean.CleanPlan;
import io.millrace.log.clean.CleanRun;
import io.millrace.log.clean.CleanedGroup;
import io.millrace.log.clean.OffsetMap;
import io.millrace.log.clean.SegmentSwap;
import io.millrace.log.config.LogConfig;
import io.millrace.log.disk.MemoryDisk;
import io.millrace.model.ErrorKind;
import io.millrace.model.TopicId;
import io.millrace.testkit.ManualClock;
import io.millrace.testkit.Property;
import io.millrace.testkit.SeededRandomness;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/// A log while it is compacted: what it tells the cleaner, and what readers see before, during and after.
final class CleaningTest {
    private final MemoryDisk disk = new MemoryDisk(new ManualClock());

    private static int batchBytes() {
        return Batches.keyed(0, "k0", "v00").remaining();
    }

    private LogFixture twelveWritesToThreeKeys() {
        LogFixture fixture = new LogFixture(disk, LogFixture.PATH, Configs.compacting(batchBytes() * 4));
        for (int i = 0; i < 12; i++) {
            fixture.append(Batches.keyed(1000 + i, "k" + i % 3, "v%02d".formatted(i)));
            fixture.flush(true);
        }
        fixture.directory().checkpoint(Map.of());
        return fixture;
    }

    /// A round that is about to clean.
    private record Round(CleanSketch sketch, CleanRun run) {
        static Round of(LogFixture fixture) throws IOException {
            CleanSketch sketch = fixture.log().sketch(fixture.log().endOffset()).orElseThrow();
            CleanPlan plan = sketch.plan(sketch.candidate(2000), 2000);
            CleanRun run = new CleanRun(sketch.disk(), plan, new OffsetMap(1 << 16, 1, 2), CleanPace.UNLIMITED);
            run.buildMap();
            return new Round(sketch, run);
        }

        Optional<CleanSwap> beginSwap(LogFixture fixture) throws IOException {
            return fixture.log().beginClean(sketch, run.cleanNext());
        }
    }

    private static void clean(LogFixture fixture, Round round) throws IOException {
        while (round.run().hasNext()) {
            CleanSwap swap = round.beginSwap(fixture).orElseThrow();
            swap.run();
            assertThat(swap.error()).isEqualTo(ErrorKind.NONE);
            fixture.log().endClean(swap, 2000);
        }
    }

    @Test
    void keepsTheLastRecordOfEachKeyBelowTheActiveSegment() throws IOException {
        LogFixture fixture = twelveWritesToThreeKeys();
        clean(fixture, Round.of(fixture));
        List<String> expected = List.of("5=v05", "6=v06", "7=v07", "8=v08", "9=v09", "10=v10", "11=v11");
        assertThat(fixture.readAll(0)).isEqualTo(expected);
        assertThat(fixture.log().startOffset()).isZero();
        fixture.reopenCleanly();
        assertThat(fixture.readAll(0)).isEqualTo(expected);
        assertThat(fixture.log().endOffset()).isEqualTo(12);
    }

    @Test
    void cleansNothingThatACrashCouldStillTear() throws IOException {
        LogFixture fixture = twelveWritesToThreeKeys();
        disk.kill();
        fixture.reopen();
        disk.delete(LogFixture.PATH + "/recovery-point-offset-checkpoint");
        disk.kill();
        fixture.reopen();
        CleanCandidate candidate = fixture.log().sketch(12).orElseThrow().candidate(2000);
        assertThat(candidate.firstUncleanableOffset()).isZero();
    }

    /// Its index is in memory, and is that of the files before.
    @Test
    void aReaderWhoNeedsNoIndexFileIsSentAwayToo() throws IOException {
        LogFixture fixture = twelveWritesToThreeKeys();
        ReadResult.Cold first = (ReadResult.Cold) fixture.log().read(0, 12, 1000, true);
        LogFixture.bytes(first.job().run()); // the index is known from here on
        CleanSwap swap = Round.of(fixture).beginSwap(fixture).orElseThrow();
        swap.run();

        ReadResult during = fixture.log().read(0, 12, 1000, true);

        ReadResult result = during instanceof ReadResult.Cold(ReadResult.ColdRead job) ? job.run() : during;
        assertThat(result).isEqualTo(new ReadResult.Moved());
    }

    @Test
    void aReaderDuringTheSwapIsSentAwayAndComesBack() throws IOException {
        LogFixture fixture = twelveWritesToThreeKeys();
        ReadResult.Cold before = (ReadResult.Cold) fixture.log().read(0, 12, 1000, true);
        ReadResult held = fixture.log().read(0, 12, 1000, true) instanceof ReadResult.Cold cold
                ? cold.job().run()
                : null;
        Round round = Round.of(fixture);
        CleanSwap swap = round.beginSwap(fixture).orElseThrow();
        assertThat(before.job().run()).isEqualTo(new ReadResult.Moved());
        swap.run();
        assertThat(before.job().run()).isEqualTo(new ReadResult.Moved());
        fixture.log().endClean(swap, 2000);
        assertThat(fixture.readAll(0)).first().isNotEqualTo("0=v00");
        assertThat(held).isNotNull();
        assertThat(Batches.decode(LogFixture.bytes(held))).first().isEqualTo("0=v00");
    }

    @Test
    void aGroupWhoseSegmentsAreGoneIsNotTaken() throws IOException {
        LogFixture fixture = twelveWritesToThreeKeys();
        Round round = Round.of(fixture);
        CleanedGroup group = round.run().cleanNext();
        fixture.log().advanceStartOffset(5);
        fixture.retain(2000, 12);
        assertThat(fixture.log().beginClean(round.sketch(), group)).isEmpty();
        SegmentSwap.discard(disk, fixture.folder(), group);
        assertThat(fixture.readAll(5)).hasSize(7);
    }

    @Test
    void aSwapTheDiskRefusedIsMendedByRecovery() throws IOException {
        LogFixture fixture = twelveWritesToThreeKeys();
        List<String> before = fixture.readAll(0);
        Round round = Round.of(fixture);
        CleanSwap swap = round.beginSwap(fixture).orElseThrow();
        disk.refuseSyncs(true);
        swap.run();
        assertThat(swap.error()).isEqualTo(ErrorKind.STORAGE_ERROR);
        fixture.log().endClean(swap, 2000);
        assertThat(fixture.append(Batches.of(1, "no")).error()).isEqualTo(ErrorKind.STORAGE_ERROR);
        disk.refuseSyncs(false);
        assertThat(fixture.recover()).isEqualTo(ErrorKind.NONE);
        assertThat(before).containsAll(fixture.readAll(0));
        assertThat(fixture.readAll(0)).contains("9=v09", "10=v10", "11=v11");
    }

    @Test
    void theSegmentWithTheLastDurableBatchStays() throws IOException {
        LogFixture fixture = twelveWritesToThreeKeys();
        fixture.configure(Configs.compactingAfter(batchBytes() * 4, 10_000));
        fixture.retain(20_000, 12);
        assertThat(fixture.flush(true)).isEqualTo(ErrorKind.NONE);
        fixture.directory().checkpoint(Map.of());
        CleanCandidate candidate = fixture.log().sketch(12).orElseThrow().candidate(20_000);
        assertThat(candidate.firstUncleanableOffset()).isEqualTo(8);
        clean(fixture, Round.of(fixture));
        fixture.reopenCleanly();
        assertThat(fixture.log().endOffset()).isEqualTo(12);
        fixture.append(Batches.keyed(20_000, "k0", "new"));
        fixture.flush(true);
        fixture.directory().checkpoint(Map.of());
        assertThat(fixture.log().sketch(13).orElseThrow().candidate(20_000).firstUncleanableOffset())
                .isEqualTo(12);
    }

    @Test
    void whatIsDoneIsNotDoneAgainAfterARestart() throws IOException {
        LogFixture fixture = twelveWritesToThreeKeys();
        Round round = Round.of(fixture);
        clean(fixture, round);
        round.sketch().cleaned(round.run().cleanedUpTo());
        disk.kill();
        fixture.reopen();
        CleanCandidate candidate = fixture.log().sketch(12).orElseThrow().candidate(2000);
        assertThat(candidate.firstDirtyOffset()).isEqualTo(8);
        assertThat(candidate.isDue()).isFalse();
    }

    @Test
    void aRoundThatEndsLateSaysNothingOfTheTopicThatHasTheNameNow() throws IOException {
        LogFixture fixture = twelveWritesToThreeKeys();
        Round round = Round.of(fixture);
        clean(fixture, round);
        fixture.log().delete();
        fixture.directory().open(LogFixture.ORDERS, new TopicId(1, 2), LogConfig.DEFAULT);
        round.sketch().cleaned(round.run().cleanedUpTo());
        assertThat(fixture.directory().cleanedUpTo(LogFixture.ORDERS)).isZero();
    }

    @Test
    void aLogThatWasLoadedAnewRefusesWhatWasMadeOfTheOldOne() throws IOException {
        LogFixture fixture = twelveWritesToThreeKeys();
        Round round = Round.of(fixture);
        CleanedGroup group = round.run().cleanNext();
        assertThat(fixture.truncate(11)).isEqualTo(ErrorKind.NONE);
        assertThat(fixture.log().beginClean(round.sketch(), group)).isEmpty();
    }

    @Test
    void lagsAreLookedUpInFilesAfterARestart() throws IOException {
        LogFixture fixture = twelveWritesToThreeKeys();
        fixture.reopenCleanly();
        fixture.configure(Configs.compactingAfter(batchBytes() * 4, 500));
        assertThat(fixture.log().sketch(12).orElseThrow().candidate(1400).isOverdue())
                .isFalse();
        assertThat(fixture.log().sketch(12).orElseThrow().candidate(1501).isOverdue())
                .isTrue();
    }

    @Property(tries = 60)
    void theLatestValueOfEveryKeySurvivesCleaningAndPowerCuts(SeededRandomness random) throws IOException {
        MemoryDisk crashing = new MemoryDisk(new ManualClock());
        LogFixture fixture = new LogFixture(crashing, LogFixture.PATH, Configs.compacting(batchBytes() * 4));
        Map<String, String> latest = new TreeMap<>();
        for (int i = 0; i < 60; i++) {
            String key = "k" + random.nextInt(5);
            String value = "v%02d".formatted(i);
            latest.put(key, fixture.append(Batches.keyed(1000 + i, key, value)).firstOffset() + "=" + value);
            fixture.flush(true);
            if (random.onceIn(10)) {
                fixture.directory().checkpoint(Map.of());
                cleanAndPerhapsCrash(fixture, crashing, random);
            }
            List<String> all = fixture.readAll(0);
            assertThat(all).containsAll(latest.values());
            assertThat(fixture.log().endOffset()).isEqualTo(i + 1);
        }
    }

    private static void cleanAndPerhapsCrash(LogFixture fixture, MemoryDisk crashing, SeededRandomness random)
            throws IOException {
        if (fixture.log().sketch(0).isEmpty()) {
            return;
        }
        Round round = Round.of(fixture);
        List<CleanSwap> done = new ArrayList<>();
        while (round.run().hasNext()) {
            CleanSwap swap = round.beginSwap(fixture).orElseThrow();
            swap.run();
            done.add(swap);
            if (random.onceIn(3)) {
                crashing.crash(random);
                fixture.reopen();
                return;
            }
            fixture.log().endClean(swap, 2000);
        }
        assertThat(done).allMatch(swap -> swap.error() == ErrorKind.NONE);
    }
}
