package io.millrace.log;

import io.millrace.log.disk.Disk;
import io.millrace.log.disk.DiskFile;
import io.millrace.log.disk.StorageException;
import io.millrace.log.segment.BatchCursor;
import io.millrace.log.segment.SegmentNames;
import io.millrace.log.segment.SwapFiles;
import java.io.IOException;
import java.util.List;
import java.util.Set;

/// Mends what a crash left behind in a partition's folder: half-written replacements and files on their way out go,
/// a compaction that was interrupted is undone or finished, as [SwapFiles] decides.
final class FolderCleanup {
    private static final List<String> REMNANTS = List.of(".tmp", ".probe");

    private final Disk disk;
    private final String folder;
    private final Set<String> names;

    FolderCleanup(Disk disk, String folder, Set<String> names) {
        this.disk = disk;
        this.folder = folder;
        this.names = names;
    }

    /// Also keeps the set of names up to date.
    void run() throws IOException {
        finishCleaning();
        for (String name : List.copyOf(names)) {
            for (String remnant : REMNANTS) {
                if (name.endsWith(remnant)) {
                    disk.delete(folder + "/" + name);
                    names.remove(name);
                }
            }
        }
    }

    private void finishCleaning() throws IOException {
        List<SwapFiles.Action> actions = SwapFiles.mend(List.copyOf(names), this::endOffsetOfSwap);
        for (SwapFiles.Action action : actions) {
            switch (action) {
                case SwapFiles.Action.Delete(var name) -> {
                    disk.delete(folder + "/" + name);
                    names.remove(name);
                }
                case SwapFiles.Action.Rename(var from, var to) -> {
                    disk.rename(folder + "/" + from, folder + "/" + to);
                    names.remove(from);
                    names.add(to);
                }
            }
        }
        if (!actions.isEmpty()) {
            disk.syncFolder(folder);
        }
    }

    private long endOffsetOfSwap(long baseOffset) {
        String path = folder + "/" + SegmentNames.of(baseOffset, SegmentNames.LOG) + SegmentNames.SWAP;
        long end = baseOffset;
        try (DiskFile file = disk.open(path)) {
            BatchCursor cursor = new BatchCursor(file, 0, (int) file.size());
            while (cursor.next()) {
                end = cursor.lastOffset() + 1;
            }
            return end;
        } catch (IOException e) {
            throw new StorageException("can not read " + path, e);
        }
    }
}
