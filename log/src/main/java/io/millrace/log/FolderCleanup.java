package io.millrace.log;

import io.millrace.log.disk.Disk;
import io.millrace.log.segment.SegmentNames;
import java.io.IOException;
import java.util.List;
import java.util.Set;

/// Removes what a crash left behind in a partition's folder: half-written replacements, files on their way out, and
/// results of a compaction that was not finished. A finished one (`.swap`) is put in place by the cleaner's own
/// recovery.
final class FolderCleanup {
    private static final List<String> REMNANTS = List.of(SegmentNames.DELETED, SegmentNames.CLEANED, ".tmp", ".probe");

    private final Disk disk;
    private final String folder;
    private final Set<String> names;

    FolderCleanup(Disk disk, String folder, Set<String> names) {
        this.disk = disk;
        this.folder = folder;
        this.names = names;
    }

    /// Also takes the removed names out of the set.
    void run() throws IOException {
        for (String name : List.copyOf(names)) {
            for (String remnant : REMNANTS) {
                if (name.endsWith(remnant)) {
                    disk.delete(folder + "/" + name);
                    names.remove(name);
                }
            }
        }
    }
}
