package io.millrace.log.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.testkit.ManualClock;
import io.millrace.testkit.Property;
import io.millrace.testkit.SeededRandomness;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

final class MemoryDiskTest extends DiskContract {
    private final MemoryDisk disk = new MemoryDisk(new ManualClock());

    @Override
    Disk disk() {
        return disk;
    }

    @Override
    String root() {
        return "/root";
    }

    @Property(tries = 50)
    void aCrashKeepsWhatWasSynced(SeededRandomness random) throws IOException {
        MemoryDisk crashing = new MemoryDisk(new ManualClock());
        crashing.createFolder("/r");
        crashing.syncFolder("/");
        try (DiskFile file = crashing.create("/r/kept")) {
            file.write(new ByteBuffer[] {bytes("durable")}, 0);
            file.sync();
            crashing.syncFolder("/r");
            file.write(new ByteBuffer[] {bytes(" and not")}, 7);
        }
        crashing.create("/r/late").close();
        crashing.crash(random);
        String text = FileContents.readText(crashing, "/r/kept");
        assertThat(text).startsWith("durable");
        assertThat("durable and not").startsWith(text);
    }

    @Test
    void everyOutcomeOfACrashHappens() throws IOException {
        boolean lost = false;
        boolean torn = false;
        boolean kept = false;
        boolean nameless = false;
        for (long seed = 0; seed < 100; seed++) {
            MemoryDisk crashing = new MemoryDisk(new ManualClock());
            crashing.createFolder("/r");
            crashing.syncFolder("/");
            try (DiskFile file = crashing.create("/r/f")) {
                file.write(new ByteBuffer[] {bytes("0123456789")}, 0);
            }
            crashing.crash(new SeededRandomness(seed));
            long size = crashing.sizeOf("/r/f");
            nameless |= !crashing.exists("/r/f");
            lost |= crashing.exists("/r/f") && size == 0;
            torn |= size > 0 && size < 10;
            kept |= size == 10;
        }
        assertThat(lost && torn && kept && nameless).isTrue();
    }

    @Test
    void aFullDiskTakesTheFirstPartOfAWrite() throws IOException {
        disk.setCapacityBytes(disk.usedBytes() + 4);
        try (DiskFile file = disk.create("/root/full")) {
            assertThatThrownBy(() -> file.write(new ByteBuffer[] {bytes("123456")}, 0))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("No space");
            assertThat(read(file, 0, 10)).isEqualTo("1234");
            disk.setCapacityBytes(100);
            file.write(new ByteBuffer[] {bytes("56")}, 4);
            assertThat(read(file, 0, 10)).isEqualTo("123456");
        }
    }

    @Test
    void refusesWritesAndSyncsWhenTold() throws IOException {
        try (DiskFile file = disk.create("/root/f")) {
            disk.refuseSyncs(true);
            assertThatThrownBy(file::sync).isInstanceOf(IOException.class);
            assertThatThrownBy(() -> disk.syncFolder("/root")).isInstanceOf(IOException.class);
            disk.refuseWrites(true);
            assertThatThrownBy(() -> file.write(new ByteBuffer[] {bytes("x")}, 0))
                    .isInstanceOf(IOException.class);
            assertThatThrownBy(() -> disk.create("/root/g")).isInstanceOf(IOException.class);
        }
    }

    @Test
    void aFlippedBitSurvivesACrash() throws IOException {
        FileContents.replaceDurably(disk, "/root", "f", FileContents.ofText("a"));
        disk.syncFolder("/");
        disk.flipBit("/root/f", 0, 1);
        assertThat(FileContents.readText(disk, "/root/f")).isEqualTo("c");
        disk.crash(new SeededRandomness(1));
        assertThat(FileContents.readText(disk, "/root/f")).isEqualTo("c");
    }
}
