package io.millrace.benchmarks.jmh;

import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/// What it costs to validate, append and write one batch into the page cache of the machine's disk, without an fsync.
/// Each invocation fills a new log, so that no run fills the disk.
///
/// Owned by: the JMH worker thread.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class AppendBenchmark {
    private static final int APPENDS = 1_000;

    /// Bytes of the batch: one record, the default and a large producer batch.
    @Param({"1", "16384", "65536"})
    public int batchBytes;

    private ByteBuffer batch = ByteBuffer.allocate(0);
    private ScratchLog log = new ScratchLog();

    /// A batch of 100-byte records.
    @Setup
    public void makeBatch() {
        batch = Batches.ofBytes(batchBytes);
        log.close();
    }

    /// An empty log.
    @Setup(Level.Invocation)
    public void open() {
        log = new ScratchLog();
    }

    /// Its files go.
    @TearDown(Level.Invocation)
    public void remove() {
        log.close();
    }

    /// One batch a write.
    @Benchmark
    @OperationsPerInvocation(APPENDS)
    public void append() {
        for (int i = 0; i < APPENDS; i++) {
            log.append(batch);
        }
    }
}
