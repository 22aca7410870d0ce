package io.millrace.log;

import io.millrace.log.disk.Disk;
import io.millrace.log.disk.StorageException;
import io.millrace.model.TopicPartition;
import java.io.IOException;
import java.util.Collection;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// What a log directory remembers of its partitions between runs: recovery points, start offsets, high watermarks and
/// how far each was compacted, in Kafka's checkpoint files ([OffsetCheckpoint]).
///
/// The files name partitions, not topics' ids. So that a line never outlives the topic it was written for, a partition
/// that is forgotten in memory stays noted until a file without it is on disk ([#writeForgotten]).
///
/// May be called from any thread: the tables are behind this object's monitor, which is never held during I/O.
final class Checkpoints {
    private final Disk disk;
    private final String path;
    private final Object writing = new Object();
    private final Map<TopicPartition, Long> highWatermarks;
    private final Map<TopicPartition, Long> recoveryPoints;
    private final Map<TopicPartition, Long> startOffsets;
    private final Map<TopicPartition, Long> cleanedUpTo;
    private final Set<TopicPartition> forgotten = new HashSet<>();
    private Map<TopicPartition, Long> writtenRecoveryPoints;
    private Map<TopicPartition, Long> writtenStartOffsets;
    private Map<TopicPartition, Long> writtenCleanedUpTo;

    /// Reads them as the last run left them.
    ///
    /// @throws StorageException when one is damaged that must not be guessed
    Checkpoints(Disk disk, String path) throws IOException {
        this.disk = disk;
        this.path = path;
        this.highWatermarks = OffsetCheckpoint.read(disk, path, OffsetCheckpoint.HIGH_WATERMARKS);
        this.recoveryPoints = OffsetCheckpoint.read(disk, path, OffsetCheckpoint.RECOVERY_POINTS);
        this.startOffsets = OffsetCheckpoint.read(disk, path, OffsetCheckpoint.START_OFFSETS);
        this.cleanedUpTo = OffsetCheckpoint.readIfSound(disk, path, OffsetCheckpoint.CLEANED);
        this.writtenRecoveryPoints = Map.copyOf(recoveryPoints);
        this.writtenStartOffsets = Map.copyOf(startOffsets);
        this.writtenCleanedUpTo = Map.copyOf(cleanedUpTo);
    }

    synchronized long recoveryPoint(TopicPartition partition) {
        return recoveryPoints.getOrDefault(partition, 0L);
    }

    synchronized long startOffset(TopicPartition partition) {
        return startOffsets.getOrDefault(partition, 0L);
    }

    synchronized long cleanedUpTo(TopicPartition partition) {
        return cleanedUpTo.getOrDefault(partition, 0L);
    }

    synchronized long highWatermark(TopicPartition partition) {
        return highWatermarks.getOrDefault(partition, 0L);
    }

    synchronized Map<TopicPartition, Long> highWatermarks() {
        return new TreeMap<>(highWatermarks);
    }

    /// Partitions with a recovery point above 0.
    synchronized Set<TopicPartition> partitions() {
        return Set.copyOf(recoveryPoints.keySet());
    }

    /// As far as the file on disk knows.
    long writtenRecoveryPoint(TopicPartition partition) {
        synchronized (writing) {
            return writtenRecoveryPoints.getOrDefault(partition, 0L);
        }
    }

    synchronized void note(TopicPartition partition, long recoveryPoint, long startOffset) {
        put(recoveryPoints, partition, recoveryPoint);
        put(startOffsets, partition, startOffset);
    }

    synchronized void noteStart(TopicPartition partition, long offset) {
        put(startOffsets, partition, offset);
    }

    synchronized void noteHighWatermark(TopicPartition partition, long offset) {
        put(highWatermarks, partition, offset);
    }

    /// No entry means 0, here as in the files: what nobody has written to costs nothing. One that has been above stays,
    /// because a file may still have its line.
    private static void put(Map<TopicPartition, Long> offsets, TopicPartition partition, long offset) {
        if (offset > 0 || offsets.containsKey(partition)) {
            offsets.put(partition, offset);
        }
    }

    synchronized void noteCleaned(TopicPartition partition, long offset) {
        cleanedUpTo.put(partition, offset);
    }

    synchronized void keepCleaned(Collection<TopicPartition> partitions) {
        cleanedUpTo.keySet().retainAll(partitions);
    }

    /// The partition's topic is gone: nothing noted holds for another one of that name.
    synchronized void forget(TopicPartition partition) {
        boolean known = recoveryPoints.remove(partition) != null;
        known |= startOffsets.remove(partition) != null;
        known |= highWatermarks.remove(partition) != null;
        known |= cleanedUpTo.remove(partition) != null;
        if (known) {
            forgotten.add(partition);
        }
    }

    /// Whether the files still have lines of this partition that hold no more.
    private synchronized boolean isForgotten(TopicPartition partition) {
        return forgotten.contains(partition);
    }

    /// Before another topic's records may lie under this name, the lines of the last one go. One write does for all
    /// that were forgotten so far. Blocks.
    ///
    /// @throws StorageException when the disk refuses
    void writeForgotten(TopicPartition partition) {
        if (isForgotten(partition)) {
            write();
        }
    }

    /// As [#writeForgotten(TopicPartition)] for whichever partition.
    void writeForgotten() {
        boolean isDue;
        synchronized (this) {
            isDue = !forgotten.isEmpty();
        }
        if (isDue) {
            write();
        }
    }

    /// Notes that a log is about to be cut: should the machine stop half way, the next start must not look for what is
    /// gone. What counts is what the files say: a disk that refused the last time is asked again. Blocks.
    ///
    /// @throws StorageException when the disk refuses
    void lower(TopicPartition partition, long offset) {
        synchronized (this) {
            lower(recoveryPoints, partition, offset);
            lower(startOffsets, partition, offset);
            lower(cleanedUpTo, partition, offset);
        }
        synchronized (writing) {
            if (isAbove(writtenCleanedUpTo, partition, offset)) {
                writeCleaned();
            }
            if (isAbove(writtenRecoveryPoints, partition, offset) || isAbove(writtenStartOffsets, partition, offset)) {
                write();
            }
        }
    }

    private static void lower(Map<TopicPartition, Long> offsets, TopicPartition partition, long offset) {
        if (isAbove(offsets, partition, offset)) {
            offsets.put(partition, offset);
        }
    }

    private static boolean isAbove(Map<TopicPartition, Long> offsets, TopicPartition partition, long offset) {
        return offsets.getOrDefault(partition, 0L) > offset;
    }

    /// Writes the cleaner's file. Blocks.
    ///
    /// @throws StorageException when the disk refuses
    void writeCleaned() {
        synchronized (writing) {
            Map<TopicPartition, Long> cleaned;
            synchronized (this) {
                cleaned = new TreeMap<>(cleanedUpTo);
            }
            try {
                OffsetCheckpoint.write(disk, path, OffsetCheckpoint.CLEANED, cleaned);
                writtenCleanedUpTo = cleaned;
            } catch (IOException e) {
                throw new StorageException("can not write the cleaner's checkpoint of " + path, e);
            }
        }
    }

    /// Writes the start offsets, unless somebody has written the same meanwhile: of many who come at once the second
    /// writes for all behind it. Blocks.
    ///
    /// @throws StorageException when the disk refuses
    void writeStarts() {
        synchronized (writing) {
            Map<TopicPartition, Long> starts;
            synchronized (this) {
                starts = new TreeMap<>(startOffsets);
            }
            if (!starts.equals(writtenStartOffsets)) {
                try {
                    writeStarts(starts);
                } catch (IOException e) {
                    throw new StorageException("can not write the start offsets of " + path, e);
                }
            }
        }
    }

    private void writeStarts(Map<TopicPartition, Long> starts) throws IOException {
        OffsetCheckpoint.write(disk, path, OffsetCheckpoint.START_OFFSETS, starts);
        writtenStartOffsets = starts;
    }

    /// Writes the other three. Blocks.
    ///
    /// @throws StorageException when the disk refuses
    void write() {
        // One writer at a time, and never an older state over a newer one; logs are not held up meanwhile.
        synchronized (writing) {
            Map<TopicPartition, Long> recovery;
            Map<TopicPartition, Long> starts;
            Map<TopicPartition, Long> watermarks;
            Set<TopicPartition> gone;
            synchronized (this) {
                recovery = new TreeMap<>(recoveryPoints);
                starts = new TreeMap<>(startOffsets);
                watermarks = new TreeMap<>(highWatermarks);
                gone = Set.copyOf(forgotten);
            }
            try {
                OffsetCheckpoint.write(disk, path, OffsetCheckpoint.RECOVERY_POINTS, recovery);
                writtenRecoveryPoints = recovery;
                writeStarts(starts);
                OffsetCheckpoint.write(disk, path, OffsetCheckpoint.HIGH_WATERMARKS, watermarks);
            } catch (IOException e) {
                throw new StorageException("can not write the checkpoints of " + path, e);
            }
            if (!gone.isEmpty()) {
                writeCleaned();
                synchronized (this) {
                    forgotten.removeAll(gone);
                }
            }
        }
    }
}
