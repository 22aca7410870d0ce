package io.millrace.conformance.cluster;

import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;

/// Disks and clock of one node as its process is made to see them. What it does is done by a library in that process
/// (`src/test/native/faulty-machine.c`), which reads a page of memory that this class writes. It outlives the process:
/// a node that is started again finds its machine as it was.
///
/// Owned by: the test.
final class Machine {
    private static final int SYNC_MICROS = 0;
    private static final int WRITE_MICROS = 8;
    private static final int SYNC_ERROR = 16;
    private static final int WRITE_ERROR = 24;
    private static final int READ_ERROR = 32;
    private static final int IS_FULL = 40;
    private static final int ROOM = 48;
    private static final int CLOCK_MILLIS = 56;
    private static final int FOLDER = 64;
    private static final int FOLDER_BYTES = 1024;

    /// EIO of errno(3).
    private static final long IO_ERROR = 5;

    private final Path file;
    private final Path data;
    private final List<Path> disks;
    private final MappedByteBuffer page;

    /// @param file where the page lies
    /// @param data the folder with all disks
    /// @param disks the folders that stand for a disk each
    Machine(Path file, Path data, List<Path> disks) throws IOException {
        this.file = file;
        this.data = data;
        this.disks = List.copyOf(disks);
        try (var channel =
                FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            page = channel.map(FileChannel.MapMode.READ_WRITE, 0, FOLDER + FOLDER_BYTES);
        }
        page.order(ByteOrder.nativeOrder());
    }

    Path file() {
        return file;
    }

    List<Path> disks() {
        return disks;
    }

    /// Every sync of any disk takes that much longer.
    void slowSyncs(Duration by) {
        faultsBelow(data);
        page.putLong(SYNC_MICROS, by.toNanos() / 1_000);
    }

    /// Every write to any disk takes that much longer.
    void slowWrites(Duration by) {
        faultsBelow(data);
        page.putLong(WRITE_MICROS, by.toNanos() / 1_000);
    }

    /// The disk takes writes and does not get them down.
    void failSyncs(Path disk) {
        faultsBelow(disk);
        page.putLong(SYNC_ERROR, IO_ERROR);
    }

    /// Nothing can be written to the disk or read from it any more.
    void fail(Path disk) {
        failSyncs(disk);
        page.putLong(WRITE_ERROR, IO_ERROR);
        page.putLong(READ_ERROR, IO_ERROR);
    }

    /// So much can still be written to all disks together. Nothing makes room again but [#healDisks].
    void fill(long roomBytes) {
        faultsBelow(data);
        page.putLong(ROOM, roomBytes);
        page.putLong(IS_FULL, 1);
    }

    /// All disks are as they were made.
    void healDisks() {
        for (int field : List.of(SYNC_MICROS, WRITE_MICROS, SYNC_ERROR, WRITE_ERROR, READ_ERROR, IS_FULL, ROOM)) {
            page.putLong(field, 0);
        }
    }

    /// The wall clock is ahead of everybody's by so much, or behind. Time that is measured goes on as it does.
    void setClockAhead(Duration by) {
        page.putLong(CLOCK_MILLIS, by.toMillis());
    }

    /// Only one place has faults at a time: the others end.
    private void faultsBelow(Path folder) {
        byte[] name = folder.toString().getBytes(StandardCharsets.UTF_8);
        if (name.length >= FOLDER_BYTES) {
            throw new IllegalArgumentException("a path too long for the page: " + folder);
        }
        healDisks();
        page.put(FOLDER, new byte[FOLDER_BYTES]);
        page.put(FOLDER, name);
    }
}
