package io.millrace.log;

import io.millrace.log.config.LogConfig;
import io.millrace.log.disk.DamageException;
import io.millrace.log.disk.Disk;
import io.millrace.log.disk.FileCache;
import io.millrace.log.disk.FileContents;
import io.millrace.log.disk.StorageException;
import io.millrace.model.Randomness;
import io.millrace.model.TopicId;
import io.millrace.model.TopicPartition;
import java.io.IOException;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;

/// One log directory (usually one disk): its lock, identity, checkpoints, clean-shutdown marker and partition folders,
/// laid out as Kafka 4.4 lays them out.
///
/// Owned by: start-up and shutdown; [#open] and what logs call may be called by any loop for partitions it owns, also
/// in parallel: what is shared by all logs is kept in [OpenLogs], [FoundFolders], [Checkpoints] and [DeletionQueue],
/// each with a monitor of its own that is never held during I/O on a log. A partition that never saw a batch needs no
/// folder: it is made with the first write.
public final class LogDirectory {
    private static final String LOCK = ".lock";
    private static final String CLEAN_SHUTDOWN = ".kafka_cleanshutdown";

    private final Disk disk;
    private final String path;
    private final FileCache cache;
    private final Disk.Lock lock;
    private DirectoryIdentity identity;
    private final Randomness randomness;
    private final boolean clean;
    private final FoundFolders found;
    private final Checkpoints checkpoints;
    private final OpenLogs logs = new OpenLogs();
    private final DeletionQueue deletions;
    private final FolderMoves moves;

    private LogDirectory(Disk disk, String path, Settings settings, Randomness randomness, Disk.Lock lock)
            throws IOException {
        this.disk = disk;
        this.path = path;
        this.lock = lock;
        this.randomness = randomness;
        this.cache = new FileCache(disk, settings.openFilesMax());
        this.identity = DirectoryIdentity.establish(disk, path, settings.nodeId(), settings.clusterId(), randomness);
        this.checkpoints = new Checkpoints(disk, path);
        this.clean = disk.exists(path + "/" + CLEAN_SHUTDOWN);
        this.deletions = new DeletionQueue(disk);
        this.found = new FoundFolders(disk, path);
        this.moves =
                new FolderMoves(disk, path, randomness, new FolderMoves.Known(found, checkpoints, logs, deletions));
        found.deletedNames().forEach(name -> deletions.addFolder(path + "/" + name));
        // Deleted, and perhaps the last run did not come to tell the checkpoints.
        found.deletedPartitions().forEach(checkpoints::forget);
        checkpoints.keepCleaned(found().stream().map(Found::partition).toList());
        disk.delete(path + "/" + CLEAN_SHUTDOWN);
        disk.syncFolder(path);
    }

    /// @param clusterId the cluster the directory belongs to, or is given to when it is new; empty to take whatever it
    ///     belongs to, which may be none yet
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
            throw StorageException.refused("can not open log directory", path, e);
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

    public String path() {
        return path;
    }

    /// This directory's random identity (KIP-858): a wiped disk comes back as somebody else.
    public TopicId directoryId() {
        return identity.directoryId();
    }

    /// Empty as long as the directory belongs to no cluster.
    public String clusterId() {
        return identity.clusterId();
    }

    /// Gives a directory that belongs to no cluster to one, for good. Called at start-up, before any log is opened.
    ///
    /// @throws StorageException when it belongs to another one, or the disk refuses
    public void joinCluster(String clusterId) {
        try {
            identity = DirectoryIdentity.establish(disk, path, identity.nodeId(), clusterId, randomness);
        } catch (IOException e) {
            throw StorageException.refused("can not note the cluster of", path, e);
        }
    }

    /// What is in the directory is not what was last in it under this identity: it gets another one, and is from now on
    /// like a disk that came back without what it had. Called at start-up, before any log is opened.
    ///
    /// @throws StorageException when the disk refuses
    public void renew() {
        try {
            identity = identity.renewed(disk, path, randomness);
        } catch (IOException e) {
            throw StorageException.refused("can not give another identity to", path, e);
        }
    }

    /// Whether the last shutdown was clean, so that logs open without being scanned.
    public boolean wasClean() {
        return clean;
    }

    /// Folders found at start that nobody opened or set aside since, with the topic id each one carries
    /// (`partition.metadata`). Folders marked `-delete` are being removed.
    public List<Found> found() {
        return found.unopened(_ -> true);
    }

    /// How many folders of this directory are set aside (`*-stray`): nobody deletes them but an operator. May be asked
    /// from any thread.
    public int strayCount() {
        return found.strayCount();
    }

    /// Opens the log of a partition: recovers it when the last shutdown was not clean, creates it lazily when there is
    /// no folder. A folder of another topic that had this name is moved out of the way first.
    ///
    /// @throws StorageException when the folder can not be read, or the log is open or being deleted
    public PartitionLog open(TopicPartition partition, TopicId topicId, LogConfig config) {
        boolean trusted = logs.beginOpening(partition);
        try {
            Optional<Found> entry = found.take(partition);
            Optional<TopicId> carried = moves.clearTheWay(partition, topicId, entry);
            PartitionLog log = load(partition, topicId, config, carried, trusted && (clean || entry.isEmpty()));
            logs.opened(log);
            return log;
        } catch (IOException e) {
            throw new StorageException("can not open " + path + "/" + partition + ": " + e.getMessage(), e);
        } finally {
            logs.endTransit(partition);
        }
    }

    /// Renames to `*-stray`, as Kafka does, every folder found at start that was not opened and belongs to no partition
    /// the metadata knows. Nothing in them is deleted: that is for whoever knows why the metadata does not.
    ///
    /// @return the folders set aside, by their old names
    /// @throws StorageException when the disk refuses
    public List<Found> setStraysAside(Predicate<Found> isKnown) {
        return moves.setStraysAside(isKnown);
    }

    /// Makes way for the next [#open] of a log that was found damaged and is in sync elsewhere: that keeps what is
    /// sound up to the first batch that is not, and whoever follows gets the rest again. Of a compacted log nothing is
    /// kept: a tombstone that others have removed since would be missing behind what it stood for. Blocks.
    ///
    /// @throws StorageException when the disk refuses
    public void giveUpDamaged(TopicPartition partition, DamageException damage, boolean isCompacted) {
        moves.giveUpDamaged(partition, damage, isCompacted);
    }

    /// A log is deleted: its folder goes, and nobody can open the partition until it has.
    void delete(PartitionLog log, PartitionFolder folder) {
        moves.delete(log, folder);
    }

    /// Deletes every folder found at start, and not opened, of a partition that the metadata says is deleted: the
    /// deletion came while this node was down. Called before any log is opened.
    ///
    /// @return the folders that are on their way out, by their old names
    /// @throws StorageException when the disk refuses
    public List<Found> deleteFound(Predicate<Found> isDeleted) {
        return moves.deleteFound(isDeleted);
    }

    /// Whether a replica of this partition can come here from another directory: its name leaves room for the mark.
    public static boolean canMove(TopicPartition partition) {
        return FolderName.hasFuture(partition);
    }

    /// Replicas that were on their way here when the last run ended, and nobody has decided about.
    public List<Found> futures() {
        return found.futures();
    }

    /// Makes room for a replica that is to come here from another directory of the node (KIP-113); the folder stands
    /// for the wish, also after a restart. Blocks.
    ///
    /// @throws StorageException when the disk refuses
    public Found beginFuture(TopicPartition partition, TopicId topicId) {
        try {
            return new Found(partition, topicId, moves.beginFuture(partition, topicId));
        } catch (IOException e) {
            throw new StorageException("can not make room for " + partition + " in " + path, e);
        }
    }

    /// Opens the log of a replica on its way here. While the partition's own log is in another directory this one has
    /// its place here. Blocks.
    ///
    /// @throws StorageException when the folder can not be read
    public PartitionLog openFuture(Found future, LogConfig config) {
        TopicPartition partition = future.partition();
        boolean isTrusted = logs.beginOpening(partition);
        boolean isOld = found.futures().contains(future);
        try {
            PartitionFolder folder = new PartitionFolder(disk, path, future.folder(), future.topicId(), true);
            folder.distrustNames();
            PartitionLog log = load(partition, folder, config, isTrusted && (clean || !isOld));
            found.takeFuture(future);
            logs.opened(log);
            return log;
        } catch (IOException e) {
            throw new StorageException("can not open " + path + "/" + future.folder() + ": " + e.getMessage(), e);
        } finally {
            logs.endTransit(partition);
        }
    }

    /// A replica that was to come here is not wanted any more; its log is not open. Blocks.
    ///
    /// @throws StorageException when the disk refuses
    public void dropFuture(Found future) {
        try {
            moves.dropFuture(future, false);
        } catch (IOException e) {
            throw new StorageException("can not drop " + path + "/" + future.folder(), e);
        }
    }

    FolderMoves moves() {
        return moves;
    }

    FoundFolders folders() {
        return found;
    }

    Disk disk() {
        return disk;
    }

    /// Notes what another directory knows of a log that is about to go on here. Blocks.
    void noteMove(TopicPartition partition, long highWatermark, long cleanedUpTo) {
        checkpoints.noteHighWatermark(partition, highWatermark);
        checkpoints.write();
        if (cleanedUpTo > 0) {
            checkpoints.noteCleaned(partition, cleanedUpTo);
            checkpoints.writeCleaned();
        }
    }

    /// What a log is made of that goes on here, closed in order. Blocks.
    LogLoader.Loaded loadMoved(TopicPartition partition, PartitionFolder folder, LogConfig config, long start)
            throws IOException {
        return new LogLoader(cache, folder, partition, config, true, 0).load(start);
    }

    /// A log goes on here.
    void arrived(PartitionLog log) {
        logs.opened(log);
    }

    private PartitionLog load(
            TopicPartition partition, TopicId topicId, LogConfig config, Optional<TopicId> carried, boolean trusted)
            throws IOException {
        PartitionFolder folder = new PartitionFolder(disk, path, partition.toString(), topicId, carried.isPresent());
        if (carried.isPresent() && carried.get().isNone()) {
            folder.nameless();
        }
        return load(partition, folder, config, trusted);
    }

    private PartitionLog load(TopicPartition partition, PartitionFolder folder, LogConfig config, boolean trusted)
            throws IOException {
        long recoveryPoint = checkpoints.recoveryPoint(partition);
        LogLoader.Loaded loaded = new LogLoader(cache, folder, partition, config, trusted, recoveryPoint)
                .load(checkpoints.startOffset(partition));
        return new PartitionLog(this, partition, config, folder, loaded);
    }

    /// Writes the checkpoints (`recovery-point-offset-checkpoint`, `log-start-offset-checkpoint`,
    /// `replication-offset-checkpoint`). Blocks; may be called from any thread.
    ///
    /// @throws StorageException when the disk refuses
    public void checkpoint(Map<TopicPartition, Long> highWatermarksNow) {
        logs.forEach(log -> {
            remember(log);
            Long highWatermark = highWatermarksNow.get(log.partition());
            if (highWatermark != null) {
                checkpoints.noteHighWatermark(log.partition(), highWatermark);
            }
        });
        checkpoints.write();
    }

    /// As far as the checkpoint on disk knows.
    long checkpointedRecoveryPoint(TopicPartition partition) {
        return checkpoints.writtenRecoveryPoint(partition);
    }

    /// Up to where a log was compacted, 0 when it never was.
    long cleanedUpTo(TopicPartition partition) {
        return checkpoints.cleanedUpTo(partition);
    }

    /// A round of cleaning ended: notes up to where, on disk (`cleaner-offset-checkpoint`), unless the log is gone: the
    /// partition may be another topic's by now. Blocks; may be called from any thread.
    ///
    /// @throws StorageException when the disk refuses
    void cleaned(PartitionLog log, long offset) {
        if (logs.ifOpen(log, () -> checkpoints.noteCleaned(log.partition(), offset))) {
            checkpoints.writeCleaned();
        }
    }

    /// Makes the first offsets of logs durable (`log-start-offset-checkpoint`): a restart does not bring back what is
    /// below. One write for all of them, and of the offsets of all other partitions with it, so whoever has many asks
    /// for many at once. Blocks; may be called from any thread.
    ///
    /// @return those of `logs` that are still their partition's
    /// @throws StorageException when the disk refuses
    public Set<PartitionLog> checkpointStarts(Collection<PartitionLog> those) {
        Set<PartitionLog> open = new HashSet<>();
        for (PartitionLog log : those) {
            if (logs.ifOpen(log, () -> remember(log))) {
                open.add(log);
            }
        }
        if (!open.isEmpty()) {
            checkpoints.writeStarts();
        }
        return open;
    }

    private void remember(PartitionLog log) {
        checkpoints.note(log.partition(), log.recoveryPoint(), log.startOffset());
    }

    /// A partition's high watermark as last checkpointed, 0 when none was.
    public long highWatermark(TopicPartition partition) {
        return checkpoints.highWatermark(partition);
    }

    /// High watermarks as last checkpointed.
    public Map<TopicPartition, Long> highWatermarks() {
        return checkpoints.highWatermarks();
    }

    /// A log is about to be cut: should the machine stop half way, the next start must not look for what is gone.
    void lowerCheckpoints(TopicPartition partition, long offset) {
        checkpoints.lower(partition, offset);
    }

    /// A log begins anew, without a batch, at an offset that a restart must know. Blocks.
    void checkpointStart(TopicPartition partition, long offset) {
        checkpoints.noteStart(partition, offset);
        checkpoints.writeStarts();
    }

    void closed(PartitionLog log, boolean cleanly) {
        logs.closed(log, cleanly, () -> remember(log));
    }

    void deleteLater(List<String> files, long dueMs) {
        deletions.add(files, dueMs);
    }

    /// Closes files nobody uses any more, and removes files and folders whose time has come. Blocks; call it now and
    /// then from a thread that may.
    ///
    /// @return how many files and folders could not be removed and stay for the next sweep
    public int sweep(long nowMs) {
        if (deletions.isEnded()) {
            return 0;
        }
        cache.closeUnused(nowMs);
        try {
            // A folder on its way out is the sign at the next start that its partition's lines hold no more.
            checkpoints.writeForgotten();
        } catch (StorageException full) {
            return deletions.sweepContents(nowMs);
        }
        return deletions.sweep(nowMs);
    }

    /// The directory is about to be closed: sweeps do nothing from now on, and one under way ends after the file it is
    /// at. What is left goes after the next start. May be called from any thread.
    public void endSweeps() {
        deletions.end();
    }

    /// Whether the disk has room for records at all. Blocks shortly; may be called from any thread.
    public boolean takesRecords() {
        try {
            disk.claim(path, 0);
            return true;
        } catch (IOException full) {
            return false;
        }
    }

    /// Whether there is little room for records, or none. May be asked often, by any thread.
    public boolean isShort() {
        return disk.isShort();
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
        boolean allClosed = logs.allClosedCleanly() && (clean || found.isAllOpened());
        checkpoints
                .partitions()
                .forEach(partition -> checkpoints.noteHighWatermark(partition, highWatermark.apply(partition)));
        try {
            checkpoints.write();
            if (allClosed) {
                FileContents.replaceDurably(
                        disk, path, CLEAN_SHUTDOWN, FileContents.ofText("{\"version\":0,\"brokerEpoch\":-1}"));
            }
        } catch (IOException e) {
            throw new StorageException("can not mark the shutdown of " + path + " clean: " + e.getMessage(), e);
        } finally {
            release();
        }
    }

    private void release() {
        try {
            lock.release();
        } catch (IOException e) {
            throw new StorageException("can not let go of " + path, e);
        }
    }

    /// @param folder the folder's name
    public record Found(TopicPartition partition, TopicId topicId, String folder) {}
}
