package io.millrace.log.batch;

import static io.millrace.log.batch.Batches.record;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.log.batch.AppendResult.RecordError;
import io.millrace.log.config.LogConfig;
import io.millrace.log.config.LogConfig.Compression;
import io.millrace.log.config.LogConfig.TimestampType;
import io.millrace.model.ErrorKind;
import io.millrace.model.TopicPartition;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.record.internal.CompressionType;
import org.apache.kafka.common.record.internal.ControlRecordType;
import org.apache.kafka.common.record.internal.EndTransactionMarker;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.Record;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class BatchValidatorTest {
    private static final TopicPartition PARTITION = new TopicPartition("orders", 3);
    private static final long NOW = 1_700_000_000_000L;
    private static final long BOMB_BYTES = 1 << 20;

    @ParameterizedTest
    @EnumSource(CompressionType.class)
    void passesAProducersBatchUntouched(CompressionType codec) {
        ByteBuffer batch =
                Batches.idempotent(codec, 0, 9, (short) 0, 0, false, record(NOW, "k", "v"), record(NOW - 5, null, "w"));
        ByteBuffer before = Batches.copy(batch);
        BatchCheck.Valid valid = valid(validate(batch, LogConfig.DEFAULT));
        assertThat(valid).isEqualTo(new BatchCheck.Valid(batch, false, 1, 2, NOW));
        assertThat(batch).isEqualTo(before);
    }

    @Test
    void refusesWhatIsNotExactlyOneBatch() {
        ByteBuffer one = Batches.of(CompressionType.NONE, record(NOW, "k", "v"));
        refuses(ByteBuffer.allocate(0), ErrorKind.INVALID_RECORD);
        refuses(Batches.join(List.of(one, one)), ErrorKind.INVALID_RECORD);
        refuses(Batches.copy(one).limit(one.limit() - 1), ErrorKind.INVALID_RECORD);
        refuses(Batches.copy(one).limit(30), ErrorKind.INVALID_RECORD);
        refuses(Batches.copy(one).putInt(8, 10), ErrorKind.CORRUPT_MESSAGE);
        refuses(Batches.copy(one).putInt(8, Integer.MAX_VALUE), ErrorKind.CORRUPT_MESSAGE);
    }

    @Test
    void refusesOldFormats() {
        ByteBuffer batch = Batches.of(CompressionType.NONE, record(NOW, "k", "v"));
        refuses(Batches.copy(batch).put(16, (byte) 1), ErrorKind.INVALID_RECORD);
        refuses(Batches.copy(batch).put(16, (byte) 0), ErrorKind.INVALID_RECORD);
        refuses(Batches.copy(batch).put(16, (byte) 9), ErrorKind.CORRUPT_MESSAGE);
    }

    @Test
    void refusesHeadersThatContradictThemselves() {
        ByteBuffer batch = Batches.of(CompressionType.NONE, record(NOW, "k", "v"), record(NOW, "l", "w"));
        refuses(Batches.copy(batch).putLong(0, 5), ErrorKind.INVALID_RECORD);
        refuses(Batches.copy(batch).putInt(17, 1), ErrorKind.CORRUPT_MESSAGE);
        refuses(resealed(batch, 57, 3), ErrorKind.INVALID_RECORD);
        refuses(resealed(batch, 57, 0), ErrorKind.INVALID_RECORD);
        refuses(resealed(batch, 23, -1), ErrorKind.INVALID_RECORD);
        refuses(resealed(batch, 23, Integer.MAX_VALUE), ErrorKind.INVALID_RECORD);
        refuses(
                resealed(
                        Batches.idempotent(CompressionType.NONE, 0, 9, (short) 0, 0, false, record(NOW, "k", "v")),
                        53,
                        -1),
                ErrorKind.INVALID_RECORD);
    }

    @Test
    void refusesACountThatTheRecordsDoNotBearOut() {
        ByteBuffer batch = Batches.of(CompressionType.NONE, record(NOW, "k", "v"), record(NOW, "l", "w"));
        ByteBuffer lying = resealed(resealed(batch, 57, 3), 23, 2);
        refuses(lying, ErrorKind.INVALID_RECORD);
        refuses(resealed(resealed(batch, 57, 1), 23, 0), ErrorKind.INVALID_RECORD);
    }

    @Test
    void refusesControlBatchesFromClientsOnly() {
        ByteBuffer marker = Batches.copy(MemoryRecords.withEndTransactionMarker(
                        0, NOW, 1, 9, (short) 0, new EndTransactionMarker(ControlRecordType.COMMIT, 4))
                .buffer());
        refuses(marker, ErrorKind.INVALID_RECORD);
        assertThat(BatchValidator.validate(
                        PARTITION, marker, AppendOrigin.COORDINATOR, LogConfig.DEFAULT, BOMB_BYTES, NOW))
                .isInstanceOf(BatchCheck.Valid.class);
    }

    @Test
    void refusesATransactionWithoutAProducer() {
        ByteBuffer batch = Batches.of(CompressionType.NONE, record(NOW, "k", "v"));
        batch.putShort(21, (short) BatchHeader.TRANSACTIONAL_BIT);
        BatchHeader.updateCrc(batch, 0);
        refuses(batch, ErrorKind.INVALID_RECORD);
    }

    @Test
    void refusesBatchesOverTheTopicsSize() {
        ByteBuffer batch = Batches.of(CompressionType.NONE, record(NOW, "k", "v".repeat(100)));
        assertThat(validate(batch, config().batchBytesMax(batch.limit()).build()))
                .isInstanceOf(BatchCheck.Valid.class);
        BatchCheck.Refused refused = refused(
                validate(batch, config().batchBytesMax(batch.limit() - 1).build()));
        assertThat(refused.error()).isEqualTo(ErrorKind.MESSAGE_TOO_LARGE);
        assertThat(refused.message()).contains("orders-3").contains(String.valueOf(batch.limit()));
    }

    @ParameterizedTest
    @EnumSource(CompressionType.class)
    void namesTheRecordsWithoutKeyOnACompactedTopic(CompressionType codec) {
        ByteBuffer batch = Batches.of(
                codec, record(NOW, null, "v"), record(NOW, "k", "w"), record(NOW, null, "x"), record(NOW, "", "x"));
        assertThat(validate(batch, LogConfig.DEFAULT)).isInstanceOf(BatchCheck.Valid.class);
        BatchCheck.Refused refused = refused(validate(batch, config().compact().build()));
        assertThat(refused.error()).isEqualTo(ErrorKind.INVALID_RECORD);
        assertThat(refused.recordErrors()).extracting(RecordError::index).containsExactly(0, 2);
        assertThat(refused.recordErrors().getFirst().message())
                .isEqualTo("Compacted topic cannot accept message without key in topic partition orders-3");
    }

    @Test
    void holdsTimestampsToTheTopicsLimits() {
        LogConfig config = config().timestampRange(1000, 1000).build();
        assertThat(validate(plain(NOW - 1000, NOW + 1000, -1), config)).isInstanceOf(BatchCheck.Valid.class);
        BatchCheck.Refused late = refused(validate(plain(NOW, NOW + 1001, NOW - 1001), config));
        assertThat(late.error()).isEqualTo(ErrorKind.INVALID_TIMESTAMP);
        assertThat(late.recordErrors()).extracting(RecordError::index).containsExactly(1, 2);
        assertThat(refused(validate(Batches.of(CompressionType.GZIP, record(NOW + 1001, "k", "v")), config))
                        .error())
                .isEqualTo(ErrorKind.INVALID_TIMESTAMP);
        // Whoever stamps at append time does not care what the producer's clock says.
        assertThat(validate(
                        plain(0, NOW * 2),
                        config().timestampRange(1, 1).appendTime().build()))
                .isInstanceOf(BatchCheck.Valid.class);
    }

    @Test
    void stampsAppendTimeInPlace() {
        ByteBuffer batch = plain(5, 6);
        BatchCheck.Valid valid = valid(validate(batch, config().appendTime().build()));
        assertThat(valid.maxTimestamp()).isEqualTo(NOW);
        assertThat(valid.rewritten()).isFalse();
        MemoryRecords.readableRecords(batch).batches().forEach(kafka -> {
            kafka.ensureValid();
            kafka.forEach(record -> assertThat(record.timestamp()).isEqualTo(NOW));
        });
        refuses(batch, ErrorKind.INVALID_TIMESTAMP);
    }

    @Test
    void correctsALyingMaxTimestamp() {
        ByteBuffer batch = plain(NOW - 10, NOW - 20);
        BatchHeader.setMaxTimestamp(batch, 0, NOW + 99);
        assertThat(valid(validate(batch, LogConfig.DEFAULT)).maxTimestamp()).isEqualTo(NOW - 10);
        assertThat(BatchHeader.maxTimestamp(batch, 0)).isEqualTo(NOW - 10);
        assertThat(BatchHeader.isCrcValid(batch, 0)).isTrue();
    }

    @ParameterizedTest
    @EnumSource(CompressionType.class)
    void packsAnewWhenTheTopicNamesACodec(CompressionType sent) {
        SimpleRecord[] records = new SimpleRecord[200];
        for (int i = 0; i < records.length; i++) {
            records[i] = record(NOW - i, "key" + i, "value ".repeat(i % 7));
        }
        for (Compression stored : Compression.values()) {
            if (stored == Compression.PRODUCER) {
                continue;
            }
            ByteBuffer batch = Batches.idempotent(sent, 0, 12, (short) 3, 44, true, records);
            BatchCheck.Valid valid =
                    valid(validate(batch, config().compression(stored).build()));
            ByteBuffer out = valid.batches();
            assertThat(valid.rewritten()).isEqualTo(Compressor.codec(stored) != sent.id);
            assertThat(BatchHeader.codec(out, 0)).isEqualTo(Compressor.codec(stored));
            assertThat(BatchHeader.isCrcValid(out, 0)).isTrue();
            assertThat(BatchHeader.baseSequence(out, 0)).isEqualTo(44);
            assertThat(BatchHeader.isTransactional(out, 0)).isTrue();
            List<Record> read = new ArrayList<>();
            MemoryRecords.readableRecords(out).records().forEach(read::add);
            assertThat(read).hasSize(200);
            for (int i = 0; i < records.length; i++) {
                assertThat(new SimpleRecord(read.get(i))).isEqualTo(records[i]);
                assertThat(read.get(i).offset()).isEqualTo(i);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"GZIP", "SNAPPY", "LZ4", "ZSTD"})
    void stopsUnpackingABomb(CompressionType codec) {
        ByteBuffer bomb = Batches.of(codec, record(NOW, "k", "0".repeat((int) BOMB_BYTES + 1)));
        assertThat(bomb.limit()).isLessThan(100_000);
        BatchCheck.TooLarge tooLarge = new BatchCheck.TooLarge(BOMB_BYTES);
        assertThat(validate(bomb, config().compact().build())).isEqualTo(tooLarge);
        assertThat(validate(bomb, LogConfig.DEFAULT)).isEqualTo(tooLarge);
        assertThat(tooLarge.refused(PARTITION).error()).isEqualTo(ErrorKind.MESSAGE_TOO_LARGE);
    }

    @Test
    void doesNotBelieveSnappysLengths() {
        ByteBuffer batch = Batches.of(CompressionType.SNAPPY, record(NOW, "k", "v".repeat(500)));
        for (int lie : new int[] {Integer.MAX_VALUE, -5, 1 << 29, 0}) {
            refusesCompacted(resealed(batch, BatchHeader.OVERHEAD + 16, lie), ErrorKind.INVALID_RECORD);
        }
        ByteBuffer hugeClaim = Batches.copy(batch);
        for (int i = 0; i < 4; i++) {
            hugeClaim.put(BatchHeader.OVERHEAD + 20 + i, (byte) 0xFF);
        }
        hugeClaim.put(BatchHeader.OVERHEAD + 24, (byte) 0x07);
        BatchHeader.updateCrc(hugeClaim, 0);
        refusesCompacted(hugeClaim, ErrorKind.INVALID_RECORD);
    }

    /// With the CRC mended, so that everything behind it is reached.
    @ParameterizedTest
    @EnumSource(CompressionType.class)
    void anyFlippedBitIsAnsweredAndNothingElseIsRead(CompressionType codec) {
        ByteBuffer plain = Batches.idempotent(
                codec,
                0,
                9,
                (short) 0,
                7,
                false,
                record(NOW, "k", "v"),
                record(NOW, null, "w"),
                record(NOW, "long key", null));
        for (LogConfig config : List.of(
                LogConfig.DEFAULT,
                config().compact().build(),
                config().compression(Compression.ZSTD).build())) {
            for (int bit = 0; bit < plain.limit() * 8; bit++) {
                ByteBuffer batch = Batches.copy(plain);
                batch.put(bit / 8, (byte) (batch.get(bit / 8) ^ 1 << bit % 8));
                if (bit / 8 >= BatchHeader.ATTRIBUTES_AT) {
                    assertThat(refused(validate(Batches.copy(batch), config)).error())
                            .isEqualTo(ErrorKind.CORRUPT_MESSAGE);
                    BatchHeader.updateCrc(batch, 0);
                }
                // Slices have no bytes around them: a read outside throws.
                assertThat(validate(batch.slice(), config)).isNotNull();
            }
        }
    }

    /// Records of every shape: the quick way and the slow way through the walk meet all of them.
    @Test
    void recordsOfAnyShapePass() {
        Random random = new Random(20261123);
        int[] sizes = {0, 1, 3, 60, 63, 64, 65, 100, 127, 128, 8190, 8191, 8192, 9000};
        for (int round = 0; round < 3_000; round++) {
            SimpleRecord[] records = new SimpleRecord[random.nextInt(1, round % 50 == 0 ? 300 : 5)];
            long max = -1;
            int keyless = 0;
            for (int i = 0; i < records.length; i++) {
                byte[] key = random.nextInt(3) == 0 ? null : new byte[sizes[random.nextInt(sizes.length)] / 2];
                byte[] value = random.nextInt(9) == 0 ? null : new byte[sizes[random.nextInt(sizes.length)]];
                long timestamp = NOW + random.nextLong(-1L << random.nextInt(35), 1L << random.nextInt(20));
                Header[] headers = new Header[random.nextInt(4) == 0 ? random.nextInt(3) : 0];
                Arrays.setAll(headers, h -> new RecordHeader("h" + h, random.nextBoolean() ? new byte[h] : null));
                records[i] = new SimpleRecord(timestamp, key, value, headers);
                max = Math.max(max, timestamp);
                keyless += key == null ? 1 : 0;
            }
            ByteBuffer batch = Batches.directWithinNoise(Batches.of(CompressionType.NONE, records), 3, 0);
            LogConfig config = config().batchBytesMax(1 << 30)
                    .timestampRange(Long.MAX_VALUE, Long.MAX_VALUE)
                    .build();
            BatchCheck.Valid valid = valid(validate(batch, config));
            assertThat(valid.maxTimestamp()).isEqualTo(max);
            assertThat(valid.recordCount()).isEqualTo(records.length);
            RecordScan scan = new RecordScan();
            assertThat(scan.scan(batch, 3 + BatchHeader.OVERHEAD, batch.limit(), records.length, 0))
                    .isTrue();
            assertThat(scan.keylessCount()).isEqualTo(keyless);
        }
    }

    /// Whatever we let in, Kafka's own decoder reads to the end: no poison for consumers.
    @Test
    void whatPassesCanBeReadByKafka() {
        Random random = new Random(20261124);
        int passed = 0;
        for (int round = 0; round < 100_000; round++) {
            int count = random.nextInt(1, 4);
            SimpleRecord[] records = new SimpleRecord[count];
            for (int i = 0; i < count; i++) {
                Header[] headers =
                        random.nextInt(4) == 0 ? new Header[] {new RecordHeader("h", new byte[1])} : new Header[0];
                byte[] key = random.nextBoolean() ? new byte[random.nextInt(3)] : null;
                records[i] = new SimpleRecord(NOW + random.nextInt(200), key, new byte[random.nextInt(20)], headers);
            }
            ByteBuffer batch = Batches.of(CompressionType.NONE, records);
            for (int flips = random.nextInt(1, 4); flips > 0; flips--) {
                int at = random.nextInt(BatchHeader.OVERHEAD, batch.limit());
                batch.put(at, (byte) random.nextInt(random.nextBoolean() ? 256 : 8));
            }
            BatchHeader.updateCrc(batch, 0);
            LogConfig config =
                    config().timestampRange(Long.MAX_VALUE, Long.MAX_VALUE).build();
            if (validate(Batches.copy(batch), config) instanceof BatchCheck.Valid) {
                passed++;
                List<Long> offsets = new ArrayList<>();
                MemoryRecords.readableRecords(batch).records().forEach(record -> {
                    record.headers();
                    offsets.add(record.offset());
                });
                assertThat(offsets).hasSize(count).isSorted();
            }
        }
        assertThat(passed).isBetween(1_000, 99_000);
    }

    @Test
    void randomBytesAreAnswered() {
        Random random = new Random(20261122);
        for (int round = 0; round < 20_000; round++) {
            byte[] bytes = new byte[random.nextInt(200)];
            random.nextBytes(bytes);
            ByteBuffer buffer = ByteBuffer.wrap(bytes);
            if (bytes.length >= BatchHeader.OVERHEAD && random.nextInt(10) > 0) {
                // Lead it through the header checks, so that the record walk meets random bytes.
                int count = random.nextInt(1, 5);
                buffer.putLong(0, 0)
                        .putInt(8, bytes.length - 12)
                        .put(16, (byte) 2)
                        .putShort(21, (short) random.nextInt(5));
                buffer.putInt(23, count - 1)
                        .putInt(57, count)
                        .putLong(27, NOW)
                        .putLong(35, NOW)
                        .putInt(53, 1);
                BatchHeader.updateCrc(buffer, 0);
            }
            for (AppendOrigin origin : AppendOrigin.values()) {
                assertThat(BatchValidator.validate(
                                PARTITION, buffer, origin, config().compact().build(), BOMB_BYTES, NOW))
                        .isNotNull();
            }
        }
    }

    @Test
    void aLeadersBatchesMayBeManyAndAreLeftAlone() {
        ByteBuffer batches = Batches.join(List.of(
                Batches.idempotent(CompressionType.NONE, 10, -1, (short) -1, -1, false, record(4, "a", "b")),
                Batches.idempotent(
                        CompressionType.ZSTD,
                        11,
                        -1,
                        (short) -1,
                        -1,
                        false,
                        record(3, "a", "b"),
                        record(2, "a", "b"))));
        ByteBuffer before = Batches.copy(batches);
        LogConfig config = config().appendTime().build();
        BatchCheck check = BatchValidator.validate(PARTITION, batches, AppendOrigin.LEADER, config, BOMB_BYTES, NOW);
        assertThat(check).isEqualTo(new BatchCheck.Valid(batches, false, 2, 3, 4));
        assertThat(batches).isEqualTo(before);
        for (int cut = 1; cut < batches.limit(); cut++) {
            ByteBuffer torn = Batches.copy(batches).limit(cut);
            BatchCheck torned = BatchValidator.validate(PARTITION, torn, AppendOrigin.LEADER, config, BOMB_BYTES, NOW);
            boolean atBoundary = cut == BatchHeader.sizeInBytes(batches, 0);
            assertThat(torned instanceof BatchCheck.Valid).isEqualTo(atBoundary);
        }
    }

    private static ByteBuffer plain(long... timestamps) {
        SimpleRecord[] records = new SimpleRecord[timestamps.length];
        for (int i = 0; i < records.length; i++) {
            records[i] = record(timestamps[i], "k" + i, "v");
        }
        return Batches.of(CompressionType.NONE, records);
    }

    private static ByteBuffer resealed(ByteBuffer batch, int at, int value) {
        ByteBuffer copy = Batches.copy(batch).putInt(at, value);
        BatchHeader.updateCrc(copy, 0);
        return copy;
    }

    private static BatchCheck validate(ByteBuffer batches, LogConfig config) {
        return BatchValidator.validate(PARTITION, batches, AppendOrigin.CLIENT, config, BOMB_BYTES, NOW);
    }

    private static void refuses(ByteBuffer batches, ErrorKind error) {
        assertThat(refused(validate(batches, LogConfig.DEFAULT)).error()).isEqualTo(error);
    }

    private static void refusesCompacted(ByteBuffer batches, ErrorKind error) {
        assertThat(refused(validate(batches, config().compact().build())).error())
                .isEqualTo(error);
    }

    private static BatchCheck.Refused refused(BatchCheck check) {
        assertThat(check).isInstanceOf(BatchCheck.Refused.class);
        return (BatchCheck.Refused) check;
    }

    private static BatchCheck.Valid valid(BatchCheck check) {
        assertThat(check).isInstanceOf(BatchCheck.Valid.class);
        return (BatchCheck.Valid) check;
    }

    private static Config config() {
        return new Config();
    }

    /// The few settings that matter here, on top of the defaults.
    private static final class Config {
        private int batchBytesMax = LogConfig.DEFAULT.batchBytesMax();
        private boolean compact;
        private TimestampType timestampType = TimestampType.CREATE_TIME;
        private long before = Long.MAX_VALUE;
        private long after = 3_600_000;
        private Compression compression = Compression.PRODUCER;

        Config batchBytesMax(int value) {
            batchBytesMax = value;
            return this;
        }

        Config compact() {
            compact = true;
            return this;
        }

        Config appendTime() {
            timestampType = TimestampType.LOG_APPEND_TIME;
            return this;
        }

        Config timestampRange(long beforeMs, long afterMs) {
            before = beforeMs;
            after = afterMs;
            return this;
        }

        Config compression(Compression value) {
            compression = value;
            return this;
        }

        LogConfig build() {
            LogConfig d = LogConfig.DEFAULT;
            return new LogConfig(
                    d.segmentBytes(),
                    d.segmentMs(),
                    d.segmentJitterMs(),
                    d.indexIntervalBytes(),
                    d.indexBytesMax(),
                    batchBytesMax,
                    d.retentionMs(),
                    d.retentionBytes(),
                    !compact,
                    compact,
                    d.deleteRetentionMs(),
                    d.minCompactionLagMs(),
                    d.maxCompactionLagMs(),
                    d.minCleanableRatio(),
                    timestampType,
                    before,
                    after,
                    compression,
                    d.compressionLevel(),
                    d.fileDeleteDelayMs(),
                    d.preallocate());
        }
    }
}
