package io.millrace.log;

import io.millrace.log.disk.MemoryOpenFile;
import java.nio.ByteBuffer;

/// Slices of memory for tests of whoever reads slices.
public final class MemorySlice {
    private MemorySlice() {}

    public static FileSlice of(ByteBuffer bytes, Runnable onRelease) {
        return FileSlice.of(MemoryOpenFile.holding(bytes, onRelease), 0, bytes.remaining());
    }
}
