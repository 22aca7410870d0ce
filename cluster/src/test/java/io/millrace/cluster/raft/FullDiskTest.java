package io.millrace.cluster.raft;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.cluster.NodeIdentity;
import io.millrace.cluster.metadata.MetadataLevel;
import io.millrace.cluster.metadata.MetadataLog;
import io.millrace.cluster.metadata.MetadataLog.AppendReply;
import io.millrace.cluster.metadata.MetadataLog.Position;
import io.millrace.cluster.metadata.MetadataRecord;
import io.millrace.model.TopicId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A disk with room for a small batch but not for a large one: a file system in memory. Needs root.
class FullDiskTest {
    private static final int LEFT_BYTES = 1 << 20;
    private static final List<MetadataRecord> SMALL = List.of(new MetadataRecord.NodeFenced(7));
    private static final List<MetadataRecord> LARGE =
            Collections.nCopies(100, new MetadataRecord.FeatureLevelSet("x".repeat(32_000), 1, 1));

    @TempDir
    Path folder;

    private final Heard heard = new Heard();
    private final MetadataThread loop = new MetadataThread("metadata", heard.failures::add);
    private RaftMetadataLog log;

    @BeforeEach
    void startAndFill() throws IOException, InterruptedException {
        int mounted = run("mount", "-t", "tmpfs", "-o", "size=24m", "millrace-test", folder.toString());
        Assumptions.assumeTrue(mounted == 0, "mounting needs root (CAP_SYS_ADMIN)");
        log = new RaftMetadataLog(
                RaftSettings.alone(new NodeIdentity("wxyzWXYZ0123456789abcd", 1, new TopicId(7, 8)), folder),
                MetadataLevel.newest());
        log.start(loop, heard);
        Awaitility.await().until(() -> heard.leading);
        long usable = Files.getFileStore(folder).getUsableSpace();
        Files.write(filler(), new byte[(int) usable - LEFT_BYTES]);
    }

    @AfterEach
    void stop() throws IOException, InterruptedException {
        if (log != null) {
            log.close();
            run("umount", "-l", folder.toString());
        }
        loop.close();
    }

    private static int run(String... command) throws IOException, InterruptedException {
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start()
                .waitFor();
    }

    private Path filler() {
        return folder.resolve("filler");
    }

    private <T> T inLoop(Supplier<T> turn) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        loop.post(() -> answer.complete(turn.get()));
        return answer.orTimeout(10, TimeUnit.SECONDS).join();
    }

    private List<String> snapshots() throws IOException {
        try (var files = Files.list(folder.resolve("__cluster_metadata-0"))) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.contains(".checkpoint") && !name.startsWith("00000000000000000000-"))
                    .toList();
        }
    }

    @Test
    void aBatchThatDoesNotFitIsRefusedAndOneThatDoesIsTaken() {
        assertThat(inLoop(() -> log.append(heard.epoch, LARGE))).isInstanceOf(AppendReply.DiskRefused.class);

        assertThat(inLoop(() -> log.append(heard.epoch, SMALL))).isInstanceOf(AppendReply.Accepted.class);
        Awaitility.await().until(() -> heard.records.equals(SMALL));
        assertThat(heard.failures).isEmpty();
    }

    @Test
    void aSnapshotThatDoesNotFitIsWrittenWhenThereIsRoom() throws IOException {
        inLoop(() -> log.append(heard.epoch, SMALL));
        Awaitility.await().until(() -> heard.records.equals(SMALL));

        writeSnapshot();
        assertThat(snapshots()).isEmpty();
        Files.delete(filler());
        writeSnapshot();

        assertThat(snapshots()).hasSize(1);
        assertThat(heard.failures).isEmpty();
    }

    private void writeSnapshot() {
        inLoop(() -> {
            log.writeSnapshot(heard.last, LARGE::forEach);
            return true;
        });
        log.awaitSnapshot();
    }

    private static final class Heard implements MetadataLog.Listener {
        private final List<MetadataRecord> records = new CopyOnWriteArrayList<>();
        private final List<Throwable> failures = new CopyOnWriteArrayList<>();
        private volatile Position last = Position.NONE;
        private volatile int epoch;
        private volatile boolean leading;

        @Override
        public void onSnapshot(Position last, List<MetadataRecord> snapshot) {
            throw new AssertionError("nothing was kept before");
        }

        @Override
        public void onCommitted(Position last, List<MetadataRecord> batch) {
            this.last = last;
            records.addAll(batch);
        }

        @Override
        public void onLeader(OptionalInt leaderId, int epoch) {
            this.epoch = epoch;
            leading = leaderId.equals(OptionalInt.of(1));
        }

        @Override
        public void onFailure(String why, Throwable cause) {
            failures.add(cause);
        }
    }
}
