package io.millrace.log.segment;

import io.millrace.log.disk.Disk;
import io.millrace.log.disk.DiskFile;
import java.io.IOException;
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

    /// Writes the entries and cuts off whatever older content the files have behind them.
    public void write(Segment segment) throws IOException {
        Disk disk = segment.cache().disk();
        write(disk, segment.path(SegmentNames.OFFSET_INDEX), offsets, offsetsAt);
        write(disk, segment.path(SegmentNames.TIME_INDEX), times, timesAt);
    }

    private static void write(Disk disk, String path, ByteBuffer entries, long at) throws IOException {
        try (DiskFile file = disk.create(path)) {
            file.write(new ByteBuffer[] {entries.duplicate()}, at);
            long end = at + entries.capacity();
            if (file.size() > end) {
                file.truncate(end);
            }
        }
    }
}
