package io.millrace.cluster.replica;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.log.FileSlice;
import io.millrace.log.FlushJob;
import io.millrace.log.LogDirectory;
import io.millrace.log.PartitionLog;
import io.millrace.log.ReadResult;
import io.millrace.log.TruncationJob;
import io.millrace.log.batch.AppendOrigin;
import io.millrace.log.batch.BatchCheck;
import io.millrace.log.batch.BatchValidator;
import io.millrace.log.config.LogConfig;
import io.millrace.log.disk.MemoryDisk;
import io.millrace.model.ErrorKind;
import io.millrace.model.Lease;
import io.millrace.model.TopicId;
import io.millrace.model.TopicPartition;
import io.millrace.testkit.ManualClock;
import io.millrace.testkit.SeededRandomness;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

/// What a copy on its way to another disk does next, by what it holds and what its log has been through.
final class FutureReplicaTest {
    private static final TopicPartition ID = new TopicPartition("t", 0);
    private static final TopicId TOPIC = new TopicId(1, 1);
    private static final FollowStep GO_ON = new FollowStep.UpToDate();

    private final MemoryDisk disk = new MemoryDisk(new ManualClock());
    private final PartitionLog source = directory("/here").open(ID, TOPIC, LogConfig.DEFAULT);
    private final LogDirectory there = directory("/there");
    private final PartitionLog copy = there.openFuture(there.beginFuture(ID, TOPIC), LogConfig.DEFAULT);
    private final FutureReplica replica = new FutureReplica(copy, source.endOffset());

    private LogDirectory directory(String path) {
        return LogDirectory.open(disk, path, new LogDirectory.Settings(1, "cluster", 100), new SeededRandomness(1));
    }

    private void append(int epoch, String value) {
        BatchCheck check = BatchValidator.validate(
                ID, LedPartition.batch(value), AppendOrigin.CLIENT, source.config(), 1 << 20, 1);
        assertThat(source.append(check, Lease.NONE, AppendOrigin.CLIENT, epoch, 1)
                        .error())
                .isEqualTo(ErrorKind.NONE);
        flush(source);
    }

    private static void flush(PartitionLog log) {
        FlushJob job = log.beginFlush(true).orElseThrow();
        job.run();
        log.endFlush(job);
    }

    private static void end(PartitionLog log, TruncationJob job) {
        job.run();
        log.endTruncation(job);
    }

    private FollowStep copySome() throws IOException {
        assertThat(replica.look(source)).isEqualTo(GO_ON);
        ReadResult read = source.read(copy.endOffset(), source.writtenOffset(), 1 << 20, true);
        ReadResult done = read instanceof ReadResult.Cold cold ? cold.job().run() : read;
        FileSlice slice = ((ReadResult.Ready) done).slice();
        ByteBuffer bytes = ByteBuffer.allocate(slice.length());
        slice.file().read(bytes, slice.position());
        slice.release();
        FollowStep step = replica.take(source, bytes.flip(), 1);
        if (step instanceof FollowStep.Appended) {
            flush(copy);
        }
        return step;
    }

    @Test
    void copiesWhatIsThereAndIsThenAllOfIt() throws IOException {
        append(1, "a");
        append(2, "b");
        assertThat(replica.lag(source)).isEqualTo(2);
        assertThat(replica.look(source)).isEqualTo(GO_ON);

        copySome();

        assertThat(replica.lag(source)).isZero();
        assertThat(replica.look(source)).isEqualTo(GO_ON);
        assertThat(source.isAllIn(copy)).isTrue();
        append(2, "c");
        assertThat(source.isAllIn(copy)).isFalse();
        assertThat(replica.lag(source)).isEqualTo(1);
    }

    @Test
    void beginsWhereTheLogBeginsByNow() throws IOException {
        append(1, "a");
        append(1, "b");
        copySome();
        append(1, "c");
        append(1, "d");
        source.advanceStartOffset(3);

        assertThat(replica.look(source)).isEqualTo(new FollowStep.RestartAt(3));
        end(copy, copy.beginRestart(3).orElseThrow());
        assertThat(replica.look(source)).isEqualTo(GO_ON);
        copySome();
        assertThat(source.isAllIn(copy)).isTrue();
    }

    @Test
    void hearsOfDeletedRecordsWithWhatItTakes() throws IOException {
        append(1, "a");
        append(1, "b");
        copySome();
        source.advanceStartOffset(1);
        assertThat(source.isAllIn(copy)).isFalse();

        assertThat(replica.take(source, ByteBuffer.allocate(0), 1)).isEqualTo(GO_ON);

        assertThat(source.isAllIn(copy)).isTrue();
    }

    @Test
    void partsWhereTheLogWasCutAndWrittenAnew() throws IOException {
        append(1, "a");
        append(2, "b");
        append(2, "c");
        copySome();
        end(source, source.beginTruncation(1).orElseThrow());
        append(3, "x");
        append(3, "y");
        append(3, "z");

        assertThat(replica.look(source)).isEqualTo(new FollowStep.CutTo(1));
        end(copy, copy.beginTruncation(1).orElseThrow());
        assertThat(replica.look(source)).isEqualTo(GO_ON);
    }

    /// A log that nobody else has grows again under the epoch it had: epochs do not tell.
    @Test
    void keepsNothingThatTheLogHasLostThoughTheEpochIsTheSame() throws IOException {
        append(1, "a");
        append(1, "b");
        append(1, "c");
        copySome();
        end(source, source.beginTruncation(1).orElseThrow());
        replica.keepBelow(source.endOffset());
        append(1, "x");
        append(1, "y");
        append(1, "z");

        assertThat(replica.look(source)).isEqualTo(new FollowStep.CutTo(1));
        end(copy, copy.beginTruncation(1).orElseThrow());
        assertThat(replica.look(source)).isEqualTo(GO_ON);
        copySome();
        assertThat(source.isAllIn(copy)).isTrue();
    }

    @Test
    void beginsAnewWhenNothingIsLeftToCompare() throws IOException {
        append(1, "a");
        append(1, "b");
        copySome();
        end(source, source.beginTruncation(0).orElseThrow());
        replica.keepBelow(0);

        assertThat(replica.look(source)).isEqualTo(new FollowStep.RestartAt(0));
        end(copy, copy.beginRestart(0).orElseThrow());
        assertThat(replica.look(source)).isEqualTo(GO_ON);
        assertThat(source.isAllIn(copy)).isTrue();
    }
}
