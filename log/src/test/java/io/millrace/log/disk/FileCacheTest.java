package io.millrace.log.disk;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testkit.ManualClock;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

final class FileCacheTest {
    private final MemoryDisk disk = new MemoryDisk(new ManualClock());
    private final FileCache cache = new FileCache(disk, 2);

    @Test
    void closesFilesNotUsedLatelyWhenThereAreTooMany() throws IOException {
        disk.createFolder("/d");
        for (int i = 0; i < 10; i++) {
            cache.file("/d", "f" + i).holdOrCreate().release();
            assertThat(cache.openFiles()).isLessThanOrEqualTo(2);
        }
    }

    @Test
    void aHeldFileStaysOpenAlthoughTheCacheLetItGo() throws IOException {
        disk.createFolder("/d");
        OpenFile held = cache.file("/d", "held").holdOrCreate();
        for (int i = 0; i < 5; i++) {
            cache.file("/d", "f" + i).holdOrCreate().release();
        }
        held.file().write(new ByteBuffer[] {DiskContract.bytes("x")}, 0);
        held.release();
        assertThat(disk.sizeOf("/d/held")).isEqualTo(1);
    }

    @Test
    void aDiscardedFileIsOpenedAgain() throws IOException {
        disk.createFolder("/d");
        CachedFile file = cache.file("/d", "f");
        OpenFile first = file.holdOrCreate();
        file.discard();
        OpenFile second = file.hold();
        assertThat(second).isNotSameAs(first);
        assertThat(first.file().size()).isZero();
        first.release();
        second.release();
    }
}
