package io.millrace.log.segment;

import io.millrace.log.disk.Disk;
import io.millrace.log.disk.DiskFile;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/// All files of a segment together.
public final class SegmentFiles {
    /// The log file comes last: while it is there the segment is, and recovery rebuilds the rest.
    private static final List<String> SUFFIXES =
            List.of(SegmentNames.OFFSET_INDEX, SegmentNames.TIME_INDEX, SegmentNames.TXN_INDEX, SegmentNames.LOG);

    private SegmentFiles() {}

    /// Renames the files to `*.deleted`, for readers that still hold them; returns the new paths.
    public static List<String> markDeleted(Segment segment) throws IOException {
        Disk disk = segment.cache().disk();
        List<String> marked = new ArrayList<>(SUFFIXES.size());
        segment.log().discard();
        for (String suffix : SUFFIXES) {
            String path = segment.path(suffix);
            if (disk.exists(path)) {
                disk.rename(path, path + SegmentNames.DELETED);
                marked.add(path + SegmentNames.DELETED);
            }
        }
        return marked;
    }

    /// Makes the indexes durable that a sealed segment has: recovery does not look at what lies below the recovery
    /// point.
    public static void syncIndexes(Segment segment) throws IOException {
        sync(segment, SegmentNames.OFFSET_INDEX);
        sync(segment, SegmentNames.TIME_INDEX);
    }

    private static void sync(Segment segment, String suffix) throws IOException {
        try (DiskFile file = segment.cache().disk().open(segment.path(suffix))) {
            file.sync();
        }
    }

    public static void delete(Segment segment) throws IOException {
        segment.log().discard();
        for (String suffix : SUFFIXES) {
            segment.cache().disk().delete(segment.path(suffix));
        }
    }
}
