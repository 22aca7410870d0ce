package io.millrace.log;

import io.millrace.log.LogDirectory.Found;
import io.millrace.log.disk.DamageException;
import io.millrace.log.disk.Disk;
import io.millrace.log.disk.StorageException;
import io.millrace.model.Randomness;
import io.millrace.model.TopicId;
import io.millrace.model.TopicPartition;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/// How the folders of a log directory get out of the way: those of other topics that had the name, of partitions no
/// metadata knows, of logs that are deleted, damaged, or copied to another directory; and how such a copy comes in.
/// What was noted of a partition is forgotten first; its folder's new name tells the next start so, should a crash come
/// before the files do.
///
/// Owned by: whoever opens or deletes a partition; what is shared has monitors of its own.
final class FolderMoves {
    private final Disk disk;
    private final String path;
    private final Randomness randomness;
    private final Known known;

    /// What a directory knows of its partitions.
    record Known(FoundFolders found, Checkpoints checkpoints, OpenLogs logs, DeletionQueue deletions) {}

    FolderMoves(Disk disk, String path, Randomness randomness, Known known) {
        this.disk = disk;
        this.path = path;
        this.randomness = randomness;
        this.known = known;
    }

    /// Returns the id that the folder of this very topic carries, [TopicId#NONE] when none; empty without a folder.
    Optional<TopicId> clearTheWay(TopicPartition partition, TopicId topicId, Optional<Found> entry) throws IOException {
        String folder = path + "/" + partition;
        Optional<TopicId> carried = Optional.empty();
        if (disk.exists(folder)) {
            TopicId id = entry.isPresent() ? entry.get().topicId() : PartitionFolder.readTopicId(disk, folder);
            carried = Optional.of(id);
            if (!id.isNone() && !topicId.isNone() && !id.equals(topicId)) {
                // Found at start it is somebody's data that no metadata knows; otherwise its deletion was refused.
                setAside(partition, entry.isPresent());
                carried = Optional.empty();
            }
        }
        writeForgotten(partition);
        return carried;
    }

    private void writeForgotten(TopicPartition partition) {
        try {
            known.checkpoints().writeForgotten(partition);
        } catch (StorageException full) {
            // What was deleted gives the room to note that it was.
            known.deletions().sweepContents(Long.MIN_VALUE);
            known.checkpoints().writeForgotten(partition);
        }
    }

    private void setAside(TopicPartition partition, boolean isStray) throws IOException {
        setAside(partition, partition.toString(), isStray);
    }

    private void setAside(TopicPartition partition, String folder, boolean isStray) throws IOException {
        TopicId unique = TopicId.random(randomness);
        String name = isStray ? FolderName.stray(partition, unique) : FolderName.deleted(partition, unique);
        known.logs().forget(partition, () -> known.checkpoints().forget(partition));
        disk.rename(path + "/" + folder, path + "/" + name);
        if (isStray) {
            known.found().strayed(partition);
        } else {
            known.deletions().addFolder(path + "/" + name);
        }
    }

    /// See [LogDirectory#setStraysAside].
    List<Found> setStraysAside(Predicate<Found> isKnown) {
        List<Found> strays = known.found().unopened(isKnown.negate());
        for (Found stray : strays) {
            try {
                setAside(stray.partition(), true);
            } catch (IOException e) {
                throw new StorageException("can not set " + path + "/" + stray.folder() + " aside", e);
            }
        }
        return strays;
    }

    /// See [LogDirectory#deleteFound].
    List<Found> deleteFound(Predicate<Found> isDeleted) {
        List<Found> gone = known.found().unopened(isDeleted);
        for (Found folder : gone) {
            try {
                known.found().take(folder.partition());
                setAside(folder.partition(), false);
            } catch (IOException e) {
                throw new StorageException("can not delete " + path + "/" + folder.folder(), e);
            }
        }
        return gone;
    }

    /// See [LogDirectory#giveUpDamaged].
    void giveUpDamaged(TopicPartition partition, DamageException damage, boolean isCompacted) {
        try {
            if (!isCompacted) {
                known.checkpoints().lower(partition, damage.trustedOffset());
            } else if (disk.exists(path + "/" + partition)) {
                setAside(partition, false);
            } else {
                known.checkpoints().forget(partition);
            }
        } catch (IOException e) {
            throw new StorageException("can not set the damaged log of " + partition + " aside", e);
        }
    }

    /// Makes a folder for a replica that is to come here from another directory, and forgets what was noted of one that
    /// was here before. Returns its name.
    String beginFuture(TopicPartition partition, TopicId topicId) throws IOException {
        known.logs().forget(partition, () -> known.checkpoints().forget(partition));
        writeForgotten(partition);
        String name = FolderName.future(partition, TopicId.random(randomness));
        disk.createFolder(path + "/" + name);
        PartitionFolder.nameTopic(disk, path + "/" + name, topicId);
        return name;
    }

    /// A replica that was to come here is not wanted, or never was whole. Its log is not open.
    ///
    /// @param isStray whether it is kept for an operator
    void dropFuture(Found future, boolean isStray) throws IOException {
        known.found().takeFuture(future);
        if (disk.exists(path + "/" + future.partition())) {
            // What is noted is the partition's own.
            String name = FolderName.replacedBy(future.folder());
            disk.rename(path + "/" + future.folder(), path + "/" + name);
            known.deletions().addFolder(path + "/" + name);
        } else if (disk.exists(path + "/" + future.folder())) {
            setAside(future.partition(), future.folder(), isStray);
        }
    }

    /// The copy in `future` takes the partition's name, durably.
    void promote(TopicPartition partition, String future) throws IOException {
        disk.rename(path + "/" + future, path + "/" + partition);
        disk.syncFolder(path);
    }

    /// The partition's folder gets the name under which it waits for its removal, durably; [#left] begins it.
    void stepAside(TopicPartition partition, String future) throws IOException {
        disk.rename(path + "/" + partition, path + "/" + FolderName.replacedBy(future));
        disk.syncFolder(path);
    }

    /// [#stepAside] is undone.
    void stepBack(TopicPartition partition, String future) throws IOException {
        disk.rename(path + "/" + FolderName.replacedBy(future), path + "/" + partition);
        disk.syncFolder(path);
    }

    /// The log goes on in another directory.
    void left(PartitionLog log, String future) {
        TopicPartition partition = log.partition();
        known.logs().closed(log, true, () -> known.checkpoints().forget(partition));
        String aside = path + "/" + FolderName.replacedBy(future);
        if (disk.exists(aside)) {
            known.deletions().addFolder(aside);
        }
    }

    /// Renames a partition's folder out of the way; its files go with the next sweeps. Nobody can open the partition
    /// until that is done.
    void delete(PartitionLog log, PartitionFolder folder) {
        TopicPartition partition = log.partition();
        known.logs().beginDeleting(log, () -> known.checkpoints().forget(partition));
        try {
            if (folder.exists()) {
                setAside(partition, folder.path().substring(path.length() + 1), false);
            }
        } catch (IOException e) {
            throw new StorageException("can not delete " + folder.path(), e);
        } finally {
            known.logs().endTransit(partition);
        }
    }
}
