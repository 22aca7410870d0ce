package io.millrace.log.inspect;

import io.millrace.log.disk.Disk;
import io.millrace.log.disk.DiskFile;
import io.millrace.log.segment.SegmentNames;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/// The names in a partition's folder, sorted out.
record PartitionFolder(Disk disk, String path, List<String> names) {
    static PartitionFolder list(Disk disk, String path) throws IOException {
        return new PartitionFolder(disk, path, disk.list(path));
    }

    /// Base offsets of all segments, ascending.
    List<Long> segments() {
        List<Long> bases = new ArrayList<>();
        for (String name : names) {
            SegmentNames.parse(name, SegmentNames.LOG).ifPresent(bases::add);
        }
        return bases;
    }

    boolean has(String name) {
        return names.contains(name);
    }

    DiskFile open(String name) throws IOException {
        return disk.open(path + "/" + name);
    }

    /// A whole small file: an index, a snapshot, a checkpoint; at most `bytesMax` of it.
    ByteBuffer read(String name, int bytesMax) throws IOException {
        try (DiskFile file = open(name)) {
            ByteBuffer bytes = ByteBuffer.allocate((int) Math.min(bytesMax, file.size()));
            file.read(bytes, 0);
            return bytes.flip();
        }
    }
}
