package io.millrace.log.batch;

import io.millrace.log.config.LogConfig;
import io.millrace.model.InvariantViolation;
import io.millrace.model.TopicPartition;
import java.nio.ByteBuffer;
import java.util.Random;
import org.apache.kafka.common.record.internal.CompressionType;
import org.apache.kafka.common.record.internal.SimpleRecord;

/// Prints what checking a client's compressed batch costs on this machine. Run by hand:
/// `java -cp ... io.millrace.log.batch.CompressedWalkCost`.
final class CompressedWalkCost {
    private static final TopicPartition PARTITION = new TopicPartition("orders", 3);
    private static final long NOW = 1_700_000_000_000L;
    private static final int ROUNDS = 4;
    private static final int ZEROS_BYTES = 250 << 20;
    private static final String[] WORDS = "order customer item price total shipped paid open street city".split(" ");

    private CompressedWalkCost() {}

    public static void main(String[] arguments) {
        for (CompressionType codec : CompressionType.values()) {
            print(codec, 1, 100);
            print(codec, 140, 100);
            print(codec, 900, 1_000);
        }
        for (CompressionType codec : CompressionType.values()) {
            if (codec != CompressionType.NONE) {
                printZeros(codec);
            }
        }
    }

    /// What a batch of nothing but zeros holds its thread up for, at each limit: the longest one record can do.
    private static void printZeros(CompressionType codec) {
        LogConfig config = LogConfig.DEFAULT;
        int zeros = ZEROS_BYTES;
        ByteBuffer batch = Batches.of(codec, new SimpleRecord(NOW, new byte[zeros]));
        while (batch.limit() > config.batchBytesMax()) {
            zeros = zeros / 10 * 9;
            batch = Batches.of(codec, new SimpleRecord(NOW, new byte[zeros]));
        }
        for (long limit : new long[] {256 << 20, 64 << 20, 1 << 20}) {
            long best = Long.MAX_VALUE;
            for (int round = 0; round < ROUNDS; round++) {
                long begin = System.nanoTime();
                BatchCheck check = BatchValidator.validate(PARTITION, batch, AppendOrigin.CLIENT, config, limit, NOW);
                best = Math.min(best, System.nanoTime() - begin);
                if (check instanceof BatchCheck.Valid != limit > zeros) {
                    throw new InvariantViolation("unexpected: " + check);
                }
            }
            System.out.printf(
                    "%-7s %,3d MiB of zeros, %,9d B packed, at most %,3d MiB: %,8d us%n",
                    codec.name, zeros >> 20, batch.limit(), limit >> 20, best / 1_000);
        }
    }

    private static void print(CompressionType codec, int count, int recordBytes) {
        Random random = new Random(1);
        SimpleRecord[] records = new SimpleRecord[count];
        for (int i = 0; i < count; i++) {
            StringBuilder text = new StringBuilder();
            while (text.length() < recordBytes) {
                text.append(WORDS[random.nextInt(WORDS.length)]).append(':').append(random.nextInt(100_000));
            }
            records[i] = Batches.record(NOW, "key" + i, text.substring(0, recordBytes));
        }
        ByteBuffer heap = Batches.of(codec, records);
        ByteBuffer batch = ByteBuffer.allocateDirect(heap.remaining()).put(heap).flip();
        long plainBytes = (long) count * (recordBytes + 10);
        int times = (int) Math.max(20, Math.min(50_000, 100_000_000 / plainBytes));
        for (int round = 0; round < ROUNDS; round++) {
            long begin = System.nanoTime();
            for (int i = 0; i < times; i++) {
                if (!(BatchValidator.validate(PARTITION, batch, AppendOrigin.CLIENT, LogConfig.DEFAULT, 256 << 20, NOW)
                        instanceof BatchCheck.Valid)) {
                    throw new InvariantViolation("refused");
                }
            }
            long nanos = (System.nanoTime() - begin) / times;
            if (round == ROUNDS - 1) {
                System.out.printf(
                        "%-7s %4d x %4d B, %,8d B packed: %,10d ns, %,6d us per MB of records%n",
                        codec.name, count, recordBytes, batch.limit(), nanos, nanos * 1_000 / plainBytes);
            }
        }
    }
}
