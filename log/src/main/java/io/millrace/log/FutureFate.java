package io.millrace.log;

import io.millrace.log.LogDirectory.Found;
import io.millrace.log.disk.StorageException;
import io.millrace.log.segment.SegmentNames;
import io.millrace.model.TopicPartition;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// What becomes of the folder of a replica that was on its way to another directory of the node when the last run ended
/// (KIP-113).
public enum FutureFate {
    /// The partition is in another directory: the copy goes on.
    RESUMED,
    /// The partition's folder had stepped aside for this one already: this one is the partition.
    PROMOTED,
    /// There is nothing in it that anybody misses: the partition has another copy in the same directory or a second one
    /// on its way, or no records anywhere.
    DROPPED,
    /// It has records, the partition's own folder is gone, and nothing tells that this copy was whole: an operator
    /// knows what happened to that disk.
    SET_ASIDE;

    /// @param isHere whether the partition's folder is in the same directory
    /// @param isElsewhere whether it is in another one
    /// @param isReplaced whether a folder is on its way out that stepped aside for this one
    /// @param isSecond whether another one on its way has been resumed
    static FutureFate of(boolean isHere, boolean isElsewhere, boolean isReplaced, boolean isSecond, boolean isEmpty) {
        if (isHere || isSecond) {
            return DROPPED;
        }
        if (isElsewhere) {
            return RESUMED;
        }
        if (isReplaced) {
            return PROMOTED;
        }
        return isEmpty ? DROPPED : SET_ASIDE;
    }

    /// A folder that was decided about.
    public record Decided(LogDirectory directory, Found future, FutureFate fate) {}

    /// Decides about every such folder of a node's directories, and does what is to be done at once: what is to be
    /// resumed stays among [LogDirectory#futures()]. Called at start-up, before any log is opened and anything swept.
    ///
    /// @throws StorageException when a disk refuses
    public static List<Decided> settle(List<LogDirectory> directories) {
        Set<String> leaving = new HashSet<>();
        directories.forEach(directory -> leaving.addAll(directory.folders().deletedNames()));
        Set<TopicPartition> resumed = new HashSet<>();
        return directories.stream()
                .flatMap(directory -> directory.futures().stream()
                        .map(future -> settle(directories, directory, future, leaving, resumed)))
                .toList();
    }

    private static Decided settle(
            List<LogDirectory> directories,
            LogDirectory directory,
            Found future,
            Set<String> leaving,
            Set<TopicPartition> resumed) {
        TopicPartition partition = future.partition();
        try {
            FutureFate fate = of(
                    isIn(directory, partition),
                    directories.stream().anyMatch(other -> other != directory && isIn(other, partition)),
                    leaving.contains(FolderName.replacedBy(future.folder())),
                    resumed.contains(partition),
                    isEmpty(directory, future));
            switch (fate) {
                case RESUMED -> resumed.add(partition);
                case PROMOTED -> {
                    directory.moves().promote(partition, future.folder());
                    directory.folders().promoted(future);
                }
                case DROPPED -> directory.moves().dropFuture(future, false);
                case SET_ASIDE -> directory.moves().dropFuture(future, true);
            }
            return new Decided(directory, future, fate);
        } catch (IOException e) {
            throw new StorageException("can not settle " + directory.path() + "/" + future.folder(), e);
        }
    }

    private static boolean isIn(LogDirectory directory, TopicPartition partition) {
        return directory.disk().exists(directory.path() + "/" + partition);
    }

    private static boolean isEmpty(LogDirectory directory, Found future) throws IOException {
        String folder = directory.path() + "/" + future.folder();
        for (String name : directory.disk().list(folder)) {
            if (SegmentNames.parse(name, SegmentNames.LOG).isPresent()
                    && directory.disk().sizeOf(folder + "/" + name) > 0) {
                return false;
            }
        }
        return true;
    }
}
