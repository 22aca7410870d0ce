package io.millrace.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.log.batch.AppendOrigin;
import io.millrace.log.batch.AppendResult;
import io.millrace.log.batch.BatchCheck;
import io.millrace.log.batch.BatchValidator;
import io.millrace.log.config.LogConfig;
import io.millrace.log.disk.Disk;
import io.millrace.log.disk.MemoryDisk;
import io.millrace.log.disk.StorageException;
import io.millrace.log.segment.SegmentNames;
import io.millrace.model.ErrorKind;
import io.millrace.model.Lease;
import io.millrace.model.TopicId;
import io.millrace.model.TopicPartition;
import io.millrace.testkit.SeededRandomness;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Vocabulary of the log's tests: one directory with one log on any disk.
final class LogFixture {
    static final TopicPartition ORDERS = new TopicPartition("orders", 0);
    static final TopicId ID = new TopicId(0x4000L, 0x8000000000000000L);
    static final String PATH = "/disk/data";
    private static final long UNPACKED_BYTES_MAX = 1 << 20;

    private final Disk disk;
    private final String path;
    private LogConfig config;
    private LogDirectory directory;
    private PartitionLog log;

    LogFixture(Disk disk, String path, LogConfig config) {
        this.disk = disk;
        this.path = path;
        this.config = config;
        if (disk instanceof MemoryDisk) {
            makeMountPoint(disk);
        }
        this.directory = openDirectory(disk, path);
        this.log = directory.open(ORDERS, ID, config);
    }

    static LogDirectory openDirectory(Disk disk, String path) {
        return LogDirectory.open(disk, path, new LogDirectory.Settings(1, "cluster", 3), new SeededRandomness(1));
    }

    /// The disk's own root is no part of what may be lost.
    private static void makeMountPoint(Disk disk) {
        try {
            disk.createFolder("/disk");
            disk.syncFolder("/");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    PartitionLog log() {
        return log;
    }

    LogDirectory directory() {
        return directory;
    }

    Disk disk() {
        return disk;
    }

    String folder() {
        return path + "/" + ORDERS;
    }

    String file(long baseOffset, String suffix) {
        return folder() + "/" + SegmentNames.of(baseOffset, suffix);
    }

    AppendResult append(long timestampMs, String... values) {
        return append(Batches.of(timestampMs, values));
    }

    AppendResult append(ByteBuffer batches) {
        return append(log, batches, Lease.NONE, 0, 1_000_000);
    }

    static AppendResult append(PartitionLog log, ByteBuffer batches, Lease lease, int leaderEpoch, long nowMs) {
        BatchCheck check = BatchValidator.validate(
                log.partition(), batches, AppendOrigin.CLIENT, log.config(), UNPACKED_BYTES_MAX, nowMs);
        return log.append(check, lease, AppendOrigin.CLIENT, leaderEpoch, nowMs);
    }

    ErrorKind flush(boolean sync) {
        FlushJob job = log.beginFlush(sync).orElse(null);
        if (job == null) {
            return ErrorKind.NONE;
        }
        job.run();
        log.endFlush(job);
        return job.error();
    }

    ErrorKind recover() {
        RecoveryJob job = log.beginRecovery().orElseThrow();
        job.run();
        log.endRecovery(job);
        return job.error();
    }

    ErrorKind truncate(long offset) {
        return cut(log.beginTruncation(offset).orElseThrow());
    }

    ErrorKind restart(long offset) {
        return cut(log.beginRestart(offset).orElseThrow());
    }

    private ErrorKind cut(TruncationJob job) {
        job.run();
        log.endTruncation(job);
        return job.error();
    }

    /// A leader's batches as a follower appends them.
    AppendResult replicate(ByteBuffer batches) {
        BatchCheck check = BatchValidator.validate(
                log.partition(), batches, AppendOrigin.LEADER, log.config(), UNPACKED_BYTES_MAX, 1_000_000);
        return log.append(check, Lease.NONE, AppendOrigin.LEADER, 0, 1_000_000);
    }

    /// Applies retention until nothing is left to do, the finishing of a segment that was sealed for its age included;
    /// returns the bytes freed.
    long retain(long nowMs, long belowOffset) {
        long freed = giveUp(nowMs, belowOffset);
        FlushJob sealing = log.beginFlush(false).orElse(null);
        if (sealing != null) {
            sealing.run();
            log.endFlush(sealing);
            throwIfRefused(sealing.error(), sealing.errorMessage());
            freed += giveUp(nowMs, belowOffset);
        }
        return freed;
    }

    private long giveUp(long nowMs, long belowOffset) {
        long freed = 0;
        Optional<RetentionJob> next = log.beginRetention(nowMs, belowOffset);
        while (next.isPresent()) {
            RetentionJob job = next.get();
            job.run();
            freed += log.endRetention(job, nowMs);
            throwIfRefused(job.error(), job.errorMessage());
            next = log.beginRetention(nowMs, belowOffset);
        }
        return freed;
    }

    private static void throwIfRefused(ErrorKind error, String message) {
        if (error != ErrorKind.NONE) {
            throw new StorageException(message);
        }
    }

    void appendFlushed(long timestampMs, String... values) {
        assertThat(append(timestampMs, values).error()).isEqualTo(ErrorKind.NONE);
        assertThat(flush(true)).isEqualTo(ErrorKind.NONE);
    }

    /// `offset=value` of everything from `from` to the written end, read the way a consumer does.
    List<String> readAll(long from) throws IOException {
        List<String> all = new ArrayList<>();
        long next = from;
        while (next < log.writtenOffset()) {
            List<String> some = read(next, log.writtenOffset(), 200, true);
            assertThat(some).as("records from offset %d", next).isNotEmpty();
            for (String record : some) {
                long offset = Long.parseLong(record.substring(0, record.indexOf('=')));
                if (offset >= next) {
                    all.add(record);
                    next = offset + 1;
                }
            }
        }
        return all;
    }

    List<String> read(long from, long below, int maxBytes, boolean minOneBatch) throws IOException {
        return Batches.decode(bytes(log.read(from, below, maxBytes, minOneBatch)));
    }

    static ByteBuffer bytes(ReadResult result) throws IOException {
        ReadResult done = result instanceof ReadResult.Cold cold ? cold.job().run() : result;
        assertThat(done).isInstanceOf(ReadResult.Ready.class);
        FileSlice slice = ((ReadResult.Ready) done).slice();
        ByteBuffer bytes = ByteBuffer.allocate(slice.length());
        assertThat(slice.file().read(bytes, slice.position())).isEqualTo(slice.length());
        slice.release();
        return bytes.flip();
    }

    void reopenCleanly() {
        log.close();
        directory.close(partition -> 0L);
        reopen();
        assertThat(directory.wasClean()).isTrue();
    }

    /// After the process or the machine died: whoever calls has told the disk.
    void reopen() {
        directory = openDirectory(disk, path);
        log = directory.open(ORDERS, ID, config);
    }

    void configure(LogConfig changed) {
        config = changed;
        log.configure(changed);
    }
}
