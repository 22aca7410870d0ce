package io.millrace.log;

import io.millrace.log.disk.DamageException;
import io.millrace.log.disk.StorageException;
import io.millrace.model.ErrorKind;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// The disk work of cutting a log's end off, or all of it, cut loose from its owner as a flush job is: a follower whose
/// log parts from its leader's (KIP-101), or ends below where the leader's begins, or is damaged.
///
/// Made by the log's owner ([PartitionLog#beginTruncation], [PartitionLog#beginRestart], [PartitionLog#beginRepair],
/// [PartitionLog#beginSalvage]), run once by any one thread, given back with [PartitionLog#endTruncation], which
/// installs what is left in one step.
public final class TruncationJob implements ReloadJob {
    private static final long NOTHING_CUT = Long.MAX_VALUE;

    private final Cut cut;
    private final long syncedOffset;
    private LogLoader.@Nullable Loaded loaded;
    private long cutOffset = NOTHING_CUT;
    private String errorMessage = "";
    private @Nullable DamageException damage;

    /// What is to be done; blocks.
    interface Cut {
        /// @param job is told of the offset before anything at or above it goes
        LogLoader.Loaded run(TruncationJob job) throws IOException;
    }

    /// @param syncedOffset everything below was fsynced when the job was made
    TruncationJob(Cut cut, long syncedOffset) {
        this.cut = cut;
        this.syncedOffset = syncedOffset;
    }

    /// Does the I/O, which may take as long as the scan of a segment. Never throws for what a disk can do: the outcome
    /// is in [#error()].
    public void run() {
        try {
            loaded = cut.run(this);
        } catch (IOException | StorageException e) {
            errorMessage = String.valueOf(e.getMessage());
            damage = DamageException.in(e);
        }
    }

    long syncedOffset() {
        return syncedOffset;
    }

    /// From now on files may lack what is at and above `offset`.
    void cutsAt(long offset) {
        cutOffset = offset;
    }

    /// Nothing at or above may be relied upon any more, whatever became of the job.
    long cutOffset() {
        return cutOffset;
    }

    /// [ErrorKind#NONE], or [ErrorKind#STORAGE_ERROR] when the disk refused; valid after [#run()].
    public ErrorKind error() {
        return loaded == null ? ErrorKind.STORAGE_ERROR : ErrorKind.NONE;
    }

    /// What the disk said, empty when it did as it was told.
    public String errorMessage() {
        return errorMessage;
    }

    /// What is damaged, when that is why; null when the disk refused for another reason. Asking again does not help
    /// then.
    public @Nullable DamageException damage() {
        return damage;
    }

    @Override
    public LogLoader.@Nullable Loaded loaded() {
        return loaded;
    }
}
