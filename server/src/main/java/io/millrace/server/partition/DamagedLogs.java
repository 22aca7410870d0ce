package io.millrace.server.partition;

import io.millrace.cluster.replica.Partition;
import io.millrace.log.disk.DamageException;
import io.millrace.model.ErrorKind;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The partitions of one loop whose disks gave back something else than was written: told and counted here, and
/// repaired once others lead them and nobody counts on what is here ([Partition#repair()]). Where nobody else has the
/// partition, what is sound of it is served on.
///
/// Owned by: the loop of its [PartitionHost]; what is counted may be read from any thread.
final class DamagedLogs {
    private static final Logger LOG = LoggerFactory.getLogger(DamagedLogs.class);

    private final Cuts cuts;
    private final Set<Hosted> damaged = new LinkedHashSet<>();
    private final LongAdder repaired = new LongAdder();
    private volatile int count;

    DamagedLogs(Cuts cuts) {
        this.cuts = cuts;
    }

    /// What a client is told who asks for bytes that nobody can give out here: to ask again, where others have them.
    static ErrorKind refusal(Partition partition) {
        return partition.assignment().isReplicated() ? ErrorKind.STORAGE_ERROR : ErrorKind.CORRUPT_MESSAGE;
    }

    /// Somebody read `offset`, and it was not what had been written.
    void onDamaged(Hosted hosted, long offset) {
        if (!hosted.isReleased() && hosted.partition.onDamaged(offset)) {
            add(hosted, offset, "nobody else has it: the rest is served; restore the folder from a backup");
        }
    }

    /// A log that its disk had refused does not come back, and never will by asking its disk.
    void onUnrecoverable(Hosted hosted, DamageException damage) {
        if (hosted.partition.onUnrecoverable(damage)) {
            add(hosted, damage.trustedOffset(), "nobody else has it: it takes nothing until its file is restored");
        }
    }

    /// @param alone the hint where nobody else has the partition
    private void add(Hosted hosted, long offset, String alone) {
        Partition partition = hosted.partition;
        damaged.add(hosted);
        count = damaged.size();
        LOG.error(
                "event=log-damaged partition={} offset={} replicas={} in-sync={} hint=\"{}\"",
                partition.id(),
                offset,
                partition.assignment().replicas(),
                partition.assignment().isr(),
                partition.assignment().isReplicated()
                        ? "it is had again from another replica in sync; look after the disk"
                        : alone);
    }

    /// Something has changed that a repair may have waited for, or one has ended.
    void look(Hosted hosted) {
        if (damaged.isEmpty() || !damaged.contains(hosted)) {
            return;
        }
        if (!hosted.partition.isDamaged()) {
            forget(hosted);
            repaired.increment();
            LOG.warn(
                    "event=log-damage-gone partition={} end={} leader={} hint=\"from here on it is copied again\"",
                    hosted.partition.id(),
                    hosted.partition.log().endOffset(),
                    hosted.partition.assignment().leader());
        } else if (!hosted.cutOut && hosted.partition.repair() != null) {
            cuts.repair(hosted);
        }
    }

    void forget(Hosted hosted) {
        damaged.remove(hosted);
        count = damaged.size();
    }

    /// Logs that are damaged at this moment, as far as is known.
    int count() {
        return count;
    }

    /// Logs that were damaged and are no more.
    long repaired() {
        return repaired.sum();
    }
}
