package io.millrace.benchmarks.jmh;

import io.millrace.log.FileSlice;
import io.millrace.log.ReadResult;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/// What it costs to find the slice of a segment that answers a fetch: index search, the walk over batch headers from
/// there, and the question whether the kernel has the bytes. Nothing is sent.
///
/// Owned by: the JMH worker thread.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class FetchLookupBenchmark {
    private static final int LOG_BYTES = 128 << 20;
    private static final int FETCH_BYTES = 1 << 20;
    private static final int STRIDE = 7_919; // a prime: every offset in turn, far from the one before

    /// Bytes of the batches the log is made of.
    @Param({"1", "16384"})
    public int batchBytes;

    private ScratchLog log = new ScratchLog();
    private long next;

    /// A log of one segment. Small batches fill less of it, which keeps the set-up short.
    @Setup
    public void fill() {
        ByteBuffer batch = Batches.ofBytes(batchBytes);
        int batches = Math.min(200_000, LOG_BYTES / batch.remaining());
        for (int i = 0; i < batches; i++) {
            log.append(batch);
        }
    }

    /// The log's files go.
    @TearDown
    public void remove() {
        log.close();
    }

    /// A megabyte from anywhere.
    @Benchmark
    public int anywhere() {
        long end = log.log().writtenOffset();
        next = (next + STRIDE) % end;
        return read(next, end);
    }

    /// The last record, as a consumer that keeps up asks for it.
    @Benchmark
    public int atTheTail() {
        long end = log.log().writtenOffset();
        return read(end - 1, end);
    }

    private int read(long offset, long end) {
        ReadResult result = log.log().read(offset, end, FETCH_BYTES, true);
        if (result instanceof ReadResult.Cold cold) {
            result = cold.job().run();
        }
        FileSlice slice = ((ReadResult.Ready) result).slice();
        int length = slice.length();
        slice.release();
        return length;
    }
}
