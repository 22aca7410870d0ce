package io.millrace.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.log.batch.AppendResult;
import io.millrace.log.config.LogConfig;
import io.millrace.log.disk.RealDisk;
import io.millrace.model.Lease;
import io.millrace.model.TopicId;
import io.millrace.model.TopicPartition;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PartitionLogTest {
    private static final TopicPartition ORDERS = new TopicPartition("orders", 0);
    private static final TopicId ID = new TopicId(0x4000L, 0x8000000000000000L);
    private static final LogDirectory.Settings SETTINGS = new LogDirectory.Settings(1, "cluster", 100);

    @TempDir
    Path folder;

    @Test
    void readsBackWhatWasAppendedAndFlushed() throws Exception {
        LogDirectory directory = open();
        PartitionLog log = directory.open(ORDERS, ID, LogConfig.DEFAULT);
        AppendResult first = LogFixture.append(log, Batches.of(1000, "a", "b"), Lease.NONE, 3, 5);
        AppendResult second = LogFixture.append(log, Batches.of(1002, "c"), Lease.NONE, 3, 5);
        assertThat(first.nextOffset()).isEqualTo(2);
        assertThat(second.firstOffset()).isEqualTo(2);
        assertThat(log.writtenOffset()).isZero();
        FlushJob job = log.beginFlush(true).orElseThrow();
        job.run();
        log.endFlush(job);
        assertThat(job.error()).isEqualTo(io.millrace.model.ErrorKind.NONE);
        assertThat(log.durableOffset()).isEqualTo(3);
        assertThat(readAll(log, 0)).containsExactly("0=a", "1=b", "2=c");
        assertThat(readAll(log, 2)).containsExactly("2=c");
        log.close();
        directory.close(partition -> 3L);

        LogDirectory again = open();
        assertThat(again.wasClean()).isTrue();
        assertThat(again.found()).containsExactly(new LogDirectory.Found(ORDERS, ID, "orders-0"));
        assertThat(again.highWatermarks()).isEqualTo(Map.of(ORDERS, 3L));
        PartitionLog reopened = again.open(ORDERS, ID, LogConfig.DEFAULT);
        assertThat(reopened.endOffset()).isEqualTo(3);
        assertThat(reopened.latestEpoch()).isEqualTo(3);
        assertThat(readAll(reopened, 1)).containsExactly("0=a", "1=b", "2=c");
        reopened.close();
        again.close(partition -> 3L);
    }

    private LogDirectory open() {
        return LogDirectory.open(new RealDisk(), folder.toString(), SETTINGS, new Seeded(1));
    }

    private static List<String> readAll(PartitionLog log, long from) throws java.io.IOException {
        ReadResult result = log.read(from, log.endOffset(), 1 << 20, true);
        if (result instanceof ReadResult.Cold cold) {
            result = cold.job().run();
        }
        FileSlice slice = ((ReadResult.Ready) result).slice();
        ByteBuffer bytes = ByteBuffer.allocate(slice.length());
        slice.file().read(bytes, slice.position());
        slice.release();
        return Batches.decode(bytes.flip());
    }

    private static final class Seeded implements io.millrace.model.Randomness {
        private final Random random;

        Seeded(long seed) {
            random = new Random(seed);
        }

        @Override
        public long nextLong() {
            return random.nextLong();
        }

        @Override
        public int nextInt(int boundExclusive) {
            return random.nextInt(boundExclusive);
        }

        @Override
        public boolean nextBoolean() {
            return random.nextBoolean();
        }

        @Override
        public double nextDouble() {
            return random.nextDouble();
        }

        @Override
        public void nextBytes(byte[] target) {
            random.nextBytes(target);
        }
    }
}
