package io.millrace.cluster.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.raft.LogOffsetMetadata;
import org.apache.kafka.raft.RaftLog;
import org.apache.kafka.raft.SegmentPosition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DurabilityTest {
    @TempDir
    Path folder;

    private final Deque<Runnable> syncs = new ArrayDeque<>();

    @Test
    void tellsNothingDurableBeforeTheFlush() throws IOException {
        CommittedOffset.create(folder);
        List<Long> told = new ArrayList<>();
        EngineLog engine = new EngineLog();
        try (CommittedOffset mark = CommittedOffset.open(folder, syncs::add)) {
            DurableRaftLog log = new DurableRaftLog(engine.log(), mark, new ActiveSegment(folder), told::add);

            engine.end = 10;
            log.updateHighWatermark(new LogOffsetMetadata(10));
            assertThat(told).containsExactly(0L);
            assertThat(mark.offset()).isZero();

            log.flush(false);
            assertThat(told).containsExactly(0L, 10L);
            try (CommittedOffset read = CommittedOffset.open(folder, syncs::add)) {
                assertThat(read.offset()).isEqualTo(10);
            }
        }
    }

    @Test
    void tellsNothingDurableBeforeTheMajorityHasIt() throws IOException {
        CommittedOffset.create(folder);
        List<Long> told = new ArrayList<>();
        EngineLog engine = new EngineLog();
        try (CommittedOffset mark = CommittedOffset.open(folder, syncs::add)) {
            DurableRaftLog log = new DurableRaftLog(engine.log(), mark, new ActiveSegment(folder), told::add);

            engine.end = 10;
            log.flush(false);
            log.updateHighWatermark(new LogOffsetMetadata(7));

            assertThat(told).containsExactly(0L, 7L);
            assertThatThrownBy(() -> log.truncateTo(6)).hasMessageContaining("is committed");
        }
    }

    @Test
    void survivesATornMark() throws IOException {
        CommittedOffset.create(folder);
        try (CommittedOffset mark = CommittedOffset.open(folder, syncs::add)) {
            mark.advanceTo(4);
            mark.advanceTo(5);
            syncs.remove().run();
            mark.advanceTo(6);
            mark.advanceTo(7);
        }
        for (long slot : List.of(0L, 512L)) {
            byte[] whole = overwrite(slot, new byte[20]);
            try (CommittedOffset mark = CommittedOffset.open(folder, syncs::add)) {
                assertThat(mark.offset()).isIn(5L, 7L);
            }
            overwrite(slot, whole);
        }
        try (CommittedOffset mark = CommittedOffset.open(folder, syncs::add)) {
            assertThat(mark.offset()).isEqualTo(7);
        }
    }

    @Test
    void syncsManyMarksOnce() throws IOException {
        CommittedOffset.create(folder);
        try (CommittedOffset mark = CommittedOffset.open(folder, syncs::add)) {
            for (int offset = 1; offset <= 100; offset++) {
                mark.advanceTo(offset);
            }
            assertThat(syncs).hasSize(1);
            syncs.remove().run();
            assertThat(syncs).isEmpty();

            mark.advanceTo(101);
            assertThat(syncs).hasSize(1);
        }
    }

    @Test
    void refusesAMarkThatCannotBeRead() throws IOException {
        CommittedOffset.create(folder);
        overwrite(0, new byte[20]);
        overwrite(512, new byte[20]);

        assertThatThrownBy(() -> CommittedOffset.open(folder, syncs::add)).hasMessageContaining("is damaged");
    }

    private byte[] overwrite(long position, byte[] bytes) throws IOException {
        try (FileChannel file = FileChannel.open(
                folder.resolve(CommittedOffset.NAME), StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            ByteBuffer old = ByteBuffer.allocate(bytes.length);
            file.read(old, position);
            file.write(ByteBuffer.wrap(bytes), position);
            return old.array();
        }
    }

    @Test
    void theFileIsSyncedAloneOnlyWhileItIsTheOneThatGrows() throws IOException {
        Path file = Files.write(folder.resolve("00000000000000000005.log"), new byte[100]);
        ActiveSegment active = new ActiveSegment(folder);
        assertThat(active.sync(end(5, 100))).isFalse();

        active.follow(end(5, 100));
        assertThat(active.sync(end(5, 100))).isTrue();
        Files.write(file, new byte[10], StandardOpenOption.APPEND);
        assertThat(active.sync(end(5, 110))).isTrue();

        assertThat(active.sync(end(9, 20))).as("the engine has begun another").isFalse();
        assertThat(active.sync(end(5, 110))).as("until it has flushed").isFalse();
        active.forget();
    }

    @Test
    void aFileMadeAnewUnderItsNameIsAnother() throws IOException {
        Path file = Files.write(folder.resolve("00000000000000000005.log"), new byte[0]);
        ActiveSegment active = new ActiveSegment(folder);
        active.follow(end(5, 0));
        Files.delete(file);
        Files.write(file, new byte[30]);

        assertThat(active.sync(end(5, 30))).isFalse();
    }

    private static LogOffsetMetadata end(long baseOffset, int bytes) {
        return new LogOffsetMetadata(baseOffset + 3, Optional.of(new SegmentPosition(baseOffset, bytes)));
    }

    /// An engine's log of which only the end and the high watermark matter.
    private static final class EngineLog {
        private long end;
        private long highWatermark;

        RaftLog log() {
            return (RaftLog) Proxy.newProxyInstance(
                    RaftLog.class.getClassLoader(), new Class<?>[] {RaftLog.class}, (proxy, method, arguments) -> {
                        if (method.getName().equals("updateHighWatermark")) {
                            highWatermark = ((LogOffsetMetadata) arguments[0]).offset();
                        }
                        return switch (method.getName()) {
                            case "endOffset" -> new LogOffsetMetadata(end);
                            case "highWatermark" -> new LogOffsetMetadata(highWatermark);
                            default -> null;
                        };
                    });
        }
    }
}
