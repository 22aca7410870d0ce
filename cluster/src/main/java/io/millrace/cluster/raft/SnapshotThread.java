package io.millrace.cluster.raft;

import io.millrace.cluster.metadata.MetadataLog.Contents;
import io.millrace.cluster.metadata.MetadataLog.Position;
import io.millrace.cluster.metadata.MetadataRecord;
import io.millrace.cluster.metadata.RecordCodec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.raft.KafkaRaftClient;
import org.apache.kafka.server.common.OffsetAndEpoch;
import org.apache.kafka.snapshot.SnapshotWriter;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Writes snapshots beside the metadata loop, one at a time: those of 100,000 queues take most of a second, and
/// heartbeats would wait as long. One that can not be written costs nothing but a longer log, until the next.
///
/// Owned by: the metadata loop; a snapshot under way by its thread.
final class SnapshotThread {
    private static final Logger LOG = LoggerFactory.getLogger(SnapshotThread.class);
    private static final int RECORDS_AT_ONCE = 1_000;

    /// Of the engine's own in a snapshot, and of each batch.
    private static final int MARGIN_BYTES = 4 << 10;

    private final KafkaRaftClient<byte[]> client;
    private final RaftBuffers buffers;
    private final Path folder;
    private volatile @Nullable Thread running;

    /// @param folder of the engine's log
    SnapshotThread(KafkaRaftClient<byte[]> client, RaftBuffers buffers, Path folder) {
        this.client = client;
        this.buffers = buffers;
        this.folder = folder;
    }

    /// Begins to write, unless another one is under way.
    ///
    /// @param contents asked for in the other thread
    void write(Position last, Contents contents) {
        Thread before = running;
        if (before == null || !before.isAlive()) {
            Thread next =
                    Thread.ofPlatform().name("millrace-snapshot").daemon().unstarted(() -> writeNow(last, contents));
            running = next;
            next.start();
        }
    }

    private void writeNow(Position last, Contents contents) {
        try {
            // The engine goes on writing beside it, so there has to be room for both.
            long bytes = sizeOf(contents);
            if (!WriteProbe.hasRoom(folder, 2 * bytes)) {
                throw new IOException("No space left on device");
            }
            client.createSnapshot(new OffsetAndEpoch(last.offset() + 1, last.epoch()), last.timestampMs())
                    .ifPresent(writer -> write(writer, contents, bytes + MARGIN_BYTES));
        } catch (IOException
                | UncheckedIOException
                | KafkaException
                | IllegalStateException
                | IllegalArgumentException refused) {
            LOG.warn("event=snapshot-not-written offset={} reason=\"{}\"", last.offset(), refused.getMessage());
        }
    }

    private static long sizeOf(Contents contents) {
        long[] bytes = {0};
        contents.forEach(record -> bytes[0] += RaftMetadataLog.sizeOf(RecordCodec.encode(record)));
        return bytes[0];
    }

    private void write(SnapshotWriter<byte[]> writer, Contents contents, long bytesMax) {
        try (writer) {
            var batches = new Batches(writer);
            buffers.forSnapshot(bytesMax, () -> {
                contents.forEach(batches::add);
                batches.end();
            });
            writer.freeze();
        }
    }

    /// Records on their way into a snapshot, some at a time.
    private static final class Batches {
        private final SnapshotWriter<byte[]> writer;
        private List<byte[]> gathered = new ArrayList<>();

        Batches(SnapshotWriter<byte[]> writer) {
            this.writer = writer;
        }

        void add(MetadataRecord record) {
            gathered.add(RecordCodec.encode(record));
            if (gathered.size() == RECORDS_AT_ONCE) {
                end();
            }
        }

        void end() {
            if (!gathered.isEmpty()) {
                writer.append(gathered);
                gathered = new ArrayList<>();
            }
        }
    }

    /// Waits for the one under way. May be called from any thread.
    void await(long timeoutMs) {
        Thread writing = running;
        if (writing != null) {
            try {
                writing.join(timeoutMs);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
