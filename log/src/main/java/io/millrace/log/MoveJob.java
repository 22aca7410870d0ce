package io.millrace.log;

import io.millrace.log.config.LogConfig;
import io.millrace.log.disk.StorageException;
import io.millrace.model.ErrorKind;
import io.millrace.model.TopicPartition;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// The disk work by which a log changes over to its copy in another directory of the node (KIP-113), cut loose from its
/// owner as a flush job is. Made by [PartitionLog#beginMove], run once by any one thread, given back with
/// [PartitionLog#endMove].
///
/// A crash at any point leaves one copy that counts. First the copy is closed in order and the other directory knows on
/// disk what this one knows of the partition; then the old folder is renamed `-delete`, with the mark of the copy's
/// folder; then the copy gets the partition's name. Before the first rename the old folder is the partition, after the
/// second the new one is, and in between the mark tells the next start ([FutureFate]) to do the second.
public final class MoveJob implements ReloadJob {
    private final PartitionLog log;
    private final PartitionLog copy;
    private final LogDirectory from;
    private final LogDirectory to;
    private final PartitionFolder old;
    private final LogConfig config;
    private final Reload stay;
    private final long startOffset;
    private final long highWatermark;
    private final String future;
    private @Nullable Arrival arrival;
    private LogLoader.@Nullable Loaded stayed;
    private String errorMessage = "";

    /// Where the log goes on.
    record Arrival(LogDirectory directory, PartitionFolder folder, LogLoader.Loaded loaded) {}

    /// @param stay builds the log anew where it is
    MoveJob(PartitionLog log, PartitionLog copy, Reload stay, long highWatermark) {
        this.log = log;
        this.copy = copy;
        this.from = log.directory();
        this.to = copy.directory();
        this.old = log.folder();
        this.config = log.config();
        this.stay = stay;
        this.startOffset = log.startOffset();
        this.highWatermark = highWatermark;
        String folder = copy.folder().path();
        this.future = folder.substring(folder.lastIndexOf('/') + 1);
    }

    /// Does the I/O. Never throws for what a disk can do: the outcome is in [#error()].
    public void run() {
        try {
            copy.close();
            to.noteMove(log.partition(), highWatermark, from.cleanedUpTo(log.partition()));
            changeOver();
        } catch (IOException | StorageException e) {
            errorMessage = String.valueOf(e.getMessage());
            reloadWhereItIs();
        }
    }

    private void changeOver() throws IOException {
        TopicPartition partition = log.partition();
        boolean isAside = old.exists();
        if (isAside) {
            from.moves().stepAside(partition, future);
        }
        boolean isThere = false;
        try {
            to.moves().promote(partition, future);
            isThere = true;
        } finally {
            if (isAside && !isThere && !to.disk().exists(to.path() + "/" + partition)) {
                from.moves().stepBack(partition, future);
            }
        }
        PartitionFolder folder = new PartitionFolder(to.disk(), to.path(), partition.toString(), log.topicId(), true);
        LogLoader.Loaded loaded = to.loadMoved(partition, folder, config, startOffset);
        to.arrived(log);
        from.moves().left(log, future);
        arrival = new Arrival(to, folder, loaded);
    }

    private void reloadWhereItIs() {
        try {
            stayed = stay.run();
        } catch (IOException | StorageException e) {
            errorMessage += "; and " + e.getMessage();
        }
    }

    /// [ErrorKind#NONE], or [ErrorKind#STORAGE_ERROR] when a disk refused and the log stays where it is; valid after
    /// [#run()].
    public ErrorKind error() {
        return arrival == null ? ErrorKind.STORAGE_ERROR : ErrorKind.NONE;
    }

    /// What the disk said, empty when it did as it was told.
    public String errorMessage() {
        return errorMessage;
    }

    /// Where the log goes on; nothing when it stays.
    @Nullable
    Arrival arrival() {
        return arrival;
    }

    @Override
    public LogLoader.@Nullable Loaded loaded() {
        return stayed;
    }
}
