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
import org.jspecify.annotations.Nullable;

/// What lay in a log directory when it was opened: partition folders until somebody opens them, folders on their way
/// out, and those set aside. Nothing is kept of a folder that was opened or set aside, so that once the node is up this
/// costs no memory, however many partitions there are.
///
/// Thread-safe: the table is behind this object's monitor, which is never held during I/O.
final class FoundFolders {
    // The metadata log lies beside the partitions and is not one of them.
    private static final String METADATA_TOPIC = "__cluster_metadata";

    private final List<String> deletedNames = new ArrayList<>(0);
    private Map<TopicPartition, Found> unopened = new HashMap<>();
    private final List<Found> futures = new ArrayList<>(0);
    private int strayCount;

    /// Lists the directory. Blocks.
    FoundFolders(Disk disk, String path) throws IOException {
        for (String name : disk.list(path)) {
            if (FolderName.isDeleted(name)) {
                deletedNames.add(name);
            } else if (FolderName.isStray(name)) {
                strayCount++;
            } else if (FolderName.isFuture(name)) {
                addFuture(disk, path, name);
            } else {
                Optional<TopicPartition> partition = partition(name);
                if (partition.isPresent()) {
                    TopicId id = PartitionFolder.readTopicId(disk, path + "/" + name);
                    unopened.put(partition.get(), new Found(partition.get(), id, name));
                }
            }
        }
    }

    private void addFuture(Disk disk, String path, String name) throws IOException {
        Optional<TopicPartition> partition = FolderName.parseFuture(name);
        if (partition.isPresent()) {
            futures.add(new Found(partition.get(), PartitionFolder.readTopicId(disk, path + "/" + name), name));
        }
    }

    /// Folders of replicas that were on their way here.
    synchronized List<Found> futures() {
        return List.copyOf(futures);
    }

    /// Somebody has decided about it.
    synchronized void takeFuture(Found future) {
        futures.remove(future);
    }

    /// A copy has become the partition.
    synchronized void promoted(Found future) {
        futures.remove(future);
        unopened.put(
                future.partition(),
                new Found(
                        future.partition(), future.topicId(), future.partition().toString()));
    }

    private static Optional<TopicPartition> partition(String name) {
        return FolderName.parse(name).filter(partition -> !partition.topic().equals(METADATA_TOPIC));
    }

    /// Names of folders on their way out.
    List<String> deletedNames() {
        return List.copyOf(deletedNames);
    }

    /// Partitions whose folders are on their way out, and that have no other, nor one on its way in. To be asked before
    /// any is opened.
    List<TopicPartition> deletedPartitions() {
        return deletedNames.stream()
                .flatMap(name -> FolderName.parseDeleted(name).stream())
                .filter(partition -> !unopened.containsKey(partition) && !isComing(partition))
                .toList();
    }

    private boolean isComing(TopicPartition partition) {
        return futures.stream().anyMatch(future -> future.partition().equals(partition));
    }

    /// Somebody opens the partition: what was found of it is his now.
    synchronized Optional<Found> take(TopicPartition partition) {
        return Optional.ofNullable(remove(partition));
    }

    private @Nullable Found remove(TopicPartition partition) {
        Found removed = unopened.remove(partition);
        if (removed != null && unopened.isEmpty()) {
            unopened = new HashMap<>(); // a table does not shrink
        }
        return removed;
    }

    synchronized List<Found> unopened(Predicate<Found> which) {
        return unopened.values().stream().filter(which).toList();
    }

    synchronized boolean isAllOpened() {
        return unopened.isEmpty() && futures.isEmpty();
    }

    /// One more folder was set aside.
    synchronized void strayed(TopicPartition partition) {
        remove(partition);
        strayCount++;
    }

    synchronized int strayCount() {
        return strayCount;
    }
}
