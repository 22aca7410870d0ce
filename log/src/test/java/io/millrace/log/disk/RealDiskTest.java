package io.millrace.log.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class RealDiskTest extends DiskContract {
    private final RealDisk disk = new RealDisk();

    @TempDir
    private Path folder;

    @Override
    Disk disk() {
        return disk;
    }

    @Override
    String root() {
        return folder.toString() + "/root";
    }

    private Path file(String text) throws IOException {
        return Files.writeString(folder.resolve("file"), text);
    }

    private static ByteBuffer[] buffers(String... parts) {
        ByteBuffer[] buffers = new ByteBuffer[parts.length];
        for (int i = 0; i < parts.length; i++) {
            buffers[i] = ByteBuffer.wrap(parts[i].getBytes(StandardCharsets.UTF_8));
        }
        return buffers;
    }

    @Test
    void aFileOpenedWhileTheDiskWasReadOnlyIsWrittenWhenItMayBe() throws IOException {
        Path path = file("0123456789");
        try (DiskFile file = disk.openReadOnly(path.toString())) {
            file.truncate(4);
            file.write(buffers("ab"), 4);
            file.write(buffers("c", "d"), 6);
            file.sync();

            assertThat(file.size()).isEqualTo(8);
            ByteBuffer read = ByteBuffer.allocate(8);
            file.read(read, 0);
            assertThat(new String(read.array(), StandardCharsets.UTF_8)).isEqualTo("0123abcd");
        }
        assertThat(path).hasContent("0123abcd");
    }

    @Test
    void aFileThatCanNotBeOpenedForWritingRefusesAsADiskDoes() throws IOException {
        Path path = file("0123456789");
        try (DiskFile file = disk.openReadOnly(path.toString())) {
            Files.delete(path);

            assertThatThrownBy(() -> file.write(buffers("x"), 0)).isInstanceOf(IOException.class);
            assertThatThrownBy(() -> file.truncate(1)).isInstanceOf(IOException.class);
            assertThat(file.size()).isEqualTo(10);
        }
    }

    @Test
    void anotherFileThatTookThePlaceOfAReadOnlyOneIsLeftAlone() throws IOException {
        Path path = file("mine");
        try (DiskFile file = disk.openReadOnly(path.toString())) {
            Files.move(path, folder.resolve("moved"));
            file("another's");

            assertThatThrownBy(() -> file.truncate(1)).isInstanceOf(IOException.class);
        }
        assertThat(path).hasContent("another's");
    }
}
