package io.millrace.log;

import io.millrace.model.ErrorKind;

/// The answer to a read. The first batch of a slice may begin below the asked offset (consumers skip), and a slice
/// never holds a batch at or above the read's upper bound.
public sealed interface ReadResult {
    /// Bytes that can be sent now without waiting for a disk.
    record Ready(FileSlice slice) implements ReadResult {}

    /// The bytes may have to come from the disk: run the job on a thread that may block, then ask it for the outcome.
    record Cold(ColdRead job) implements ReadResult {}

    /// The offset lies outside the log, or the disk failed.
    record Refused(ErrorKind error) implements ReadResult {}

    /// The bytes at `offset` are not what was written there: nobody gets them.
    ///
    /// @param offset the first that was asked for
    record Damaged(long offset) implements ReadResult {}

    /// Compaction was putting other files in the place of those that were read: the same read, asked again, finds its
    /// bytes; at the latest when the swap, a matter of milliseconds, is done.
    record Moved() implements ReadResult {}

    /// A read that may block. Run once by any one thread; touches only sealed files and positions fixed beforehand.
    interface ColdRead {
        /// Looks the position up and brings the bytes into the page cache. Never returns [Cold].
        ReadResult run();
    }
}
