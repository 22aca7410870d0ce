package io.millrace.log.segment;

import java.nio.ByteBuffer;

/// Index entries on their way to the files.
///
/// @param offsets entries for the `.index` file
/// @param offsetsAt where they go
/// @param times entries for the `.timeindex` file
/// @param timesAt where they go
public record IndexWrite(ByteBuffer offsets, long offsetsAt, ByteBuffer times, long timesAt) {
    int offsetEntries() {
        return offsets.capacity() / OffsetIndex.ENTRY_BYTES;
    }

    int timeEntries() {
        return times.capacity() / TimeIndex.ENTRY_BYTES;
    }
}
