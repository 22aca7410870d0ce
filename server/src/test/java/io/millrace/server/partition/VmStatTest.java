package io.millrace.server.partition;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VmStatTest {
    private static String vmstat(long dirty, long writeback) {
        return "nr_free_pages 1000\nnr_dirty " + dirty + "\nnr_writeback " + writeback
                + "\nnr_writeback_temp 99999\nnr_dirty_threshold 600\nnr_dirty_background_threshold 200\npgpgin 1\n";
    }

    @Test
    void manyIsAboveHalfOfWhatTheKernelLetsRunFreely() {
        assertThat(VmStat.areMany(vmstat(100, 100))).isFalse();
        assertThat(VmStat.areMany(vmstat(100, 101))).isTrue();
        assertThat(VmStat.areMany(vmstat(201, 0))).isTrue();
    }

    @Test
    void whatDoesNotSayIsNeverMany() {
        assertThat(VmStat.areMany("")).isFalse();
        assertThat(VmStat.areMany("\nnr_dirty 5\n")).isFalse();
        assertThat(VmStat.of(Path.of("/no/such/file")).areMany()).isFalse();
    }

    @Test
    void everyQuestionReadsAnew(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("vmstat");
        Files.writeString(file, vmstat(1, 1));
        DirtyPages pages = VmStat.of(file);
        assertThat(pages.areMany()).isFalse();

        Files.writeString(file, vmstat(500, 1));
        assertThat(pages.areMany()).isTrue();
    }
}
