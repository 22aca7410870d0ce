package io.millrace.log.clean;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.log.batch.Batches;
import io.millrace.log.clean.CleanPlan.ActiveProducer;
import io.millrace.log.config.LogConfig;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.common.record.internal.CompressionType;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.MemoryRecords.RecordFilter.BatchRetention;
import org.apache.kafka.common.record.internal.MemoryRecords.RecordFilter.BatchRetentionResult;
import org.apache.kafka.common.record.internal.Record;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.apache.kafka.common.utils.internals.BufferSupplier;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// What is left of a batch, byte for byte as Kafka's own filter leaves it (for compressed batches: what they unpack to,
/// because the packer may cut its blocks elsewhere).
class BatchFilterGolden {
    private static final long NOW = 50_000;
    private static final long DELETE_RETENTION_MS = 1_000;
    private static final LogConfig CONFIG = CleanFolder.config(1 << 20, DELETE_RETENTION_MS, 0, Long.MAX_VALUE);

    @ParameterizedTest
    @EnumSource(CompressionType.class)
    void leavesWhatKafkaLeaves(CompressionType codec) {
        Random random = new Random(11);
        for (int round = 0; round < 500; round++) {
            long base = random.nextInt(1000);
            SimpleRecord[] records = new SimpleRecord[random.nextInt(1, 6)];
            OffsetMap map = new OffsetMap(1 << 16, 1, 2);
            Set<Long> kept = new TreeSet<>();
            for (int i = 0; i < records.length; i++) {
                records[i] = Batches.record(
                        40_000 + random.nextInt(100),
                        "key" + i,
                        random.nextInt(3) == 0 ? null : "v".repeat(random.nextInt(50)));
                boolean keeps = random.nextInt(3) > 0;
                map.put(records[i].key(), keeps ? base + i : base + 500);
                if (keeps) {
                    kept.add(base + i);
                }
            }
            boolean isActive = random.nextBoolean();
            long last = base + records.length - 1;
            ByteBuffer batch = Batches.idempotent(codec, base, 7, (short) 2, 9, false, records);
            CleanPlan plan = new CleanPlan(
                    CleanFolder.FOLDER,
                    List.of(),
                    0,
                    9999,
                    isActive ? List.of(new ActiveProducer(7, (short) 2, last)) : List.of(),
                    List.of(),
                    CONFIG,
                    1 << 20,
                    NOW);
            BatchFilter filter = new BatchFilter(plan, map, 9999, new TransactionFilter(List.of()));
            ByteBuffer ours = switch (filter.filter(batch, 0)) {
                case BatchFilter.Verdict.Keep() -> batch;
                case BatchFilter.Verdict.Drop() -> ByteBuffer.allocate(0);
                case BatchFilter.Verdict.Replace(var replaced) -> replaced;
            };
            ByteBuffer theirs = kafka(batch, kept, isActive);
            if (codec == CompressionType.NONE) {
                assertThat(ours).isEqualTo(theirs);
            }
            assertThat(describe(ours)).isEqualTo(describe(theirs));
        }
    }

    private static ByteBuffer kafka(ByteBuffer batch, Set<Long> kept, boolean isActive) {
        MemoryRecords.RecordFilter filter = new MemoryRecords.RecordFilter(NOW, DELETE_RETENTION_MS) {
            @Override
            protected BatchRetentionResult checkBatchRetention(RecordBatch any) {
                return new BatchRetentionResult(
                        isActive ? BatchRetention.RETAIN_EMPTY : BatchRetention.DELETE_EMPTY, false);
            }

            @Override
            protected boolean shouldRetainRecord(RecordBatch any, Record record) {
                return kept.contains(record.offset());
            }
        };
        return MemoryRecords.readableRecords(batch.duplicate())
                .filterTo(filter, ByteBuffer.allocate(4096), BufferSupplier.NO_CACHING, Integer.MAX_VALUE)
                .outputBuffer()
                .flip();
    }

    private static List<String> describe(ByteBuffer bytes) {
        List<String> lines = new ArrayList<>();
        for (RecordBatch batch :
                MemoryRecords.readableRecords(bytes.duplicate()).batches()) {
            batch.ensureValid();
            lines.add("%d-%d %s %d %d %d %d %s %s"
                    .formatted(
                            batch.baseOffset(),
                            batch.lastOffset(),
                            batch.compressionType(),
                            batch.producerId(),
                            batch.producerEpoch(),
                            batch.baseSequence(),
                            batch.maxTimestamp(),
                            batch.deleteHorizonMs(),
                            batch.countOrNull()));
            for (Record record : batch) {
                lines.add(record.offset() + " " + new SimpleRecord(record));
            }
        }
        return lines;
    }
}
