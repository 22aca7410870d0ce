package io.millrace.log;

/// A look-up by time that may touch cold files: run once, by any one thread that may block.
public interface TimestampLookup {
    /// @throws io.millrace.log.disk.StorageException when the disk fails
    TimestampOffset run();
}
