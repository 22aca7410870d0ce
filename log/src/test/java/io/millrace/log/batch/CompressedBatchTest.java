package io.millrace.log.batch;

import static io.millrace.log.batch.Batches.record;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.log.config.LogConfig;
import io.millrace.model.ErrorKind;
import io.millrace.model.TopicPartition;
import java.nio.ByteBuffer;
import java.util.Random;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.record.internal.CompressionType;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Clients' compressed batches are walked before they are taken: what consumers would stumble over is refused.
class CompressedBatchTest {
    private static final TopicPartition PARTITION = new TopicPartition("orders", 3);
    private static final long NOW = 1_700_000_000_000L;
    private static final long BYTES_MAX = 4 << 20;

    @ParameterizedTest
    @EnumSource(names = {"GZIP", "SNAPPY", "LZ4", "ZSTD"})
    void garbageIsRefused(CompressionType codec) {
        ByteBuffer batch = ByteBuffer.allocate(BatchHeader.OVERHEAD + 8);
        batch.put(0, Batches.of(codec, record(NOW, "k", "v")).array(), 0, BatchHeader.OVERHEAD);
        batch.putInt(BatchHeader.LENGTH_AT, batch.limit() - BatchHeader.LOG_OVERHEAD)
                .putInt(23, Integer.MAX_VALUE - 1)
                .putInt(57, Integer.MAX_VALUE);
        BatchHeader.updateCrc(batch, 0);

        refuses(batch, "");
    }

    @ParameterizedTest
    @EnumSource(names = {"GZIP", "SNAPPY", "LZ4", "ZSTD"})
    void aCountThatTheRecordsDoNotBearOutIsRefused(CompressionType codec) {
        ByteBuffer batch = Batches.of(codec, record(NOW, "k", "v"), record(NOW, "l", "w"));

        refuses(claiming(batch, 3), "Incorrect declared batch size, premature EOF reached");
        refuses(claiming(batch, Integer.MAX_VALUE), "Incorrect declared batch size, premature EOF reached");
        refuses(claiming(batch, 1), "Incorrect declared batch size, records still remaining in file");
    }

    @ParameterizedTest
    @EnumSource(names = {"GZIP", "SNAPPY", "LZ4", "ZSTD"})
    void offsetsThatDoNotCountUpAreRefused(CompressionType codec) {
        ByteBuffer plain = Batches.of(CompressionType.NONE, record(NOW, "k", "v"), record(NOW, "l", "w"));
        int secondsDelta = BatchHeader.OVERHEAD + 9 + 3;
        assertThat(plain.get(secondsDelta)).isEqualTo((byte) 2);
        plain.put(secondsDelta, (byte) 4);

        refuses(packed(plain, codec), "does not have incremental offsets, expected offset is 1");
    }

    @ParameterizedTest
    @EnumSource(names = {"GZIP", "SNAPPY", "LZ4", "ZSTD"})
    void theLargestTimestampIsTheRecordsOwn(CompressionType codec) {
        ByteBuffer batch = Batches.of(codec, record(NOW - 10, "k", "v"), record(NOW - 20, "l", "w"));
        BatchHeader.setMaxTimestamp(batch, 0, NOW + 99);

        assertThat(((BatchCheck.Valid) validate(batch)).maxTimestamp()).isEqualTo(NOW - 10);
        assertThat(BatchHeader.isCrcValid(batch, 0)).isTrue();
    }

    /// Records of every size and shape, whole and damaged: packed or not, the verdict is the same.
    @ParameterizedTest
    @EnumSource(names = {"GZIP", "SNAPPY", "LZ4", "ZSTD"})
    void theVerdictIsThatOnTheSameRecordsUncompressed(CompressionType codec) {
        Random random = new Random(20261122);
        int[] sizes = {0, 1, 20, 63, 64, 1_000, 8_150, 8_191, 8_192, 20_000, 70_000};
        int passed = 0;
        int rounds = 3_000;
        for (int round = 0; round < rounds; round++) {
            SimpleRecord[] records = new SimpleRecord[random.nextInt(1, round % 50 == 0 ? 400 : 6)];
            int most = records.length > 20 ? 6 : sizes.length;
            for (int i = 0; i < records.length; i++) {
                byte[] key = random.nextInt(3) == 0 ? null : new byte[random.nextInt(100)];
                byte[] value = random.nextInt(9) == 0 ? null : new byte[sizes[random.nextInt(most)]];
                Header[] headers = random.nextInt(5) == 0
                        ? new Header[] {new RecordHeader("h", new byte[random.nextInt(90)])}
                        : new Header[0];
                records[i] = new SimpleRecord(NOW - random.nextInt(100_000), key, value, headers);
            }
            ByteBuffer plain = Batches.of(CompressionType.NONE, records);
            for (int flips = random.nextInt(3); flips > 0; flips--) {
                plain.put(
                        random.nextInt(BatchHeader.OVERHEAD, Math.min(plain.limit(), 200)), (byte) random.nextInt(256));
            }
            BatchHeader.updateCrc(plain, 0);
            ByteBuffer packed = packed(plain, codec);

            BatchCheck expected = validate(plain);
            BatchCheck check = validate(packed);

            assertThat(check.getClass())
                    .as("round %d: %s / %s", round, expected, check)
                    .isEqualTo(expected.getClass());
            if (expected instanceof BatchCheck.Valid sound && check instanceof BatchCheck.Valid valid) {
                passed++;
                assertThat(valid.maxTimestamp()).isEqualTo(sound.maxTimestamp());
                assertThat(valid.recordCount()).isEqualTo(sound.recordCount());
            }
        }
        assertThat(passed).isBetween(rounds / 3, rounds - 100);
    }

    private static ByteBuffer claiming(ByteBuffer batch, int count) {
        ByteBuffer copy = Batches.copy(batch).putInt(23, count - 1).putInt(57, count);
        BatchHeader.updateCrc(copy, 0);
        return copy;
    }

    private static ByteBuffer packed(ByteBuffer plain, CompressionType codec) {
        ByteBuffer records = plain.slice(BatchHeader.OVERHEAD, plain.limit() - BatchHeader.OVERHEAD);
        return Compressor.repack(plain, 0, records, codec.id, LogConfig.CODEC_DEFAULT_LEVEL);
    }

    private static BatchCheck validate(ByteBuffer batch) {
        return BatchValidator.validate(PARTITION, batch, AppendOrigin.CLIENT, LogConfig.DEFAULT, BYTES_MAX, NOW);
    }

    private static void refuses(ByteBuffer batch, String why) {
        assertThat(validate(batch)).isInstanceOfSatisfying(BatchCheck.Refused.class, refused -> {
            assertThat(refused.error()).isEqualTo(ErrorKind.INVALID_RECORD);
            assertThat(refused.message()).contains(why).contains("orders-3");
        });
    }
}
