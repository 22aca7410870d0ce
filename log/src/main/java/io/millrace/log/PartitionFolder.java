package io.millrace.log;

import io.millrace.log.disk.Disk;
import io.millrace.log.disk.DiskFile;
import io.millrace.log.disk.FileContents;
import io.millrace.log.epoch.EpochCheckpoint;
import io.millrace.log.epoch.EpochEntry;
import io.millrace.log.epoch.LeaderEpochs;
import io.millrace.log.producer.ProducerSnapshot;
import io.millrace.log.producer.ProducerState;
import io.millrace.log.segment.SegmentNames;
import io.millrace.model.TopicId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A partition's folder and the small files in it that are not segments: `partition.metadata`,
/// `leader-epoch-checkpoint` and the producer snapshots.
///
/// Owned by: the log's owner; its [Work] by whoever runs the flush job.
final class PartitionFolder {
    static final String METADATA = "partition.metadata";
    static final String EPOCHS = "leader-epoch-checkpoint";

    private static final int PROBE_BYTES = 4096;

    private final Disk disk;
    private final String parent;
    private final String path;
    private final TopicId topicId;
    private boolean exists;
    private boolean nameless;
    private boolean epochsChanged;
    private boolean namesUnsynced;
    private boolean parentUnsynced;

    PartitionFolder(Disk disk, String parent, String name, TopicId topicId, boolean exists) {
        this.disk = disk;
        this.parent = parent;
        this.path = parent + "/" + name;
        this.topicId = topicId;
        this.exists = exists;
    }

    Disk disk() {
        return disk;
    }

    String path() {
        return path;
    }

    TopicId topicId() {
        return topicId;
    }

    boolean exists() {
        return exists;
    }

    /// A job that nobody waits for any more may have made the folder.
    void lookAgain() {
        exists = disk.exists(path);
    }

    /// Its files came without a topic id, as somebody moved them here: the next flush job gives them this topic's.
    void nameless() {
        nameless = true;
        namesUnsynced = true;
    }

    /// The next flush job writes the epochs.
    void epochsChanged() {
        epochsChanged = true;
    }

    /// The next syncing job makes new names, and the lack of removed ones, durable.
    void namesChanged() {
        namesUnsynced = true;
    }

    /// What an earlier process did here may not be durable: neither the names inside nor the folder itself.
    void distrustNames() {
        namesUnsynced = true;
        parentUnsynced = true;
    }

    Work begin(LeaderEpochs epochs) {
        byte[] changedEpochs = epochsChanged ? encode(epochs) : null;
        epochsChanged = false;
        return new Work(
                disk, parent, path, !exists, metadata(), changedEpochs, namesUnsynced, parentUnsynced || !exists);
    }

    /// The job is back and the disk refused.
    void failed(Work work) {
        epochsChanged |= work.epochs != null;
    }

    /// The job is back and went well.
    void end(Work work, boolean synced) {
        boolean wroteNames = work.creates || work.epochs != null;
        exists = true;
        nameless = false;
        namesUnsynced = !synced && (namesUnsynced || wroteNames);
        parentUnsynced = !synced && (parentUnsynced || work.creates);
    }

    private byte @Nullable [] metadata() {
        if (exists && !nameless || topicId.isNone()) {
            return null;
        }
        return metadataOf(topicId);
    }

    private static byte[] encode(LeaderEpochs epochs) {
        return FileContents.ofText(EpochCheckpoint.encode(epochs.entries()));
    }

    /// The epochs as last written; empty when they must be rebuilt from the log.
    Optional<List<EpochEntry>> readEpochs() throws IOException {
        String file = path + "/" + EPOCHS;
        return disk.exists(file) ? EpochCheckpoint.decode(FileContents.readText(disk, file)) : Optional.empty();
    }

    void writeEpochs(LeaderEpochs epochs) throws IOException {
        FileContents.replace(disk, path, EPOCHS, encode(epochs), true);
        epochsChanged = false;
    }

    /// Writes what no flush job has written: epochs that only moved with the log's start.
    void finish(LeaderEpochs epochs) throws IOException {
        if (epochsChanged && exists) {
            writeEpochs(epochs);
        }
    }

    /// Asks for room for the bytes of a probe, as if they were records.
    void claimProbe() throws IOException {
        disk.claim(parent, PROBE_BYTES);
    }

    /// The same as if they were notes.
    void claimNotesProbe() throws IOException {
        disk.claimNotes(parent, PROBE_BYTES);
    }

    /// Finds out whether the disk takes bytes again, and removes what a failed first job may have left: no batch of it
    /// counts.
    void probe() throws IOException {
        if (!exists) {
            for (String name : disk.list(path)) {
                disk.delete(path + "/" + name);
            }
            disk.createFolder(path);
        }
        String probe = path + "/space.probe";
        try (DiskFile file = disk.create(probe)) {
            file.write(new ByteBuffer[] {ByteBuffer.allocate(PROBE_BYTES)}, 0);
            file.sync();
        } finally {
            disk.delete(probe);
        }
        if (!exists) {
            disk.delete(path);
        }
    }

    void writeSnapshot(long offset, Collection<ProducerState> producers) throws IOException {
        ByteBuffer content = ProducerSnapshot.encode(producers);
        byte[] bytes = new byte[content.remaining()];
        content.get(bytes);
        FileContents.replace(disk, path, SegmentNames.of(offset, SegmentNames.SNAPSHOT), bytes, true);
    }

    /// Writes a folder's `partition.metadata`.
    static void nameTopic(Disk disk, String folder, TopicId topicId) throws IOException {
        if (!topicId.isNone()) {
            FileContents.replace(disk, folder, METADATA, metadataOf(topicId), false);
        }
    }

    private static byte[] metadataOf(TopicId topicId) {
        return FileContents.ofText("version: 0\ntopic_id: " + topicId + "\n");
    }

    /// The topic id in a folder's `partition.metadata`, [TopicId#NONE] when there is no readable one.
    static TopicId readTopicId(Disk disk, String folder) throws IOException {
        String file = folder + "/" + METADATA;
        if (!disk.exists(file)) {
            return TopicId.NONE;
        }
        String marker = "topic_id: ";
        for (String line : FileContents.readText(disk, file).lines().toList()) {
            if (line.startsWith(marker)) {
                return parse(line.substring(marker.length()).strip());
            }
        }
        return TopicId.NONE;
    }

    private static TopicId parse(String text) {
        try {
            return TopicId.parse(text);
        } catch (IllegalArgumentException e) {
            return TopicId.NONE;
        }
    }

    /// What a flush job does to the folder before and after it writes batches.
    static final class Work {
        private final Disk disk;
        private final String parent;
        private final String path;
        private final boolean creates;
        private final byte @Nullable [] metadata;
        private final byte @Nullable [] epochs;
        private final boolean namesUnsynced;
        private final boolean parentUnsynced;

        private Work(
                Disk disk,
                String parent,
                String path,
                boolean creates,
                byte @Nullable [] metadata,
                byte @Nullable [] epochs,
                boolean namesUnsynced,
                boolean parentUnsynced) {
            this.disk = disk;
            this.parent = parent;
            this.path = path;
            this.creates = creates;
            this.metadata = metadata;
            this.epochs = epochs;
            this.namesUnsynced = namesUnsynced;
            this.parentUnsynced = parentUnsynced;
        }

        /// Asks for room for this many bytes of records.
        void claim(long bytes) throws IOException {
            disk.claim(parent, bytes);
        }

        /// Asks for room for this many bytes of notes about records.
        void claimNotes(long bytes) throws IOException {
            disk.claimNotes(parent, bytes);
        }

        void run() throws IOException {
            if (creates) {
                disk.createFolder(path);
            }
            if (metadata != null) {
                FileContents.replace(disk, path, METADATA, metadata, false);
            }
            if (epochs != null) {
                FileContents.replace(disk, path, EPOCHS, epochs, false);
            }
        }

        /// Makes the small files and all new names durable.
        void sync() throws IOException {
            if (!namesUnsynced && !creates && epochs == null) {
                return;
            }
            syncFile(METADATA);
            syncFile(EPOCHS);
            disk.syncFolder(path);
            if (parentUnsynced) {
                disk.syncFolder(parent);
            }
        }

        private void syncFile(String name) throws IOException {
            String file = path + "/" + name;
            if (disk.exists(file)) {
                try (var open = disk.open(file)) {
                    open.sync();
                }
            }
        }
    }
}
