package io.millrace.log;

import io.millrace.log.disk.DiskFile;
import io.millrace.log.disk.EmptyFile;
import io.millrace.log.disk.OpenFile;
import org.jspecify.annotations.Nullable;

/// A run of whole batches inside one segment file, ready to be sent without copying.
///
/// Holds the file open: whoever receives a slice calls [#release()] exactly once, from any thread.
public final class FileSlice {
    private static final DiskFile NO_FILE = new EmptyFile();
    private static final FileSlice EMPTY = new FileSlice(null, 0, 0);

    private final @Nullable OpenFile held;
    private final long position;
    private final int length;

    private FileSlice(@Nullable OpenFile held, long position, int length) {
        this.held = held;
        this.position = position;
        this.length = length;
    }

    /// @param held a hold the slice takes over
    public static FileSlice of(OpenFile held, long position, int length) {
        return new FileSlice(held, position, length);
    }

    /// "Nothing there yet".
    public static FileSlice empty() {
        return EMPTY;
    }

    /// An empty slice that is not [#empty()].
    static FileSlice noneLeft() {
        return new FileSlice(null, 0, 0);
    }

    public DiskFile file() {
        return held == null ? NO_FILE : held.file();
    }

    /// Byte position of the first batch within the file.
    public long position() {
        return position;
    }

    /// Length in bytes; 0 is legal and means "nothing there yet".
    public int length() {
        return length;
    }

    public void release() {
        if (held != null) {
            held.release();
        }
    }
}
