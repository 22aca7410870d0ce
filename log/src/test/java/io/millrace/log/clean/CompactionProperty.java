package io.millrace.log.clean;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.log.batch.Batches;
import io.millrace.log.clean.CleanFolder.Found;
import io.millrace.log.config.LogConfig;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.apache.kafka.common.record.internal.CompressionType;
import org.apache.kafka.common.record.internal.MutableRecordBatch;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Random keyed logs, cleaned again and again with power cuts in between, against a model of lists and maps.
class CompactionProperty {
    private static final long DELETE_RETENTION_MS = 1000;
    private static final List<CompressionType> CODECS = List.of(CompressionType.values());
    private static final LogConfig CONFIG = CleanFolder.config(4000, DELETE_RETENTION_MS, 0, Long.MAX_VALUE);

    private final CleanFolder folder = new CleanFolder();
    private final Random random = new Random();
    private List<Found> model = new ArrayList<>();
    private final List<Found> everWritten = new ArrayList<>();
    private final Map<Long, Long> batchOf = new HashMap<>();
    private final Map<Long, Long> batchEnd = new HashMap<>();
    private final Map<Long, Long> horizonOf = new HashMap<>();

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20})
    void keepsTheLastOfEveryKeyThroughPowerCuts(long seed) throws IOException {
        random.setSeed(seed);
        long now = 10_000;
        for (int round = 0; round < 8; round++) {
            for (int i = random.nextInt(1, 5); i > 0; i--) {
                addSegment(now);
            }
            now += random.nextInt(900);
            long roundTime = now;
            for (int cuts = random.nextInt(3); cuts > 0; cuts--) {
                folder.disk.cutPowerAfter(random.nextInt(80));
                try {
                    // A round that a power cut did not hit after all must not count: the model knows one per time.
                    long before = folder.cleanedUpTo;
                    folder.clean(folder.plan(CONFIG, List.of(), List.of(), roundTime), map());
                    folder.cleanedUpTo = before;
                    folder.disk.cutPowerAfter(Integer.MAX_VALUE);
                } catch (IOException powerCut) {
                    folder.restart(random);
                }
                checkPromises(roundTime);
            }
            long firstDirty = folder.cleanedUpTo;
            folder.clean(folder.plan(CONFIG, List.of(), List.of(), roundTime), map());
            applyToModel(firstDirty, folder.cleanedUpTo, roundTime);
            assertThat(folder.records()).isEqualTo(model);
            checkPromises(roundTime);
            assertThat(folder.disk.list(CleanFolder.FOLDER))
                    .noneMatch(name -> name.matches(".*(cleaned|swap|deleted)"));
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void aFullMapOnlyMeansMoreRounds(long seed) throws IOException {
        random.setSeed(seed);
        for (int i = 0; i < 10; i++) {
            addSegment(10_000);
        }
        OffsetMap tiny = new OffsetMap(24 * 16, 1, 2);
        int rounds = 0;
        while (folder.cleanedUpTo < folder.endOffset) {
            long before = folder.cleanedUpTo;
            folder.clean(folder.plan(CONFIG, List.of(), List.of(), 10_000), tiny);
            assertThat(folder.cleanedUpTo).isGreaterThan(before);
            checkPromises(10_000);
            rounds++;
        }
        assertThat(rounds).isGreaterThan(1);
        Map<String, Found> last = lastPerKey();
        assertThat(folder.records())
                .containsExactlyElementsOf(last.values().stream()
                        .sorted((a, b) -> Long.compare(a.offset(), b.offset()))
                        .toList());
    }

    private OffsetMap map() {
        return new OffsetMap(1 << 20, random.nextLong(), random.nextLong());
    }

    private void addSegment(long now) throws IOException {
        List<ByteBuffer> batches = new ArrayList<>();
        long offset = folder.endOffset;
        for (int b = random.nextInt(1, 6); b > 0; b--) {
            SimpleRecord[] records = new SimpleRecord[random.nextInt(1, 8)];
            for (int i = 0; i < records.length; i++) {
                String key = "k" + random.nextInt(20);
                String value = random.nextInt(5) == 0 ? null : "v" + (offset + i) + "x".repeat(random.nextInt(30));
                records[i] = Batches.record(now + random.nextInt(50), key, value);
                Found found = new Found(offset + i, key, value, records[i].timestamp());
                model.add(found);
                everWritten.add(found);
                batchOf.put(offset + i, offset);
            }
            batchEnd.put(offset, offset + records.length);
            CompressionType codec = CODECS.get(random.nextInt(CODECS.size()));
            batches.add(Batches.idempotent(codec, offset, -1, (short) -1, -1, false, records));
            offset += records.length;
        }
        folder.addSegment(batches);
    }

    /// The rules of one round, said once more in the simplest way.
    private void applyToModel(long firstDirty, long cleanedUpTo, long now) {
        Map<String, Long> last = new HashMap<>();
        for (Found record : model) {
            if (record.offset() >= firstDirty && record.offset() < cleanedUpTo) {
                last.put(record.key(), record.offset());
            }
        }
        List<Found> kept = new ArrayList<>();
        Set<Long> withTombstone = new HashSet<>();
        for (Found record : model) {
            long batch = batchOf.get(record.offset());
            boolean expired = horizonOf.getOrDefault(batch, Long.MAX_VALUE) <= now;
            boolean isLast = record.offset() >= last.getOrDefault(record.key(), -1L);
            if (record.offset() >= cleanedUpTo || isLast && (record.value() != null || !expired)) {
                kept.add(record);
                if (record.value() == null && batchEnd.get(batch) <= cleanedUpTo) {
                    withTombstone.add(batch);
                }
            }
        }
        withTombstone.forEach(batch -> horizonOf.putIfAbsent(batch, now + DELETE_RETENTION_MS));
        model = kept;
    }

    /// What a user was promised, at any moment and however often the power failed.
    private void checkPromises(long now) {
        List<Found> found = folder.records();
        assertThat(everWritten).containsSubsequence(found);
        Set<Found> present = new HashSet<>(found);
        lastPerKey().values().forEach(record -> {
            long horizon = horizonOf.getOrDefault(batchOf.get(record.offset()), Long.MAX_VALUE);
            if (record.value() != null || horizon > now) {
                assertThat(present).contains(record);
            }
        });
        long end = -1;
        for (MutableRecordBatch batch : folder.batches()) {
            assertThat(batch.baseOffset()).isGreaterThan(end);
            assertThat(batch.lastOffset() + 1).isEqualTo(batchEnd.get(batch.baseOffset()));
            end = batch.lastOffset();
        }
    }

    private Map<String, Found> lastPerKey() {
        Map<String, Found> last = new LinkedHashMap<>();
        everWritten.forEach(record -> last.put(record.key(), record));
        return last;
    }
}
