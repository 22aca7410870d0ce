package io.millrace.log;

import io.millrace.log.config.LogConfig;
import io.millrace.log.disk.Disk;
import io.millrace.log.disk.FileCache;
import io.millrace.log.disk.FileContents;
import io.millrace.log.disk.StorageException;
import io.millrace.model.Randomness;
import io.millrace.model.TopicId;
import io.millrace.model.TopicPartition;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;

/// One log directory (usually one disk): its lock, identity, checkpoints, clean-shutdown marker and partition folders,
/// laid out as Kafka 4.4 lays them out.
///
/// Owned by: start-up and shutdown; [#open] and what logs call may be called by any loop for partitions it owns, also
/// in parallel: the small tables shared by all logs are behind this object's monitor, which is never held during I/O on
/// a log. A partition that never saw a batch needs no folder: it is made with the first write.
public final class LogDirectory {
    private static final String LOCK = ".lock";
    private static final String CLEAN_SHUTDOWN = ".kafka_cleanshutdown";

    private final Disk disk;
    private final String path;
    private final FileCache cache;
    private final Disk.Lock lock;
    private final DirectoryIdentity identity;
    private final Randomness randomness;
    private final boolean clean;
    private final List<Found> found;
    private final Map<TopicPartition, Found> foundByPartition = new HashMap<>();
    private final Map<TopicPartition, Long> highWatermarks;
    private final Map<TopicPartition, Long> recoveryPoints;
    private final Map<TopicPartition, Long> startOffsets;
    private final Map<TopicPartition, PartitionLog> openLogs = new HashMap<>();
    private final DeletionQueue deletions;
    private final Set<TopicPartition> distrusted = new HashSet<>();
    private final Object checkpointing = new Object();
    private Map<TopicPartition, Long> writtenRecoveryPoints;
    private final Map<TopicPartition, Long> cleanedUpTo;

    private LogDirectory(Disk disk, String path, Settings settings, Randomness randomness, Disk.Lock lock)
            throws IOException {
        this.disk = disk;
        this.path = path;
        this.lock = lock;
        this.randomness = randomness;
        this.cache = new FileCache(disk, settings.openFilesMax());
        this.identity = DirectoryIdentity.establish(disk, path, settings.nodeId(), settings.clusterId(), randomness);
        this.highWatermarks = OffsetCheckpoint.read(disk, path, OffsetCheckpoint.HIGH_WATERMARKS);
        this.recoveryPoints = OffsetCheckpoint.read(disk, path, OffsetCheckpoint.RECOVERY_POINTS);
        this.writtenRecoveryPoints = Map.copyOf(recoveryPoints);
        this.startOffsets = OffsetCheckpoint.read(disk, path, OffsetCheckpoint.START_OFFSETS);
        this.cleanedUpTo = OffsetCheckpoint.readIfSound(disk, path, OffsetCheckpoint.CLEANED);
        this.clean = disk.exists(path + "/" + CLEAN_SHUTDOWN);
        this.deletions = new DeletionQueue(disk);
        this.found = scan();
        cleanedUpTo.keySet().retainAll(foundByPartition.keySet());
        disk.delete(path + "/" + CLEAN_SHUTDOWN);
        disk.syncFolder(path);
    }

    /// @param clusterId the cluster the directory belongs to, or is given to when it is new
    /// @param openFilesMax how many segment files are kept open
    public record Settings(int nodeId, String clusterId, int openFilesMax) {}

    /// Takes the directory, made if need be.
    ///
    /// @throws StorageException when another process has it, it belongs to another node, or the disk refuses
    public static LogDirectory open(Disk disk, String path, Settings settings, Randomness randomness) {
        try {
            FileContents.createFolderDurably(disk, path);
            Disk.Lock lock = disk.lock(path + "/" + LOCK)
                    .orElseThrow(() -> new StorageException(
                            path + " is in use by another process (it holds " + path + "/" + LOCK + ")"));
            return openLocked(disk, path, settings, randomness, lock);
        } catch (IOException e) {
            throw new StorageException("can not open log directory " + path + ": " + e.getMessage(), e);
        }
    }

    private static LogDirectory openLocked(
            Disk disk, String path, Settings settings, Randomness randomness, Disk.Lock lock) throws IOException {
        boolean opened = false;
        try {
            LogDirectory directory = new LogDirectory(disk, path, settings, randomness, lock);
            opened = true;
            return directory;
        } finally {
            if (!opened) {
                lock.release();
            }
        }
    }

    private List<Found> scan() throws IOException {
        List<Found> folders = new ArrayList<>();
        for (String name : disk.list(path)) {
            if (FolderName.isDeleted(name)) {
                deletions.addFolder(path + "/" + name);
                continue;
            }
            Optional<TopicPartition> partition = FolderName.parse(name);
            if (partition.isPresent()) {
                TopicId id = PartitionFolder.readTopicId(disk, path + "/" + name);
                Found entry = new Found(partition.get(), id, name);
                folders.add(entry);
                foundByPartition.put(partition.get(), entry);
            }
        }
        return List.copyOf(folders);
    }

    public String path() {
        return path;
    }

    /// This directory's random identity (KIP-858): a wiped disk comes back as somebody else.
    public TopicId directoryId() {
        return identity.directoryId();
    }

    public String clusterId() {
        return identity.clusterId();
    }

    /// Whether the last shutdown was clean, so that logs open without being scanned.
    public boolean wasClean() {
        return clean;
    }

    /// Folders found at start, with the topic id each one carries (`partition.metadata`). Folders marked `-delete` are
    /// being removed.
    public List<Found> found() {
        return found;
    }

    /// Opens the log of a partition: recovers it when the last shutdown was not clean, creates it lazily when there is
    /// no folder.
    ///
    /// @throws StorageException when the folder can not be read
    public PartitionLog open(TopicPartition partition, TopicId topicId, LogConfig config) {
        long recoveryPoint;
        long startOffset;
        boolean exists;
        boolean trusted;
        synchronized (this) {
            if (openLogs.containsKey(partition)) {
                throw new StorageException("the log of " + partition + " is open already");
            }
            Found entry = foundByPartition.remove(partition);
            exists = entry != null || disk.exists(path + "/" + partition);
            // A log closed and opened again within one run was closed cleanly, unless it said otherwise.
            trusted = (clean || entry == null) && !distrusted.contains(partition);
            recoveryPoint = recoveryPoints.getOrDefault(partition, 0L);
            startOffset = startOffsets.getOrDefault(partition, 0L);
        }
        synchronized (this) {
            // Until it is open: should that fail, nobody may trust it the next time.
            distrusted.add(partition);
        }
        PartitionLog log = load(partition, topicId, config, exists, trusted, recoveryPoint, startOffset);
        synchronized (this) {
            openLogs.put(partition, log);
            distrusted.remove(partition);
        }
        return log;
    }

    private PartitionLog load(
            TopicPartition partition,
            TopicId topicId,
            LogConfig config,
            boolean exists,
            boolean trusted,
            long recoveryPoint,
            long startOffset) {
        PartitionFolder folder = new PartitionFolder(disk, path, partition.toString(), topicId, exists);
        try {
            LogLoader.Loaded loaded =
                    new LogLoader(cache, folder, partition, config, trusted, recoveryPoint).load(startOffset);
            long durable = trusted ? loaded.endOffset() : recoveryPoint;
            return new PartitionLog(this, partition, topicId, config, cache, folder, loaded, durable);
        } catch (IOException e) {
            throw new StorageException("can not open " + folder.path() + ": " + e.getMessage(), e);
        }
    }

    /// Writes the checkpoints (`recovery-point-offset-checkpoint`, `log-start-offset-checkpoint`,
    /// `replication-offset-checkpoint`). Blocks; may be called from any thread.
    ///
    /// @throws StorageException when the disk refuses
    public void checkpoint(Map<TopicPartition, Long> highWatermarksNow) {
        synchronized (this) {
            highWatermarks.putAll(highWatermarksNow);
            openLogs.values().forEach(this::remember);
        }
        writeCheckpoints();
    }

    /// As far as the checkpoint on disk knows.
    long checkpointedRecoveryPoint(TopicPartition partition) {
        synchronized (checkpointing) {
            return writtenRecoveryPoints.getOrDefault(partition, 0L);
        }
    }

    /// Up to where a log was compacted, 0 when it never was.
    synchronized long cleanedUpTo(TopicPartition partition) {
        return cleanedUpTo.getOrDefault(partition, 0L);
    }

    /// A round of cleaning ended: notes up to where, on disk (`cleaner-offset-checkpoint`). Blocks; may be called from
    /// any thread.
    ///
    /// @throws StorageException when the disk refuses
    public void cleaned(TopicPartition partition, long offset) {
        synchronized (this) {
            if (!openLogs.containsKey(partition)) {
                return;
            }
            cleanedUpTo.put(partition, offset);
        }
        writeCleaned();
    }

    private void writeCleaned() {
        synchronized (checkpointing) {
            Map<TopicPartition, Long> cleaned;
            synchronized (this) {
                cleaned = new TreeMap<>(cleanedUpTo);
            }
            try {
                OffsetCheckpoint.write(disk, path, OffsetCheckpoint.CLEANED, cleaned);
            } catch (IOException e) {
                throw new StorageException("can not write the cleaner's checkpoint of " + path, e);
            }
        }
    }

    private void remember(PartitionLog log) {
        recoveryPoints.put(log.partition(), log.recoveryPoint());
        startOffsets.put(log.partition(), log.startOffset());
    }

    private void writeCheckpoints() {
        // One writer at a time, and never an older state over a newer one; logs are not held up meanwhile.
        synchronized (checkpointing) {
            Map<TopicPartition, Long> recovery;
            Map<TopicPartition, Long> starts;
            Map<TopicPartition, Long> watermarks;
            synchronized (this) {
                recovery = new TreeMap<>(recoveryPoints);
                starts = new TreeMap<>(startOffsets);
                watermarks = new TreeMap<>(highWatermarks);
            }
            try {
                OffsetCheckpoint.write(disk, path, OffsetCheckpoint.RECOVERY_POINTS, recovery);
                writtenRecoveryPoints = recovery;
                OffsetCheckpoint.write(disk, path, OffsetCheckpoint.START_OFFSETS, starts);
                OffsetCheckpoint.write(disk, path, OffsetCheckpoint.HIGH_WATERMARKS, watermarks);
            } catch (IOException e) {
                throw new StorageException("can not write the checkpoints of " + path, e);
            }
        }
    }

    /// High watermarks as last checkpointed.
    public synchronized Map<TopicPartition, Long> highWatermarks() {
        return new TreeMap<>(highWatermarks);
    }

    /// A log is about to be cut: should the machine stop half way, the next start must not look for what is gone.
    void lowerCheckpoints(TopicPartition partition, long offset) {
        boolean lowered;
        boolean wasCleaned;
        synchronized (this) {
            boolean recovery = lower(recoveryPoints, partition, offset);
            boolean start = lower(startOffsets, partition, offset);
            lowered = recovery || start;
            wasCleaned = lower(cleanedUpTo, partition, offset);
        }
        if (wasCleaned) {
            writeCleaned();
        }
        if (lowered) {
            writeCheckpoints();
        }
    }

    private static boolean lower(Map<TopicPartition, Long> offsets, TopicPartition partition, long offset) {
        if (offsets.getOrDefault(partition, 0L) <= offset) {
            return false;
        }
        offsets.put(partition, offset);
        return true;
    }

    synchronized void closed(PartitionLog log, boolean cleanly) {
        if (!cleanly) {
            distrusted.add(log.partition());
        }
        remember(log);
        openLogs.remove(log.partition());
    }

    /// Renames a partition's folder out of the way; its files go with the next sweeps.
    void delete(PartitionLog log, PartitionFolder folder) {
        synchronized (this) {
            openLogs.remove(log.partition());
            recoveryPoints.remove(log.partition());
            startOffsets.remove(log.partition());
            distrusted.remove(log.partition());
            cleanedUpTo.remove(log.partition());
            highWatermarks.remove(log.partition());
        }
        if (!folder.exists()) {
            return;
        }
        String renamed = path + "/" + FolderName.deleted(log.partition(), TopicId.random(randomness));
        try {
            disk.rename(folder.path(), renamed);
        } catch (IOException e) {
            throw new StorageException("can not delete " + folder.path(), e);
        }
        deletions.addFolder(renamed);
    }

    void deleteLater(List<String> files, long dueMs) {
        deletions.add(files, dueMs);
    }

    /// Removes files and folders whose time has come. Blocks; call it now and then from a thread that may.
    ///
    /// @return how many files and folders could not be removed and stay for the next sweep
    public int sweep(long nowMs) {
        return deletions.sweep(nowMs);
    }

    public long totalBytes() {
        try {
            return disk.totalBytes(path);
        } catch (IOException e) {
            throw new StorageException("can not ask for the size of " + path, e);
        }
    }

    public long usableBytes() {
        try {
            return disk.usableBytes(path);
        } catch (IOException e) {
            throw new StorageException("can not ask for the space left at " + path, e);
        }
    }

    /// Open segment files, for metrics.
    public int openFiles() {
        return cache.openFiles();
    }

    /// Marks the shutdown clean, releases the lock. All logs must be closed: if one is not, or could not be, the next
    /// start recovers.
    public void close(Function<TopicPartition, Long> highWatermark) {
        boolean allClosed;
        synchronized (this) {
            allClosed = distrusted.isEmpty() && openLogs.isEmpty() && (clean || foundByPartition.isEmpty());
            for (TopicPartition partition : List.copyOf(recoveryPoints.keySet())) {
                highWatermarks.put(partition, highWatermark.apply(partition));
            }
        }
        try {
            writeCheckpoints();
            if (allClosed) {
                FileContents.replaceDurably(
                        disk, path, CLEAN_SHUTDOWN, FileContents.ofText("{\"version\":0,\"brokerEpoch\":-1}"));
            }
            lock.release();
        } catch (IOException e) {
            throw new StorageException("can not close log directory " + path, e);
        }
    }

    /// @param folder the folder's name
    public record Found(TopicPartition partition, TopicId topicId, String folder) {}
}
