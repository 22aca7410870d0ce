package io.millrace.benchmarks.jmh;

import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import java.util.zip.CRC32C;
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
import org.openjdk.jmh.annotations.Warmup;

/// What checking a record batch's CRC-32C costs by batch size, from direct memory as a socket delivers it.
///
/// It is the floor of every produce: the broker must read each batch once. Owned by: the JMH worker thread.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 3, time = 1)
public class Crc32cBenchmark {
    /// Bytes under the checksum: one small record, a kilobyte, the default and a large producer batch.
    @Param({"168", "1024", "16384", "65536"})
    public int batchBytes;

    private ByteBuffer batch = ByteBuffer.allocateDirect(0);

    /// Fills the batch with a fixed pattern; CRC-32C does not care which.
    @Setup
    public void fill() {
        batch = ByteBuffer.allocateDirect(batchBytes);
        for (int position = 0; position < batchBytes; position++) {
            batch.put(position, (byte) (position * 31));
        }
    }

    /// One checksum over the whole batch.
    @Benchmark
    public long checksum() {
        CRC32C crc = new CRC32C();
        crc.update(batch.duplicate());
        return crc.getValue();
    }
}
