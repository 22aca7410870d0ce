package io.millrace.log.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What the log relies on, held by the real disk and by the one in memory.
abstract class DiskContract {
    private Disk disk;
    private String root;

    abstract Disk disk();

    abstract String root();

    @BeforeEach
    void setUp() throws IOException {
        disk = disk();
        root = root();
        disk.createFolder(root);
    }

    @Test
    void readsBackWhatWasWritten() throws IOException {
        try (DiskFile file = disk.create(root + "/a")) {
            file.write(new ByteBuffer[] {bytes("hello "), bytes(""), bytes("world")}, 0);
            file.write(new ByteBuffer[] {bytes("W")}, 6);
            file.write(new ByteBuffer[] {bytes("!"), bytes("?")}, 11);
            assertThat(file.size()).isEqualTo(13);
            assertThat(read(file, 0, 100)).isEqualTo("hello World!?");
            assertThat(read(file, 6, 5)).isEqualTo("World");
            assertThat(read(file, 13, 5)).isEmpty();
            assertThat(read(file, 99, 5)).isEmpty();
        }
        try (DiskFile again = disk.open(root + "/a")) {
            assertThat(read(again, 0, 5)).isEqualTo("hello");
        }
        assertThat(disk.sizeOf(root + "/a")).isEqualTo(13);
    }

    @Test
    void writesManyBuffersInOneGo() throws IOException {
        ByteBuffer[] sources = new ByteBuffer[3000];
        for (int i = 0; i < sources.length; i++) {
            sources[i] = bytes(String.valueOf((char) ('a' + i % 26)));
        }
        try (DiskFile file = disk.create(root + "/many")) {
            file.write(sources, 0);
            assertThat(file.size()).isEqualTo(3000);
            assertThat(read(file, 2990, 100)).isEqualTo("abcdefghij");
        }
    }

    @Test
    void fillsAGapWithZeros() throws IOException {
        try (DiskFile file = disk.create(root + "/gap")) {
            file.write(new ByteBuffer[] {bytes("x")}, 3);
            assertThat(read(file, 0, 10)).isEqualTo("\0\0\0x");
        }
    }

    @Test
    void truncatesAndGoesOnBehindTheCut() throws IOException {
        try (DiskFile file = disk.create(root + "/t")) {
            file.write(new ByteBuffer[] {bytes("abc"), bytes("def")}, 0);
            file.truncate(2);
            file.write(new ByteBuffer[] {bytes("X"), bytes("Y")}, 2);
            file.sync();
            assertThat(read(file, 0, 10)).isEqualTo("abXY");
        }
    }

    @Test
    void opensOnlyWhatIsThere() {
        assertThatThrownBy(() -> disk.open(root + "/none")).isInstanceOf(NoSuchFileException.class);
        assertThat(disk.exists(root + "/none")).isFalse();
        assertThat(disk.sizeOf(root + "/none")).isZero();
        assertThat(disk.modifiedMs(root + "/none")).isZero();
    }

    @Test
    void listsNamesInOrder() throws IOException {
        disk.create(root + "/b").close();
        disk.create(root + "/a").close();
        disk.createFolder(root + "/c/d");
        assertThat(disk.list(root)).containsExactly("a", "b", "c");
        assertThat(disk.list(root + "/c")).containsExactly("d");
        assertThat(disk.list(root + "/nowhere")).isEmpty();
    }

    @Test
    void renamesFilesOverOthersAndFoldersWithTheirFiles() throws IOException {
        FileContents.replaceDurably(disk, root, "a", FileContents.ofText("new"));
        FileContents.replaceDurably(disk, root, "b", FileContents.ofText("old"));
        disk.rename(root + "/a", root + "/b");
        assertThat(disk.list(root)).containsExactly("b");
        assertThat(FileContents.readText(disk, root + "/b")).isEqualTo("new");
        disk.createFolder(root + "/f");
        disk.create(root + "/f/inside").close();
        disk.rename(root + "/f", root + "/g");
        assertThat(disk.list(root + "/g")).containsExactly("inside");
        assertThatThrownBy(() -> disk.rename(root + "/f", root + "/h")).isInstanceOf(IOException.class);
    }

    @Test
    void deletesFilesAndEmptyFoldersOnly() throws IOException {
        disk.createFolder(root + "/f");
        disk.create(root + "/f/x").close();
        assertThatThrownBy(() -> disk.delete(root + "/f")).isInstanceOf(IOException.class);
        disk.delete(root + "/f/x");
        disk.delete(root + "/f");
        disk.delete(root + "/f");
        assertThat(disk.list(root)).isEmpty();
    }

    @Test
    void anOpenFileOutlivesItsName() throws IOException {
        try (DiskFile file = disk.create(root + "/gone")) {
            file.write(new ByteBuffer[] {bytes("still here")}, 0);
            disk.delete(root + "/gone");
            assertThat(read(file, 0, 100)).isEqualTo("still here");
        }
        assertThat(disk.exists(root + "/gone")).isFalse();
    }

    @Test
    void aLockIsHeldOnce() throws IOException {
        Disk.Lock lock = disk.lock(root + "/.lock").orElseThrow();
        assertThat(disk.lock(root + "/.lock")).isEqualTo(Optional.empty());
        lock.release();
        disk.lock(root + "/.lock").orElseThrow().release();
    }

    @Test
    void knowsItsSpace() throws IOException {
        assertThat(disk.totalBytes(root)).isPositive();
        assertThat(disk.usableBytes(root)).isBetween(1L, disk.totalBytes(root));
    }

    @Test
    void bytesJustWrittenAreSaidToBeCachedOrUnknown() throws IOException {
        try (DiskFile file = disk.create(root + "/c")) {
            file.write(new ByteBuffer[] {ByteBuffer.allocate(100_000)}, 0);
            assertThat(file.isCached(0, 0)).isTrue();
            // Twice: whatever the answer, asking does not change it.
            assertThat(file.isCached(10, 90_000)).isEqualTo(file.isCached(10, 90_000));
        }
    }

    static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    static String read(DiskFile file, long position, int max) throws IOException {
        ByteBuffer target = ByteBuffer.allocate(max);
        int count = file.read(target, position);
        assertThat(count).isEqualTo(target.position());
        return StandardCharsets.ISO_8859_1.decode(target.flip()).toString();
    }
}
