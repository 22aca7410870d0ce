package io.millrace.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.log.batch.AppendResult;
import io.millrace.log.disk.MemoryDisk;
import io.millrace.model.ErrorKind;
import io.millrace.testkit.ManualClock;
import io.millrace.testkit.Property;
import io.millrace.testkit.SeededRandomness;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A log against a list: whatever is appended, flushed, rolled, read, cut, deleted, killed and torn, the log holds the
/// list's records, never less than what was durable, never anything else.
final class PartitionLogProperty {
    private static final int STEPS = 120;

    @Property(tries = 150)
    void holdsWhatAListHolds(SeededRandomness random) throws IOException {
        Run run = new Run(random);
        for (int step = 0; step < STEPS; step++) {
            run.step();
        }
        run.finish();
    }

    private static final class Run {
        private final SeededRandomness random;
        private final MemoryDisk disk = new MemoryDisk(new ManualClock());
        private final LogFixture fixture;
        private final List<String> records = new ArrayList<>();
        private long durable;
        private long written;
        private long start;
        private long checkpointedStart;
        private long timestampMs = 1000;
        private @Nullable FlushJob job;

        Run(SeededRandomness random) {
            this.random = random;
            this.fixture = new LogFixture(
                    disk, LogFixture.PATH, Configs.small(random.between(400, 1000), random.between(0, 300)));
        }

        private PartitionLog log() {
            return fixture.log();
        }

        void step() throws IOException {

            switch (random.nextInt(20)) {
                case 0, 1, 2, 3, 4, 5 -> append();
                case 6, 7, 8 -> begin();
                case 9, 10, 11 -> end();
                case 12, 13, 14 -> readSome();
                case 15 -> advanceStart();
                case 16 -> checkpointAndRetain();
                case 17 -> {
                    if (random.onceIn(3)) {
                        truncate();
                    }
                }
                case 18 -> die();
                default -> fillDisk();
            }
            assertThat(log().endOffset()).isEqualTo(records.size());
            assertThat(log().startOffset()).isEqualTo(start);
            assertThat(log().writtenOffset()).isEqualTo(written);
            assertThat(log().durableOffset()).isBetween(start, written);
        }

        private void append() {
            String[] values = new String[random.between(1, 4)];
            for (int i = 0; i < values.length; i++) {
                values[i] = Long.toHexString(random.nextLong()).repeat(random.between(0, 4));
            }
            AppendResult result = fixture.append(timestampMs, values);
            timestampMs += random.nextInt(10);
            assertThat(result.error()).isEqualTo(ErrorKind.NONE);
            assertThat(result.firstOffset()).isEqualTo(records.size());
            for (String value : values) {
                records.add(records.size() + "=" + value);
            }
        }

        private void begin() {
            if (job == null) {
                job = log().beginFlush(random.nextBoolean()).orElse(null);
            }
        }

        private void end() {
            FlushJob out = job;
            if (out != null) {
                out.run();
                log().endFlush(out);
                job = null;
                assertThat(out.error()).isEqualTo(ErrorKind.NONE);
                written = log().writtenOffset();
                durable = log().recoveryPoint();
            }
        }

        private void readSome() throws IOException {
            if (written == start) {
                return;
            }
            long from = start + random.nextInt((int) (written - start));
            int maxBytes = random.between(0, 1500);
            List<String> got = fixture.read(from, written, maxBytes, true);
            List<String> above = got.stream()
                    .filter(record -> Long.parseLong(record.substring(0, record.indexOf('='))) >= from)
                    .toList();
            assertThat(above).isNotEmpty();
            assertThat(above).isEqualTo(records.subList((int) from, (int) from + above.size()));
            assertThat(fixture.readAll(from)).isEqualTo(records.subList((int) from, (int) written));
        }

        private void advanceStart() {
            if (random.onceIn(3) && written > start) {
                start += random.nextInt((int) (written - start) + 1);
                assertThat(log().advanceStartOffset(start)).isEqualTo(ErrorKind.NONE);
            }
        }

        private void checkpointAndRetain() {
            fixture.directory().checkpoint(Map.of());
            checkpointedStart = start;
            fixture.retain(timestampMs, written);
            written = log().writtenOffset();
            fixture.directory().sweep(Long.MAX_VALUE);
        }

        private void truncate() {
            end();
            flushAll();
            if (records.size() == start) {
                return;
            }
            long to = start + random.nextInt((int) (records.size() - start));
            assertThat(fixture.truncate(to)).isEqualTo(ErrorKind.NONE);
            // Batches go as a whole, also one that reaches below the start.
            assertThat(log().endOffset()).isLessThanOrEqualTo(to);
            cutModel(log().endOffset());
            start = Math.min(start, log().endOffset());
        }

        private void flushAll() {
            assertThat(fixture.flush(random.nextBoolean())).isEqualTo(ErrorKind.NONE);
            written = log().writtenOffset();
            durable = log().recoveryPoint();
        }

        private void cutModel(long end) {
            records.subList((int) end, records.size()).clear();
            written = Math.min(written, end);
            durable = Math.min(durable, end);
            checkpointedStart = Math.min(checkpointedStart, end);
        }

        /// The process is killed, the machine loses power, or both behave.
        private void die() throws IOException {
            switch (random.nextInt(3)) {
                case 0 -> {
                    end();
                    fixture.reopenCleanly();
                    written = records.size();
                    durable = written;
                    checkpointedStart = start;
                }
                case 1 -> {
                    job = null;
                    disk.kill();
                    fixture.reopen();
                    assertThat(log().endOffset()).isEqualTo(written);
                    adoptAfterDeath();
                }
                default -> {
                    job = null;
                    disk.crash(random);
                    fixture.reopen();
                    assertThat(log().endOffset()).isBetween(durable, written);
                    adoptAfterDeath();
                }
            }
            assertThat(fixture.readAll(start)).isEqualTo(records.subList((int) start, records.size()));
        }

        /// Deleted records may come back when their deletion was not checkpointed, but not beyond what retention
        /// removed.
        private void adoptAfterDeath() {
            assertThat(log().startOffset()).isBetween(checkpointedStart, start);
            start = log().startOffset();
            cutModel(log().endOffset());
            written = log().writtenOffset();
            durable = log().recoveryPoint();
        }

        private void fillDisk() throws IOException {
            if (!random.onceIn(4)) {
                return;
            }
            end();
            disk.setCapacityBytes(disk.usedBytes() + random.nextInt(150));
            while (fixture.flush(random.nextBoolean()) == ErrorKind.NONE) {
                written = log().writtenOffset();
                durable = log().recoveryPoint();
                append();
            }
            assertThat(fixture.append(timestampMs, "refused").error()).isEqualTo(ErrorKind.STORAGE_ERROR);
            assertThat(fixture.readAll(start)).isEqualTo(records.subList((int) start, (int) written));
            disk.setCapacityBytes(Long.MAX_VALUE);
            assertThat(fixture.recover()).isEqualTo(ErrorKind.NONE);
            cutModel(written);
            durable = log().recoveryPoint();
        }

        void finish() throws IOException {
            end();
            flushAll();
            assertThat(fixture.readAll(start)).isEqualTo(records.subList((int) start, records.size()));
        }
    }
}
