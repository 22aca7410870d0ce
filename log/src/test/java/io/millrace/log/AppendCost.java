package io.millrace.log;

import io.millrace.log.config.LogConfig;
import io.millrace.log.disk.RealDisk;
import io.millrace.model.ErrorKind;
import io.millrace.model.InvariantViolation;
import io.millrace.model.Lease;
import io.millrace.testkit.SeededRandomness;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.function.LongUnaryOperator;

/// Prints what an append, its write and a read at the tail cost on this machine. Run by hand:
/// `java -cp ... io.millrace.log.AppendCost FOLDER`.
final class AppendCost {
    private static final int ROUNDS = 5;
    private static final int RECORD_BYTES = 100;

    private final PartitionLog log;

    private AppendCost(PartitionLog log) {
        this.log = log;
    }

    public static void main(String[] arguments) throws IOException {
        Path folder = Files.createTempDirectory(Path.of(arguments[0]), "append-cost");
        LogDirectory directory = LogDirectory.open(
                new RealDisk(), folder.toString(), new LogDirectory.Settings(1, "cost", 100), new SeededRandomness(1));
        PartitionLog log = directory.open(LogFixture.ORDERS, LogFixture.ID, LogConfig.DEFAULT);
        AppendCost cost = new AppendCost(log);
        cost.print("append, 1 record of 100 B, written at once", 200_000, 1, 1);
        cost.print("append, 1 record of 100 B, 16 to a write", 400_000, 1, 16);
        cost.print("append, 16 KB batch of 100 B, written at once", 20_000, 140, 1);
        cost.printReads();
        log.close();
        directory.close(partition -> 0L);
        try (var files = Files.walk(folder)) {
            files.sorted(Comparator.reverseOrder())
                    .forEach(path -> path.toFile().delete());
        }
    }

    private void print(String what, int count, int recordsPerBatch, int batchesPerWrite) {
        String[] values = new String[recordsPerBatch];
        Arrays.fill(values, "x".repeat(RECORD_BYTES));
        ByteBuffer made = Batches.of(1000, values);
        ByteBuffer batch = ByteBuffer.allocateDirect(made.remaining()).put(made).flip();
        for (int round = 0; round < ROUNDS; round++) {
            long begin = System.nanoTime();
            for (int i = 0; i < count; i++) {
                batch.putLong(0, 0);
                require(LogFixture.append(log, batch, Lease.NONE, 0, 1000).error());
                if (i % batchesPerWrite == batchesPerWrite - 1) {
                    FlushJob job = log.beginFlush(false).orElseThrow();
                    job.run();
                    log.endFlush(job);
                    require(job.error());
                }
            }
            long nanos = System.nanoTime() - begin;
            System.out.printf("%-50s %,8d ns%n", what, nanos / count);
        }
    }

    private void printReads() throws IOException {
        printRead("read of the last batches, 1 KB", offset -> log.writtenOffset() - 140, 1024);
        printRead("read of 1 MB anywhere", offset -> offset * 7919 % log.writtenOffset(), 1 << 20);
    }

    private void printRead(String what, LongUnaryOperator from, int maxBytes) throws IOException {
        int count = 20_000;
        for (int round = 0; round < 3; round++) {
            long begin = System.nanoTime();
            int cold = 0;
            for (int i = 0; i < count; i++) {
                ReadResult result = log.read(from.applyAsLong(i), log.writtenOffset(), maxBytes, true);
                if (result instanceof ReadResult.Cold job) {
                    cold++;
                    result = job.job().run();
                }
                ((ReadResult.Ready) result).slice().release();
            }
            long nanos = System.nanoTime() - begin;
            System.out.printf("%-50s %,8d ns (%d %% as jobs)%n", what, nanos / count, cold * 100 / count);
        }
    }

    private static void require(ErrorKind error) {
        if (error != ErrorKind.NONE) {
            throw new InvariantViolation("unexpected " + error);
        }
    }
}
