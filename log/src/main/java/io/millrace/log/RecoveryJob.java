package io.millrace.log;

import io.millrace.log.disk.DamageException;
import io.millrace.log.disk.StorageException;
import io.millrace.model.ErrorKind;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// The disk work that brings a log back after a storage error, cut loose from its owner as a flush job is: asks whether
/// the disk takes bytes again, cuts the torn tail back to what was written, scans what was not durable and builds
/// segments, indexes, epochs and producers anew.
///
/// Made by the log's owner ([PartitionLog#beginRecovery]), run once by any one thread, given back with
/// [PartitionLog#endRecovery], which installs what was found in one step. Until then the owner serves reads from what
/// it had: the batches below the written offset stay where they are, and who needs the index of the segment that was
/// cut is told to ask again ([ReadResult.Moved]).
public final class RecoveryJob implements ReloadJob {
    private final PartitionFolder folder;
    private final Reload reload;
    private LogLoader.@Nullable Loaded loaded;
    private String errorMessage = "";
    private @Nullable DamageException damage;

    /// @param reload from the written offset on: what was appended above may be torn, and goes
    RecoveryJob(PartitionFolder folder, Reload reload) {
        this.folder = folder;
        this.reload = reload;
    }

    /// Does the I/O, which may take as long as the scan of a segment. Never throws for what a disk can do: the outcome
    /// is in [#error()].
    public void run() {
        try {
            folder.probe();
            loaded = reload.run();
        } catch (IOException | StorageException e) {
            errorMessage = String.valueOf(e.getMessage());
            damage = DamageException.in(e);
        }
    }

    /// [ErrorKind#NONE], or [ErrorKind#STORAGE_ERROR] when the disk still refuses; valid after [#run()].
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
