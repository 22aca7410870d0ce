package io.millrace.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.log.config.LogConfig;
import io.millrace.log.disk.FadingDisk;
import io.millrace.log.disk.MemoryDisk;
import io.millrace.log.disk.StorageException;
import io.millrace.log.segment.SegmentNames;
import io.millrace.model.ErrorKind;
import io.millrace.testkit.ManualClock;
import io.millrace.testkit.Property;
import io.millrace.testkit.SeededRandomness;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/// Segments rolled by size and by age, synced or not, while the power goes at any change to the disk: what is found
/// afterwards by offset and by time is what a list of the surviving records says, whichever files recovery trusts.
final class PowerCutProperty {
    private static final int STEPS = 60;
    private static final long SEGMENT_MS = 1_000;

    @Property(tries = 200)
    void whatSurvivesIsFoundByOffsetAndByTime(SeededRandomness random) throws IOException {
        Run run = new Run(random);
        for (int step = 0; step < STEPS; step++) {
            run.step();
        }
        run.losePower();
    }

    private record Stored(long offset, long timestampMs, String text) {}

    private static final class Run {
        private final SeededRandomness random;
        private final MemoryDisk memory = new MemoryDisk(new ManualClock());
        private final FadingDisk disk = new FadingDisk(memory);
        private final LogFixture fixture;
        private final List<Stored> records = new ArrayList<>();
        private long durable;
        private long timestampMs = 10_000;

        Run(SeededRandomness random) throws IOException {
            this.random = random;
            memory.createFolder("/disk");
            memory.syncFolder("/");
            this.fixture = new LogFixture(disk, LogFixture.PATH, config(random));
        }

        private static LogConfig config(SeededRandomness random) {
            int segmentBytes = random.between(400, 1_500);
            return random.onceIn(4)
                    ? Configs.preallocating(segmentBytes)
                    : Configs.of(segmentBytes, random.between(0, 200), SEGMENT_MS, -1, -1);
        }

        private PartitionLog log() {
            return fixture.log();
        }

        void step() throws IOException {
            boolean fades = random.onceIn(8);
            if (fades) {
                disk.fadeAfter(random.nextInt(25));
            }
            boolean went = work();
            if (!went || fades && random.nextBoolean()) {
                losePower();
            } else if (!fades) {
                check();
            }
        }

        /// Returns whether the disk did as it was told.
        private boolean work() throws IOException {
            try {
                return switch (random.nextInt(10)) {
                    case 0, 1, 2, 3 -> append();
                    case 4, 5 -> flush(true);
                    case 6 -> flush(false);
                    case 7 -> age();
                    case 8 -> checkpoint();
                    default -> restart();
                };
            } catch (StorageException e) {
                return false;
            }
        }

        private boolean append() {
            String[] values = new String[random.between(1, 4)];
            for (int i = 0; i < values.length; i++) {
                values[i] = "v".repeat(random.between(0, 60));
                records.add(new Stored(records.size(), timestampMs + i, values[i]));
            }
            assertThat(fixture.append(timestampMs, values).error()).isEqualTo(ErrorKind.NONE);
            timestampMs += random.onceIn(10) ? -random.between(0, 300) : random.between(0, 200);
            return true;
        }

        private boolean flush(boolean sync) {
            boolean went = fixture.flush(sync) == ErrorKind.NONE;
            durable = log().recoveryPoint();
            return went;
        }

        /// So long after the last append that the active segment is sealed, with all in it durable or not.
        private boolean age() {
            fixture.retain(timestampMs + 2 * SEGMENT_MS, 0);
            return !log().isFailed();
        }

        private boolean checkpoint() {
            fixture.directory().checkpoint(Map.of());
            return true;
        }

        /// A clean stop and start; the machine may lose power in between, or somebody remove an index.
        private boolean restart() throws IOException {
            log().close();
            durable = records.size();
            fixture.directory().close(partition -> 0L);
            if (random.nextBoolean()) {
                memory.crash(random);
            }
            disk.restore();
            if (random.onceIn(4)) {
                String suffix = random.nextBoolean() ? SegmentNames.OFFSET_INDEX : SegmentNames.TIME_INDEX;
                disk.delete(fixture.file(0, suffix));
            }
            fixture.reopen();
            assertThat(fixture.directory().wasClean()).isTrue();
            assertThat(log().endOffset()).isEqualTo(records.size());
            return true;
        }

        void losePower() throws IOException {
            memory.crash(random);
            disk.restore();
            fixture.reopen();
            assertThat(log().endOffset()).isBetween(durable, (long) records.size());
            records.subList((int) log().endOffset(), records.size()).clear();
            durable = log().recoveryPoint();
            check();
        }

        private void check() throws IOException {
            List<Stored> written = records.subList(0, (int) log().writtenOffset());
            for (Stored record : written) {
                assertThat(fixture.read(record.offset(), log().writtenOffset(), 1, true))
                        .contains(record.offset() + "=" + record.text());
            }
            checkTimes(written);
        }

        private void checkTimes(List<Stored> written) {
            TreeSet<Long> times = new TreeSet<>();
            for (Stored record : written) {
                times.add(record.timestampMs());
                times.add(record.timestampMs() + 1);
            }
            for (long time : times) {
                assertThat(log().findByTimestamp(time).run().offset())
                        .as("first at or after %d", time)
                        .isEqualTo(written.stream()
                                .filter(record -> record.timestampMs() >= time)
                                .mapToLong(Stored::offset)
                                .findFirst()
                                .orElse(-1));
            }
            assertThat(log().findMaxTimestamp().run().timestampMs())
                    .isEqualTo(written.stream()
                            .mapToLong(Stored::timestampMs)
                            .max()
                            .orElse(-1));
        }
    }
}
