package io.millrace.log;

import java.io.IOException;

/// A log cut at an offset and built anew from what its files hold below: after a storage error ([RecoveryJob]), and
/// when a follower's log parts from its leader's ([TruncationJob]).
///
/// @param cutOffset nothing at or above is left
/// @param durableOffset what lies below is to be there, and stays; at most the cut
/// @param startOffset the log's first offset until now
record Reload(Truncation truncation, LogLoader loader, long cutOffset, long durableOffset, long startOffset) {
    /// Blocks, for as long as the scan of what is not durable takes.
    ///
    /// @throws io.millrace.log.disk.DamageException when something is missing that was durable
    LogLoader.Loaded run() throws IOException {
        truncation.cutTo(cutOffset, durableOffset);
        return loader.load(Math.min(startOffset, cutOffset));
    }
}
