package io.millrace.log.segment;

import io.millrace.log.disk.Disk;
import io.millrace.log.disk.DiskFile;
import java.io.IOException;

/// The largest timestamp of a sealed segment, read from the end of its time index when somebody needs it.
public final class SegmentTimestamps {
    private SegmentTimestamps() {}

    /// The largest timestamp as the time index has it, -1 when it has none.
    public static long largest(Segment segment) throws IOException {
        return last(segment).timestamp();
    }

    static TimeIndex.Entry last(Segment segment) throws IOException {
        Disk disk = segment.cache().disk();
        String path = segment.path(SegmentNames.TIME_INDEX);
        if (!disk.exists(path)) {
            return TimeIndex.Entry.NONE;
        }
        try (DiskFile file = disk.open(path)) {
            int entries = Math.toIntExact(file.size() / TimeIndex.ENTRY_BYTES);
            return entries == 0 ? TimeIndex.Entry.NONE : TimeIndex.read(file, entries - 1);
        }
    }
}
