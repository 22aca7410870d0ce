package io.millrace.cluster.raft;

import io.millrace.cluster.metadata.MetadataLog.Position;
import io.millrace.cluster.metadata.MetadataRecord;
import io.millrace.cluster.metadata.RecordCodec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;
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
    private static final int RECORDS_PER_BATCH = 1_000;

    private final KafkaRaftClient<byte[]> client;
    private final Path folder;
    private volatile @Nullable Thread running;

    /// @param folder of the engine's log
    SnapshotThread(KafkaRaftClient<byte[]> client, Path folder) {
        this.client = client;
        this.folder = folder;
    }

    /// Begins to write, unless another one is under way.
    ///
    /// @param records asked for in the other thread
    void write(Position last, Supplier<List<MetadataRecord>> records) {
        Thread before = running;
        if (before == null || !before.isAlive()) {
            Thread next = Thread.ofPlatform()
                    .name("millrace-snapshot")
                    .daemon()
                    .unstarted(() -> writeNow(last, records.get()));
            running = next;
            next.start();
        }
    }

    private void writeNow(Position last, List<MetadataRecord> records) {
        try {
            List<byte[]> encoded = records.stream().map(RecordCodec::encode).toList();
            // The engine goes on writing beside it, so there has to be room for both.
            if (!WriteProbe.hasRoom(folder, 2 * RaftMetadataLog.sizeOf(encoded))) {
                throw new IOException("No space left on device");
            }
            client.createSnapshot(new OffsetAndEpoch(last.offset() + 1, last.epoch()), last.timestampMs())
                    .ifPresent(writer -> write(writer, encoded));
        } catch (IOException
                | UncheckedIOException
                | KafkaException
                | IllegalStateException
                | IllegalArgumentException refused) {
            LOG.warn("event=snapshot-not-written offset={} reason=\"{}\"", last.offset(), refused.getMessage());
        }
    }

    private static void write(SnapshotWriter<byte[]> writer, List<byte[]> records) {
        try (writer) {
            for (int first = 0; first < records.size(); first += RECORDS_PER_BATCH) {
                writer.append(records.subList(first, Math.min(records.size(), first + RECORDS_PER_BATCH)));
            }
            writer.freeze();
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
