package io.millrace.log;

import static io.millrace.log.batch.Batches.record;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.log.batch.BatchHeader;
import io.millrace.log.batch.Batches;
import io.millrace.log.clean.CrashDisk;
import io.millrace.log.disk.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.TreeSet;
import org.apache.kafka.common.record.internal.CompressionType;
import org.junit.jupiter.api.Test;

class FolderCleanupTest {
    private static final String FOLDER = "/data/t-0";
    private static final String S0 = "00000000000000000000";
    private static final String S2 = "00000000000000000002";
    private static final String S9 = "00000000000000000009";

    private final CrashDisk disk = new CrashDisk();

    @Test
    void finishesAnInterruptedCleaningAndRemovesRemnants() throws IOException {
        ByteBuffer cleaned = Batches.join(List.of(batch(1), batch(2)));
        write(S0 + ".log", batch(0));
        write(S0 + ".log.swap", cleaned);
        write(S0 + ".index.swap", ByteBuffer.allocate(0));
        write(S2 + ".log", batch(2));
        write(S9 + ".log", batch(9));
        write(S2 + ".index.deleted", ByteBuffer.allocate(8));
        write("leader-epoch-checkpoint.tmp", ByteBuffer.allocate(8));
        TreeSet<String> names = new TreeSet<>(disk.list(FOLDER));
        new FolderCleanup(disk, FOLDER, names).run();
        assertThat(names).containsExactly(S0 + ".index", S0 + ".log", S9 + ".log");
        assertThat(disk.list(FOLDER)).containsExactlyElementsOf(names);
        assertThat(disk.sizeOf(FOLDER + "/" + S0 + ".log")).isEqualTo(cleaned.limit());
    }

    @Test
    void undoesOneThatWasNotComplete() throws IOException {
        write(S0 + ".log", batch(0));
        write(S0 + ".log.swap", batch(1));
        write(S0 + ".index.cleaned", ByteBuffer.allocate(8));
        TreeSet<String> names = new TreeSet<>(disk.list(FOLDER));
        new FolderCleanup(disk, FOLDER, names).run();
        assertThat(names).containsExactly(S0 + ".log");
        assertThat(disk.list(FOLDER)).containsExactlyElementsOf(names);
    }

    private static ByteBuffer batch(long offset) {
        ByteBuffer batch = Batches.of(CompressionType.NONE, record(1, "k", "v"));
        BatchHeader.setBaseOffset(batch, 0, offset);
        return batch;
    }

    private void write(String name, ByteBuffer content) throws IOException {
        try (DiskFile file = disk.create(FOLDER + "/" + name)) {
            file.write(new ByteBuffer[] {content}, 0);
        }
    }
}
