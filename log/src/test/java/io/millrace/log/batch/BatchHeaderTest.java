package io.millrace.log.batch;

import static io.millrace.log.batch.Batches.record;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.record.internal.CompressionType;
import org.apache.kafka.common.record.internal.DefaultRecordBatch;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.apache.kafka.common.utils.internals.ByteUtils;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Every field read by us and by kafka-clients from the same bytes.
class BatchHeaderTest {
    @ParameterizedTest
    @EnumSource(CompressionType.class)
    void readsWhatKafkaReads(CompressionType codec) {
        ByteBuffer plain = Batches.idempotent(
                codec,
                1_234_567_890_123L,
                77,
                (short) 5,
                42,
                true,
                record(1000, "a", "b"),
                record(3000, "c", "d"),
                record(2000, "e", null));
        ByteBuffer batch = Batches.directWithinNoise(plain, 7, 9);
        int at = batch.position();
        RecordBatch kafka = kafka(plain);

        assertThat(BatchHeader.baseOffset(batch, at)).isEqualTo(kafka.baseOffset());
        assertThat(BatchHeader.lastOffset(batch, at)).isEqualTo(kafka.lastOffset());
        assertThat(BatchHeader.lastOffsetDelta(batch, at)).isEqualTo(2);
        assertThat(BatchHeader.sizeInBytes(batch, at)).isEqualTo(kafka.sizeInBytes());
        assertThat(BatchHeader.leaderEpoch(batch, at)).isEqualTo(kafka.partitionLeaderEpoch());
        assertThat(BatchHeader.magic(batch, at)).isEqualTo(kafka.magic());
        assertThat(BatchHeader.crc(batch, at)).isEqualTo(kafka.checksum());
        assertThat(BatchHeader.computeCrc(batch, at)).isEqualTo(kafka.checksum());
        assertThat(BatchHeader.baseTimestamp(batch, at)).isEqualTo(1000);
        assertThat(BatchHeader.maxTimestamp(batch, at)).isEqualTo(3000);
        assertThat(BatchHeader.producerId(batch, at)).isEqualTo(kafka.producerId());
        assertThat(BatchHeader.producerEpoch(batch, at)).isEqualTo(kafka.producerEpoch());
        assertThat(BatchHeader.baseSequence(batch, at)).isEqualTo(kafka.baseSequence());
        assertThat(BatchHeader.lastSequence(batch, at)).isEqualTo(kafka.lastSequence());
        assertThat(BatchHeader.recordCount(batch, at)).isEqualTo(3);
        assertThat(BatchHeader.isTransactional(batch, at)).isTrue();
        assertThat(BatchHeader.isControl(batch, at)).isFalse();
        assertThat(BatchHeader.isLogAppendTime(batch, at)).isFalse();
        assertThat(BatchHeader.hasDeleteHorizon(batch, at)).isFalse();
        assertThat(BatchHeader.codec(batch, at)).isEqualTo(codec.id);
        assertThat(BatchHeader.isWhole(batch, at, batch.limit())).isTrue();
        assertThat(BatchHeader.isWhole(batch, at, batch.limit() - 1)).isFalse();
    }

    @Test
    void patchesAreWhatKafkaWouldWrite() {
        ByteBuffer ours = Batches.of(CompressionType.LZ4, record(1000, "a", "b"));
        ByteBuffer theirs = Batches.copy(ours);
        BatchHeader.setBaseOffset(ours, 0, 99);
        BatchHeader.setLeaderEpoch(ours, 0, 12);
        BatchHeader.setLogAppendTime(ours, 0, 5555);

        DefaultRecordBatch kafka = (DefaultRecordBatch) kafka(theirs);
        kafka.setLastOffset(99);
        kafka.setPartitionLeaderEpoch(12);
        kafka.setMaxTimestamp(TimestampType.LOG_APPEND_TIME, 5555);
        assertThat(ours).isEqualTo(theirs);
        kafka(ours).ensureValid();
    }

    @Test
    void sequencesWrapToZero() {
        assertThat(BatchHeader.sequencePlus(Integer.MAX_VALUE, 1)).isZero();
        assertThat(BatchHeader.sequencePlus(Integer.MAX_VALUE - 1, 3)).isEqualTo(1);
        assertThat(BatchHeader.sequencePlus(7, 3)).isEqualTo(10);
    }

    @Test
    void varintsAgreeWithKafka() {
        long[] values = {
            0, 1, -1, 63, 64, -64, -65, 300, Integer.MAX_VALUE, Integer.MIN_VALUE, Long.MAX_VALUE, Long.MIN_VALUE
        };
        for (long value : values) {
            ByteBuffer bytes = ByteBuffer.allocate(10);
            ByteUtils.writeVarlong(value, bytes);
            bytes.flip();
            ByteBuffer ours = ByteBuffer.allocate(10);
            Varint.put(ours, value);
            assertThat(ours.flip()).isEqualTo(bytes);
            assertThat(Varint.sizeOf(value)).isEqualTo(bytes.limit());
            assertThat(Varint.skip(bytes, 0, bytes.limit())).isEqualTo(bytes.limit());
            assertThat(Varint.skip(bytes, 0, bytes.limit() - 1)).isEqualTo(Varint.MALFORMED);
            assertThat(Varint.longAt(bytes, 0)).isEqualTo(value);
            if (value == (int) value) {
                assertThat(Varint.intAt(bytes, 0)).isEqualTo((int) value);
            }
        }
    }

    private static RecordBatch kafka(ByteBuffer bytes) {
        return MemoryRecords.readableRecords(bytes.duplicate())
                .batches()
                .iterator()
                .next();
    }
}
