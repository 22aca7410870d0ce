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
    private final boolean wantsNotes;
    private LogLoader.@Nullable Loaded loaded;
    private boolean isForNotes;
    private String errorMessage = "";
    private @Nullable DamageException damage;

    /// @param reload from the written offset on: what was appended above may be torn, and goes
    /// @param wantsNotes whether a disk that takes notes, and no records, will do
    RecoveryJob(PartitionFolder folder, Reload reload, boolean wantsNotes) {
        this.folder = folder;
        this.reload = reload;
        this.wantsNotes = wantsNotes;
    }

    /// Does the I/O, which may take as long as the scan of a segment. Never throws for what a disk can do: the outcome
    /// is in [#error()].
    public void run() {
        try {
            claim();
            folder.probe();
            loaded = reload.run();
        } catch (IOException | StorageException e) {
            errorMessage = String.valueOf(e.getMessage());
            damage = DamageException.in(e);
        }
    }

    private void claim() throws IOException {
        try {
            folder.claimProbe();
        } catch (IOException full) {
            if (!wantsNotes) {
                throw full;
            }
            folder.claimNotesProbe();
            isForNotes = true;
        }
    }

    /// Whether there is room for notes only. Valid after [#run()], when it went well.
    public boolean isForNotes() {
        return isForNotes;
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
