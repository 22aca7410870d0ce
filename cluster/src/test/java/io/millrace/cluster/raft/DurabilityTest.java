package io.millrace.cluster.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.raft.LogOffsetMetadata;
import org.apache.kafka.raft.RaftLog;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DurabilityTest {
    @TempDir
    Path folder;

    @Test
    void tellsNothingDurableBeforeTheFlush() throws IOException {
        CommittedOffset.create(folder);
        List<Long> told = new ArrayList<>();
        EngineLog engine = new EngineLog();
        try (CommittedOffset mark = CommittedOffset.open(folder)) {
            DurableRaftLog log = new DurableRaftLog(engine.log(), mark, told::add);

            engine.end = 10;
            log.updateHighWatermark(new LogOffsetMetadata(10));
            assertThat(told).containsExactly(0L);
            assertThat(mark.offset()).isZero();

            log.flush(false);
            assertThat(told).containsExactly(0L, 10L);
            try (CommittedOffset read = CommittedOffset.open(folder)) {
                assertThat(read.offset()).isEqualTo(10);
            }
        }
    }

    @Test
    void tellsNothingDurableBeforeTheMajorityHasIt() throws IOException {
        CommittedOffset.create(folder);
        List<Long> told = new ArrayList<>();
        EngineLog engine = new EngineLog();
        try (CommittedOffset mark = CommittedOffset.open(folder)) {
            DurableRaftLog log = new DurableRaftLog(engine.log(), mark, told::add);

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
        try (CommittedOffset mark = CommittedOffset.open(folder)) {
            mark.advanceTo(5);
            mark.advanceTo(6);
        }
        for (long slot : List.of(0L, 512L)) {
            byte[] whole = overwrite(slot, new byte[20]);
            try (CommittedOffset mark = CommittedOffset.open(folder)) {
                assertThat(mark.offset()).isIn(5L, 6L);
            }
            overwrite(slot, whole);
        }
        try (CommittedOffset mark = CommittedOffset.open(folder)) {
            assertThat(mark.offset()).isEqualTo(6);
        }
    }

    @Test
    void refusesAMarkThatCannotBeRead() throws IOException {
        CommittedOffset.create(folder);
        overwrite(0, new byte[20]);
        overwrite(512, new byte[20]);

        assertThatThrownBy(() -> CommittedOffset.open(folder)).hasMessageContaining("is damaged");
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
