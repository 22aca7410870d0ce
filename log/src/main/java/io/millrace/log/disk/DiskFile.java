package io.millrace.log.disk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.Optional;

/// One open file. Reads may come from any thread; writes from one thread at a time.
public interface DiskFile extends AutoCloseable {
    /// Reads from `position` until `target` is full or the file ends; returns the bytes read, 0 at the end.
    int read(ByteBuffer target, long position) throws IOException;

    /// Writes all buffers, one behind the other, at `position`, in as few calls as the system allows.
    void write(ByteBuffer[] sources, long position) throws IOException;

    long size() throws IOException;

    void truncate(long size) throws IOException;

    /// Returns once everything written so far survives a power cut (data, and the size needed to reach it).
    void sync() throws IOException;

    /// Whether the bytes can be read without waiting for the device, as far as the system can tell cheaply.
    boolean isCached(long position, long length);

    /// The system's own channel for sending without copying; empty for files that live in memory.
    Optional<FileChannel> channel();

    @Override
    void close() throws IOException;
}
