package io.millrace.log;

import org.jspecify.annotations.Nullable;

/// Disk work after which a log is what its files hold: while it is out nothing is appended, flushed or given up.
sealed interface ReloadJob permits RecoveryJob, TruncationJob, MoveJob {
    /// What the folder holds; nothing when the disk refused.
    LogLoader.@Nullable Loaded loaded();
}
