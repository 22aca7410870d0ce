package io.millrace.log;

import io.millrace.log.disk.DiskFile;
import io.millrace.log.disk.OpenFile;
import io.millrace.log.segment.Segment;
import java.io.IOException;
import java.nio.ByteBuffer;

/// Makes a segment's file as long as it may get before the first batch is written (`preallocate`), as Kafka does: the
/// length is set, the blocks are left to the file system. What was not used is cut off when the segment is sealed or
/// closed; after a crash, recovery finds zeros behind the last batch and cuts them as it cuts a torn write.
final class Preallocation {
    private Preallocation() {}

    /// A disk without the room takes the batches all the same, as long as they fit.
    static void allocate(Segment segment, DiskFile file) throws IOException {
        int bytes = segment.preallocatedBytes();
        if (bytes == 0 || file.size() > 0) {
            return;
        }
        try {
            file.write(new ByteBuffer[] {ByteBuffer.allocate(1)}, bytes - 1L);
        } catch (IOException full) {
            file.truncate(0);
        }
    }

    /// Cuts off what no batch was written to; durable with the next sync of the segment.
    ///
    /// @param usedBytes where the last batch ends
    static void trim(Segment segment, int usedBytes) throws IOException {
        trim(segment, usedBytes, false);
    }

    /// The same, on disk: nobody looks at the file again before it is trusted.
    static void trimDurably(Segment segment, int usedBytes) throws IOException {
        trim(segment, usedBytes, true);
    }

    private static void trim(Segment segment, int usedBytes, boolean sync) throws IOException {
        if (segment.preallocatedBytes() == 0) {
            return;
        }
        OpenFile held = segment.log().hold();
        try {
            if (held.file().size() > usedBytes) {
                held.file().truncate(usedBytes);
                if (sync) {
                    held.file().sync();
                }
            }
        } finally {
            held.release();
        }
    }
}
