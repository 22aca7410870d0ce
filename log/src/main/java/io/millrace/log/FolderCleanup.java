package io.millrace.log;

import io.millrace.log.disk.Disk;
import io.millrace.log.disk.DiskFile;
import io.millrace.log.segment.BatchCursor;
import io.millrace.log.segment.SegmentNames;
import io.millrace.log.segment.SwapFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Set;

/// Mends what a crash left behind in a partition's folder: half-written replacements go, and a compaction that had come
/// far enough is finished ([SwapFiles] says which).
final class FolderCleanup {
    private static final List<String> HALF_WRITTEN = List.of(".tmp", ".probe");

    private final Disk disk;
    private final String folder;
    private final Set<String> names;

    /// @param names what the folder holds; kept up to date
    FolderCleanup(Disk disk, String folder, Set<String> names) {
        this.disk = disk;
        this.folder = folder;
        this.names = names;
    }

    void run() throws IOException {
        for (String name : List.copyOf(names)) {
            for (String suffix : HALF_WRITTEN) {
                if (name.endsWith(suffix)) {
                    delete(name);
                }
            }
        }
        for (SwapFiles.Action action : mending()) {
            switch (action) {
                case SwapFiles.Action.Delete(String name) -> delete(name);
                case SwapFiles.Action.Rename(String from, String to) -> {
                    disk.rename(folder + "/" + from, folder + "/" + to);
                    names.remove(from);
                    names.add(to);
                }
            }
        }
    }

    private List<SwapFiles.Action> mending() throws IOException {
        try {
            return SwapFiles.mend(List.copyOf(names), this::swapEndOffset);
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    /// One past the last offset in a swapped log.
    private long swapEndOffset(long baseOffset) {
        String path = folder + "/" + SegmentNames.of(baseOffset, SegmentNames.LOG + SegmentNames.SWAP);
        try (DiskFile file = disk.open(path)) {
            BatchCursor cursor = new BatchCursor(file, 0, Math.toIntExact(file.size()));
            long end = baseOffset;
            while (cursor.next()) {
                end = cursor.lastOffset() + 1;
            }
            return end;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void delete(String name) throws IOException {
        disk.delete(folder + "/" + name);
        names.remove(name);
    }
}
