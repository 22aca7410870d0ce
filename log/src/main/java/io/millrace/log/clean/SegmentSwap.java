package io.millrace.log.clean;

import io.millrace.log.disk.Disk;
import io.millrace.log.segment.SegmentNames;
import io.millrace.log.segment.SwapFiles;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/// Puts a cleaned segment in the place of those it stands for, by renames in Kafka's order, each phase made durable
/// before the next:
///
/// 1. `.cleaned` to `.swap`: until all files are renamed, recovery undoes; from then on, it finishes;
/// 2. the old files to `.deleted`: whoever reads them has them open, they are removed later;
/// 3. `.swap` to the plain name.
///
/// A few renames and three folder syncs per group. Blocks; whoever calls it, the log's owner makes sure that meanwhile
/// nobody opens the group's files by name and the log is not truncated. [SwapFiles] is the other half: what recovery
/// does about any state in between.
public final class SegmentSwap {
    private SegmentSwap() {}

    /// Commits; returns the paths ending in `.deleted` that the caller removes after `file.delete.delay.ms`.
    public static List<String> commit(Disk disk, String folder, CleanedGroup group) throws IOException {
        String plain = folder + "/" + SegmentNames.of(group.baseOffset(), "");
        for (String suffix : group.suffixes()) {
            disk.rename(plain + suffix + SegmentNames.CLEANED, plain + suffix + SegmentNames.SWAP);
        }
        disk.syncFolder(folder);
        List<String> deleted = retire(disk, folder, group);
        disk.syncFolder(folder);
        for (String suffix : group.suffixes()) {
            disk.rename(plain + suffix + SegmentNames.SWAP, plain + suffix);
        }
        disk.syncFolder(folder);
        return deleted;
    }

    /// Newest first: should a crash come in between, what is left of the old segments is still a prefix.
    private static List<String> retire(Disk disk, String folder, CleanedGroup group) throws IOException {
        List<String> deleted = new ArrayList<>();
        for (long baseOffset : group.replaced().reversed()) {
            List<String> kinds = new ArrayList<>(SwapFiles.SUFFIXES);
            if (baseOffset != group.baseOffset()) {
                // The producers' state at a place where no segment begins any more.
                kinds.add(SegmentNames.SNAPSHOT);
            }
            for (String suffix : kinds) {
                String path = folder + "/" + SegmentNames.of(baseOffset, suffix);
                if (disk.exists(path)) {
                    disk.rename(path, path + SegmentNames.DELETED);
                    deleted.add(path + SegmentNames.DELETED);
                }
            }
        }
        return deleted;
    }

    /// Throws the cleaned files away: the log changed meanwhile (truncated, deleted, stopped).
    public static void discard(Disk disk, String folder, CleanedGroup group) throws IOException {
        for (String suffix : group.suffixes()) {
            disk.delete(folder + "/" + SegmentNames.of(group.baseOffset(), suffix) + SegmentNames.CLEANED);
        }
    }
}
