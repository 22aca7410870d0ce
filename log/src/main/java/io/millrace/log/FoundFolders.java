package io.millrace.log;

import io.millrace.log.LogDirectory.Found;
import io.millrace.log.disk.Disk;
import io.millrace.model.TopicId;
import io.millrace.model.TopicPartition;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/// What lay in a log directory when it was opened: partition folders until somebody opens them, folders on their way
/// out, and those set aside.
///
/// Thread-safe: the table is behind this object's monitor, which is never held during I/O.
final class FoundFolders {
    // The metadata log lies beside the partitions and is not one of them.
    private static final String METADATA_TOPIC = "__cluster_metadata";

    private final List<Found> all;
    private final List<String> deletedNames = new ArrayList<>();
    private final Map<TopicPartition, Found> unopened = new HashMap<>();
    private int strayCount;

    /// Lists the directory. Blocks.
    FoundFolders(Disk disk, String path) throws IOException {
        List<Found> folders = new ArrayList<>();
        for (String name : disk.list(path)) {
            if (FolderName.isDeleted(name)) {
                deletedNames.add(name);
            } else if (FolderName.isStray(name)) {
                strayCount++;
            } else {
                Optional<TopicPartition> partition = partition(name);
                if (partition.isPresent()) {
                    TopicId id = PartitionFolder.readTopicId(disk, path + "/" + name);
                    folders.add(new Found(partition.get(), id, name));
                }
            }
        }
        folders.forEach(found -> unopened.put(found.partition(), found));
        all = List.copyOf(folders);
    }

    private static Optional<TopicPartition> partition(String name) {
        return FolderName.parse(name).filter(partition -> !partition.topic().equals(METADATA_TOPIC));
    }

    List<Found> all() {
        return all;
    }

    /// Names of folders on their way out.
    List<String> deletedNames() {
        return List.copyOf(deletedNames);
    }

    /// Partitions whose folders are on their way out, and that have no other.
    List<TopicPartition> deletedPartitions() {
        return deletedNames.stream()
                .flatMap(name -> FolderName.parseDeleted(name).stream())
                .filter(partition -> !unopened.containsKey(partition))
                .toList();
    }

    /// Somebody opens the partition: what was found of it is his now.
    synchronized Optional<Found> take(TopicPartition partition) {
        return Optional.ofNullable(unopened.remove(partition));
    }

    synchronized List<Found> unopened(Predicate<Found> which) {
        return unopened.values().stream().filter(which).toList();
    }

    synchronized boolean isAllOpened() {
        return unopened.isEmpty();
    }

    /// One more folder was set aside.
    synchronized void strayed(TopicPartition partition) {
        unopened.remove(partition);
        strayCount++;
    }

    synchronized int strayCount() {
        return strayCount;
    }
}
