package io.millrace.log;

import io.millrace.log.disk.DiskFile;

/// A run of whole batches inside one segment file, ready to be sent without copying.
///
/// Holds the file open: whoever receives a slice calls [#release()] exactly once, from any thread.
public interface FileSlice {
    DiskFile file();

    /// Byte position of the first batch within the file.
    long position();

    /// Length in bytes; 0 is legal and means "nothing there yet".
    int length();

    void release();
}
