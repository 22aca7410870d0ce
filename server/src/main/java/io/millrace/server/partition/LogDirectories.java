package io.millrace.server.partition;

import io.millrace.broker.partition.Partitions.LogDirectoryView;
import io.millrace.broker.partition.Partitions.ReplicaView;
import io.millrace.cluster.replica.Partition;
import io.millrace.log.LogDirectory;
import io.millrace.log.PartitionLog;
import io.millrace.log.config.LogConfig;
import io.millrace.log.disk.DamageException;
import io.millrace.log.disk.StorageException;
import io.millrace.model.ErrorKind;
import io.millrace.model.Loop;
import io.millrace.model.TopicId;
import io.millrace.model.TopicPartition;
import io.millrace.server.loop.DiskLoop;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Predicate;

/// The node's disks: each log directory with the threads that wait for it, and which partition lives where.
///
/// May be called from any thread: opening and closing partitions is rare.
public final class LogDirectories {
    private final List<Disk> disks;
    /// Empty on a node with one disk.
    private final RefusedLogs refused = new RefusedLogs();
    private final Map<TopicPartition, Disk> placed = new ConcurrentHashMap<>();

    /// One log directory with its threads.
    public record Disk(LogDirectory directory, DiskLoop loop) {}

    public LogDirectories(List<Disk> disks) {
        this.disks = List.copyOf(disks);
        if (disks.size() > 1) {
            for (Disk disk : disks) {
                disk.directory().found().forEach(found -> placed.put(found.partition(), disk));
            }
        }
    }

    public List<Disk> all() {
        return disks;
    }

    /// Logs that could not be opened.
    RefusedLogs refused() {
        return refused;
    }

    /// Opens a partition's log where it lies, or on the disk that holds the fewest partitions when it is new.
    public PartitionLog open(TopicPartition partition, TopicId topicId, LogConfig config) {
        Disk disk = disks.size() == 1 ? disks.getFirst() : placed.computeIfAbsent(partition, _ -> emptiest());
        return disk.directory().open(partition, topicId, config);
    }

    /// As [LogDirectory#giveUpDamaged], on the partition's disk.
    void giveUpDamaged(TopicPartition partition, DamageException damage, boolean isCompacted) {
        Disk disk = placed.get(partition);
        (disk == null ? disks.getFirst() : disk).directory().giveUpDamaged(partition, damage, isCompacted);
    }

    public DiskLoop diskOf(TopicPartition partition) {
        Disk disk = placed.get(partition);
        return disk == null ? disks.getFirst().loop() : disk.loop();
    }

    /// Renames the folders found at start that are not partitions of the metadata.
    ///
    /// @return what was set aside
    /// @throws io.millrace.log.disk.StorageException when a disk refuses
    List<LogDirectory.Found> setStraysAside(Predicate<LogDirectory.Found> isKnown) {
        List<LogDirectory.Found> strays = new ArrayList<>();
        for (Disk disk : disks) {
            List<LogDirectory.Found> here = disk.directory().setStraysAside(isKnown);
            here.forEach(stray -> placed.remove(stray.partition(), disk));
            strays.addAll(here);
        }
        return strays;
    }

    /// Deletes the folders found at start of partitions that were deleted meanwhile.
    ///
    /// @throws io.millrace.log.disk.StorageException when a disk refuses
    List<LogDirectory.Found> deleteFound(Predicate<LogDirectory.Found> isDeleted) {
        List<LogDirectory.Found> gone = new ArrayList<>();
        for (Disk disk : disks) {
            List<LogDirectory.Found> here = disk.directory().deleteFound(isDeleted);
            here.forEach(folder -> placed.remove(folder.partition(), disk));
            gone.addAll(here);
        }
        return gone;
    }

    /// Folders no metadata knows, which are kept until an operator removes them.
    public int strayCount() {
        return disks.stream().mapToInt(disk -> disk.directory().strayCount()).sum();
    }

    /// Segment files open at this moment.
    public int openFiles() {
        return disks.stream().mapToInt(disk -> disk.directory().openFiles()).sum();
    }

    /// Flush jobs that may run at once, over all disks.
    public int flushThreads() {
        return disks.stream().mapToInt(disk -> disk.loop().flushThreads()).sum();
    }

    void forget(TopicPartition partition) {
        placed.remove(partition);
    }

    private Disk emptiest() {
        Map<Disk, Integer> counts = new HashMap<>();
        placed.values().forEach(disk -> counts.merge(disk, 1, Integer::sum));
        return disks.stream()
                .min(Comparator.comparingInt(disk -> counts.getOrDefault(disk, 0)))
                .orElseThrow();
    }

    /// Collects sizes from every owner, then answers on `home`.
    ///
    /// @param cordoned whether the node gets no new replicas
    void describe(PartitionHosts hosts, Loop home, boolean cordoned, Consumer<List<LogDirectoryView>> reply) {
        Map<Disk, List<ReplicaView>> replicas = new HashMap<>();
        List<PartitionHost> remaining = new ArrayList<>(hosts.all());
        collect(remaining, replicas, home, cordoned, reply);
    }

    private void collect(
            List<PartitionHost> remaining,
            Map<Disk, List<ReplicaView>> replicas,
            Loop home,
            boolean cordoned,
            Consumer<List<LogDirectoryView>> reply) {
        if (remaining.isEmpty()) {
            // How full a disk is only the file system knows: no loop waits for it.
            disks.getFirst().loop().read(() -> {
                List<LogDirectoryView> views = views(replicas, cordoned);
                home.post(() -> reply.accept(views));
            });
            return;
        }
        PartitionHost host = remaining.removeLast();
        host.loop()
                .run(() -> PartitionWalk.over(
                        host,
                        partition -> {
                            Disk disk = placed.getOrDefault(partition.id(), disks.getFirst());
                            replicas.computeIfAbsent(disk, _ -> new ArrayList<>())
                                    .add(view(partition));
                        },
                        () -> collect(remaining, replicas, home, cordoned, reply)));
    }

    private static ReplicaView view(Partition partition) {
        return new ReplicaView(partition.id(), partition.log().sizeBytes(), partition.offsetLag(), false);
    }

    private List<LogDirectoryView> views(Map<Disk, List<ReplicaView>> replicas, boolean cordoned) {
        List<LogDirectoryView> views = new ArrayList<>();
        for (Disk disk : disks) {
            List<ReplicaView> held = replicas.getOrDefault(disk, List.of()).stream()
                    .sorted(Comparator.comparing(ReplicaView::partition))
                    .toList();
            views.add(view(disk.directory(), cordoned, held));
        }
        return views;
    }

    private static LogDirectoryView view(LogDirectory directory, boolean cordoned, List<ReplicaView> held) {
        try {
            return new LogDirectoryView(
                    directory.path(), ErrorKind.NONE, directory.totalBytes(), directory.usableBytes(), cordoned, held);
        } catch (StorageException refused) {
            return new LogDirectoryView(directory.path(), ErrorKind.STORAGE_ERROR, -1, -1, cordoned, held);
        }
    }
}
