package io.millrace.log;

import io.millrace.log.disk.StorageException;
import io.millrace.model.InvariantViolation;
import io.millrace.model.TopicPartition;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/// Which logs of a directory are open, which are being opened or deleted at this moment, and which may not be trusted
/// without a scan the next time.
///
/// Thread-safe: the tables are behind this object's monitor. What has to happen together with a change is done inside
/// and must not block.
final class OpenLogs {
    private final Map<TopicPartition, PartitionLog> open = new HashMap<>();
    private final Set<TopicPartition> inTransit = new HashSet<>();
    private final Set<TopicPartition> distrusted = new HashSet<>();

    /// Somebody is about to open a log: nobody else can, until [#endTransit].
    ///
    /// @return whether the log may be trusted as far as is known here
    /// @throws StorageException when it is open, or being opened or deleted
    synchronized boolean beginOpening(TopicPartition partition) {
        if (open.containsKey(partition) || !inTransit.add(partition)) {
            throw new StorageException("the log of " + partition + " is open already");
        }
        // Until it is open: should that fail, nobody may trust it the next time.
        return distrusted.add(partition);
    }

    synchronized void opened(PartitionLog log) {
        open.put(log.partition(), log);
        distrusted.remove(log.partition());
    }

    synchronized void endTransit(TopicPartition partition) {
        inTransit.remove(partition);
    }

    /// A log is about to be deleted: nobody can open its partition, until [#endTransit].
    synchronized void beginDeleting(PartitionLog log, Runnable alongside) {
        if (!open.remove(log.partition(), log)) {
            throw new InvariantViolation("deleted a log that is not open: " + log.partition());
        }
        inTransit.add(log.partition());
        alongside.run();
    }

    /// Nothing of a partition is here any more that could be trusted or not.
    synchronized void forget(TopicPartition partition, Runnable alongside) {
        distrusted.remove(partition);
        alongside.run();
    }

    /// @param cleanly whether everything is in the files
    synchronized void closed(PartitionLog log, boolean cleanly, Runnable alongside) {
        if (!cleanly) {
            distrusted.add(log.partition());
        }
        alongside.run();
        open.remove(log.partition(), log);
    }

    /// Does something for a log if it is still its partition's; returns whether it is.
    synchronized boolean ifOpen(PartitionLog log, Runnable alongside) {
        boolean isOpen = open.get(log.partition()) == log;
        if (isOpen) {
            alongside.run();
        }
        return isOpen;
    }

    synchronized void forEach(Consumer<PartitionLog> each) {
        open.values().forEach(each);
    }

    /// Whether no log is open or on its way, and all were closed in order.
    synchronized boolean allClosedCleanly() {
        return open.isEmpty() && inTransit.isEmpty() && distrusted.isEmpty();
    }
}
