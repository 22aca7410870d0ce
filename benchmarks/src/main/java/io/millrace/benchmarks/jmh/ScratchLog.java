package io.millrace.benchmarks.jmh;

import io.millrace.log.FlushJob;
import io.millrace.log.LogDirectory;
import io.millrace.log.PartitionLog;
import io.millrace.log.batch.AppendOrigin;
import io.millrace.log.batch.BatchCheck;
import io.millrace.log.batch.BatchValidator;
import io.millrace.log.config.LogConfig;
import io.millrace.log.disk.RealDisk;
import io.millrace.model.ErrorKind;
import io.millrace.model.Lease;
import io.millrace.model.TopicId;
import io.millrace.model.TopicPartition;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;

/// A log in a folder of its own on the machine's disk, removed when it is closed.
///
/// Owned by: one benchmark.
final class ScratchLog implements AutoCloseable {
    private static final long UNPACKED_BYTES_MAX = 1 << 20;

    private final Path folder;
    private final LogDirectory directory;
    private final PartitionLog log;

    ScratchLog() {
        try {
            folder = Files.createTempDirectory("millrace-jmh");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        var settings = new LogDirectory.Settings(1, "benchmark", 100);
        directory = LogDirectory.open(new RealDisk(), folder.toString(), settings, new SeededChance());
        log = directory.open(new TopicPartition("orders", 0), new TopicId(1, 2), LogConfig.DEFAULT);
    }

    PartitionLog log() {
        return log;
    }

    /// Appends a batch and writes it into the page cache, as the end of a loop's turn does.
    void append(ByteBuffer batch) {
        batch.putLong(0, 0); // the offset that the append before left there
        BatchCheck check = BatchValidator.validate(
                log.partition(), batch, AppendOrigin.CLIENT, log.config(), UNPACKED_BYTES_MAX, Batches.TIMESTAMP);
        require(log.append(check, Lease.NONE, AppendOrigin.CLIENT, 0, Batches.TIMESTAMP)
                .error());
        FlushJob job = log.beginFlush(false).orElseThrow();
        job.run();
        log.endFlush(job);
        require(job.error());
    }

    private static void require(ErrorKind error) {
        if (error != ErrorKind.NONE) {
            throw new IllegalStateException("unexpected " + error);
        }
    }

    @Override
    public void close() {
        log.close();
        directory.close(partition -> 0L);
        try (var files = Files.walk(folder)) {
            List<Path> all = files.sorted(Comparator.reverseOrder()).toList();
            for (Path file : all) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
