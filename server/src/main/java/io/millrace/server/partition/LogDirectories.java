package io.millrace.server.partition;

import io.millrace.broker.partition.Partitions.LogDirectoryView;
import io.millrace.broker.partition.Partitions.ReplicaView;
import io.millrace.cluster.replica.Partition;
import io.millrace.log.FutureFate;
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
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The node's disks: each log directory with the threads that wait for it, and which partition lives where.
///
/// May be called from any thread: opening and closing partitions is rare.
public final class LogDirectories {
    private static final Logger LOG = LoggerFactory.getLogger(LogDirectories.class);
    /// Partitions that do not exist can be wished for, too.
    private static final int WISHES_MAX = 100_000;

    private final List<Disk> disks;
    /// Empty on a node with one disk.
    private final RefusedLogs refused = new RefusedLogs();
    private final Map<TopicPartition, Disk> placed = new ConcurrentHashMap<>();
    /// Where partitions are to go that are not here yet.
    private final Map<TopicPartition, Disk> wished = new ConcurrentHashMap<>();
    /// Copies that the last run had begun, and nobody has gone on with.
    private final Map<TopicPartition, Coming> coming = new ConcurrentHashMap<>();

    /// A replica on its way to another disk.
    record Coming(Disk disk, LogDirectory.Found folder) {}

    /// One log directory with its threads.
    public record Disk(LogDirectory directory, DiskLoop loop) {}

    public LogDirectories(List<Disk> disks) {
        this.disks = List.copyOf(disks);
        FutureFate.settle(disks.stream().map(Disk::directory).toList()).forEach(this::settled);
        if (disks.size() > 1) {
            for (Disk disk : disks) {
                disk.directory().found().forEach(found -> placed.put(found.partition(), disk));
            }
        }
    }

    private void settled(FutureFate.Decided decided) {
        TopicPartition partition = decided.future().partition();
        LOG.info(
                "event=log-move-found partition={} directory={} fate={}",
                partition,
                decided.directory().path(),
                decided.fate());
        Disk disk = disks.stream()
                .filter(one -> one.directory() == decided.directory())
                .findFirst()
                .orElseThrow();
        switch (decided.fate()) {
            case RESUMED -> coming.put(partition, new Coming(disk, decided.future()));
            case DROPPED -> wished.put(partition, disk); // in case it is nowhere, having no records
            case PROMOTED, SET_ASIDE -> {}
        }
    }

    public List<Disk> all() {
        return disks;
    }

    /// The disk whose folder an operator calls so.
    Optional<Disk> find(String path) {
        Path wanted;
        try {
            wanted = absolute(path);
        } catch (InvalidPathException unspeakable) {
            return Optional.empty();
        }
        return disks.stream()
                .filter(disk -> absolute(disk.directory().path()).equals(wanted))
                .findFirst();
    }

    private static Path absolute(String path) {
        return Path.of(path).toAbsolutePath().normalize();
    }

    /// A partition that is not here yet is to be on this disk, as long as this process lives.
    void wish(TopicPartition partition, Disk disk) {
        if (wished.size() < WISHES_MAX || wished.containsKey(partition)) {
            wished.put(partition, disk);
        }
    }

    /// A copy of this partition that is to go on; whoever asks does so.
    Optional<Coming> coming(TopicPartition partition, TopicId topicId) {
        Coming found = coming.remove(partition);
        if (found == null) {
            return Optional.empty();
        }
        if (found.folder().topicId().equals(topicId)) {
            return Optional.of(found);
        }
        drop(found); // of a topic that had this name
        return Optional.empty();
    }

    /// Copies of partitions that the metadata does not know are of no use.
    void dropComing(Predicate<LogDirectory.Found> isKnown) {
        coming.values().removeIf(one -> {
            boolean isToGo = !isKnown.test(one.folder());
            if (isToGo) {
                drop(one);
            }
            return isToGo;
        });
    }

    private static void drop(Coming one) {
        try {
            one.disk().directory().dropFuture(one.folder());
        } catch (StorageException refused) {
            LOG.error("event=log-move-remains reason=\"{}\"", refused.getMessage(), refused);
        }
    }

    /// A log has changed over.
    void moved(TopicPartition partition, Disk disk) {
        placed.put(partition, disk);
    }

    /// Logs that could not be opened.
    RefusedLogs refused() {
        return refused;
    }

    /// Opens a partition's log where it lies, or, when it is new, on the disk somebody wished it to be on, else on the
    /// one that holds the fewest partitions.
    ///
    /// @param cordoned folders that get no new ones, as long as there are others
    public PartitionLog open(TopicPartition partition, TopicId topicId, LogConfig config, Set<String> cordoned) {
        Disk disk = disks.size() == 1
                ? disks.getFirst()
                : placed.computeIfAbsent(partition, _ -> choose(partition, cordoned));
        wished.remove(partition);
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

    private Disk choose(TopicPartition partition, Set<String> cordoned) {
        Disk wish = wished.get(partition);
        if (wish != null) {
            return wish;
        }
        List<Disk> open =
                disks.stream().filter(disk -> !isCordoned(disk, cordoned)).toList();
        return emptiest(open.isEmpty() ? disks : open);
    }

    /// @param cordoned paths as the node's settings have them
    static boolean isCordoned(Disk disk, Set<String> cordoned) {
        return cordoned.contains(disk.directory().path());
    }

    private Disk emptiest(List<Disk> among) {
        Map<Disk, Integer> counts = new HashMap<>();
        placed.values().forEach(disk -> counts.merge(disk, 1, Integer::sum));
        return among.stream()
                .min(Comparator.comparingInt(disk -> counts.getOrDefault(disk, 0)))
                .orElseThrow();
    }

    /// Collects sizes from every owner, then answers on `home`.
    ///
    /// @param cordoned which disks get no new replicas
    void describe(PartitionHosts hosts, Loop home, Predicate<Disk> cordoned, Consumer<List<LogDirectoryView>> reply) {
        Map<Disk, List<ReplicaView>> replicas = new HashMap<>();
        List<PartitionHost> remaining = new ArrayList<>(hosts.all());
        collect(remaining, replicas, home, cordoned, reply);
    }

    private void collect(
            List<PartitionHost> remaining,
            Map<Disk, List<ReplicaView>> replicas,
            Loop home,
            Predicate<Disk> cordoned,
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
                        partition -> view(host, partition, replicas),
                        () -> collect(remaining, replicas, home, cordoned, reply)));
    }

    private void view(PartitionHost host, Partition partition, Map<Disk, List<ReplicaView>> replicas) {
        Disk disk = placed.getOrDefault(partition.id(), disks.getFirst());
        replicas.computeIfAbsent(disk, _ -> new ArrayList<>())
                .add(new ReplicaView(partition.id(), partition.log().sizeBytes(), partition.offsetLag(), false));
        Hosted hosted = host.hosted(partition.id());
        LogMove move = hosted == null ? null : hosted.move;
        if (move != null && !move.isEnding()) {
            replicas.computeIfAbsent(move.target(), _ -> new ArrayList<>())
                    .add(new ReplicaView(partition.id(), move.sizeBytes(), move.lag(), true));
        }
    }

    /// Whether a disk has little room for records, or none. May be asked often.
    public boolean isAnyShort() {
        for (Disk disk : disks) {
            if (disk.directory().isShort()) {
                return true;
            }
        }
        return false;
    }

    /// What the fullest disk has left; 0 when it does not say.
    public long usableBytes() {
        return disks.stream()
                .mapToLong(disk -> view(disk.directory(), false, List.of()).usableBytes())
                .map(bytes -> Math.max(0, bytes))
                .min()
                .orElse(0);
    }

    private List<LogDirectoryView> views(Map<Disk, List<ReplicaView>> replicas, Predicate<Disk> cordoned) {
        List<LogDirectoryView> views = new ArrayList<>();
        for (Disk disk : disks) {
            List<ReplicaView> held = replicas.getOrDefault(disk, List.of()).stream()
                    .sorted(Comparator.comparing(ReplicaView::partition))
                    .toList();
            views.add(view(disk.directory(), cordoned.test(disk), held));
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
