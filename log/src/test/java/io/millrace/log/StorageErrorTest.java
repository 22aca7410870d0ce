package io.millrace.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.log.batch.AppendResult;
import io.millrace.log.disk.MemoryDisk;
import io.millrace.log.segment.SegmentNames;
import io.millrace.model.ErrorKind;
import io.millrace.model.Lease;
import io.millrace.testkit.ManualClock;
import java.io.IOException;
import org.junit.jupiter.api.Test;

final class StorageErrorTest {
    private final MemoryDisk disk = new MemoryDisk(new ManualClock());
    private final LogFixture fixture = new LogFixture(disk, LogFixture.PATH, Configs.small(10_000, 64));

    /// Counts what is held.
    private static final class CountingLease implements Lease {
        private int held;

        @Override
        public void retain() {
            held++;
        }

        @Override
        public void release() {
            held--;
        }
    }

    @Test
    void aFullDiskRefusesWritersAndServesReaders() throws IOException {
        fixture.appendFlushed(1000, "kept");
        CountingLease lease = new CountingLease();
        disk.setCapacityBytes(disk.usedBytes() + 10);
        LogFixture.append(fixture.log(), Batches.of(2000, "lost"), lease, 0, 1);
        FlushJob job = fixture.log().beginFlush(true).orElseThrow();
        LogFixture.append(fixture.log(), Batches.of(2000, "behind"), lease, 0, 1);
        assertThat(lease.held).isEqualTo(2);
        job.run();
        assertThat(job.error()).isEqualTo(ErrorKind.STORAGE_ERROR);
        assertThat(job.errorMessage()).contains("No space");
        fixture.log().endFlush(job);
        assertThat(lease.held).isZero();
        assertThat(fixture.append(3000, "no").error()).isEqualTo(ErrorKind.STORAGE_ERROR);
        assertThat(fixture.log().beginFlush(true)).isEmpty();
        assertThat(fixture.readAll(0)).containsExactly("0=kept");
        assertThat(fixture.recover()).isEqualTo(ErrorKind.STORAGE_ERROR);
        disk.setCapacityBytes(Long.MAX_VALUE);
        assertThat(fixture.recover()).isEqualTo(ErrorKind.NONE);
        fixture.appendFlushed(4000, "again");
        assertThat(fixture.readAll(0)).containsExactly("0=kept", "1=again");
    }

    @Test
    void recordsDoNotGetWhatIsKeptBack() throws IOException {
        fixture.appendFlushed(1000, "kept");
        long used = disk.usedBytes();
        disk.setReserveBytes(1_000);
        disk.setCapacityBytes(used + 1_010);
        fixture.append(2000, "lost");
        assertThat(fixture.flush(true)).isEqualTo(ErrorKind.STORAGE_ERROR);
        assertThat(disk.usedBytes()).isEqualTo(used);
        assertThat(fixture.directory().takesRecords()).isTrue(); // ten bytes of them
        assertThat(fixture.recover()).isEqualTo(ErrorKind.STORAGE_ERROR);
        disk.setCapacityBytes(used + 100_000);
        assertThat(fixture.recover()).isEqualTo(ErrorKind.NONE);
        fixture.appendFlushed(3000, "again");
        assertThat(fixture.readAll(0)).containsExactly("0=kept", "1=again");
    }

    @Test
    void aFullDiskBeforeTheFirstBatchLeavesAnEmptyLog() throws IOException {
        disk.setCapacityBytes(disk.usedBytes() + 60);
        fixture.append(1000, "lost");
        assertThat(fixture.flush(true)).isEqualTo(ErrorKind.STORAGE_ERROR);
        disk.setCapacityBytes(Long.MAX_VALUE);
        assertThat(fixture.recover()).isEqualTo(ErrorKind.NONE);
        fixture.appendFlushed(1000, "first");
        fixture.reopenCleanly();
        assertThat(fixture.readAll(0)).containsExactly("0=first");
        assertThat(PartitionFolder.readTopicId(disk, fixture.folder())).isEqualTo(LogFixture.ID);
    }

    @Test
    void whatAFailedSyncCoveredIsNeverAcknowledged() throws IOException {
        fixture.appendFlushed(1000, "kept");
        disk.refuseSyncs(true);
        fixture.append(2000, "unsure");
        assertThat(fixture.flush(true)).isEqualTo(ErrorKind.STORAGE_ERROR);
        assertThat(fixture.log().durableOffset()).isEqualTo(1);
        assertThat(fixture.recover()).isEqualTo(ErrorKind.STORAGE_ERROR);
        disk.refuseSyncs(false);
        assertThat(fixture.recover()).isEqualTo(ErrorKind.NONE);
        assertThat(fixture.log().endOffset()).isEqualTo(1);
    }

    @Test
    void producersAreRememberedAsTheFileHasThem() {
        fixture.append(Batches.from(7, 0, 1000, "a"));
        fixture.flush(true);
        disk.refuseWrites(true);
        fixture.append(Batches.from(7, 1, 1000, "b"));
        assertThat(fixture.flush(true)).isEqualTo(ErrorKind.STORAGE_ERROR);
        disk.refuseWrites(false);
        assertThat(fixture.recover()).isEqualTo(ErrorKind.NONE);
        AppendResult retried = fixture.append(Batches.from(7, 1, 1000, "b"));
        assertThat(retried.duplicate()).isFalse();
        assertThat(retried.firstOffset()).isEqualTo(1);
    }

    @Test
    void aRecoveryThatWasBrokenOffAfterItDroppedASegmentIsDoneAgain() throws IOException {
        fixture.configure(Configs.small(150, 64));
        fixture.appendFlushed(1000, "kept");
        for (String value : new String[] {"b", "c", "d"}) {
            fixture.append(2000, value.repeat(60));
            fixture.flush(false);
        }
        fixture.log().fail();
        disk.delete(fixture.file(3, SegmentNames.LOG));
        assertThat(fixture.recover()).isEqualTo(ErrorKind.NONE);
        assertThat(fixture.log().endOffset()).isEqualTo(3);
        fixture.appendFlushed(3000, "again");
        assertThat(fixture.readAll(3)).containsExactly("3=again");
    }
}
