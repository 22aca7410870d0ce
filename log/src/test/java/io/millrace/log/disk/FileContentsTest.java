package io.millrace.log.disk;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testkit.ManualClock;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class FileContentsTest {
    @Test
    void aFolderOfOneWordIsMadeBelowTheWorkingFolder() throws IOException {
        var disk = new MemoryDisk(new ManualClock());

        FileContents.createFolderDurably(disk, "data");

        assertThat(disk.exists("data")).isTrue();
    }
}
