package io.millrace.server.partition;

import io.millrace.model.Clock;
import io.millrace.model.ErrorKind;
import io.millrace.server.loop.DiskLoop;
import io.millrace.server.metrics.Metrics;
import io.millrace.server.partition.PartitionHost.Hosted;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The partitions of one loop that refuse appends because their disk refused something, or because a call of ours threw
/// that never should: the one place where that is told, counted and answered, and from where logs are brought back.
///
/// A disk is asked through one log at a time, first after a second, then less and less often; once it has taken a write
/// the others follow, a few milliseconds of a turn at a time.
///
/// Owned by: the loop of its [PartitionHost].
final class FailedPartitions {
    private static final Logger LOG = LoggerFactory.getLogger(FailedPartitions.class);
    private static final long RETRY_MS_MIN = 1_000;
    private static final long RETRY_MS_MAX = 30_000;
    private static final long RECOVERY_NS_PER_TURN = 5_000_000;

    private final Clock clock;
    private final Metrics metrics;
    private final Map<DiskLoop, SickDisk> disks = new HashMap<>();
    private volatile boolean none = true;

    /// What one disk refused, in the order in which it is asked again.
    private static final class SickDisk {
        final ArrayDeque<Hosted> failed = new ArrayDeque<>();
        long retryDelayMs = RETRY_MS_MIN;
        long retryAtMs;
    }

    FailedPartitions(Clock clock, Metrics metrics) {
        this.clock = clock;
        this.metrics = metrics;
    }

    /// The disk refused `what`, and the log refuses appends since: everybody who waits gets a storage error.
    void onFailed(Hosted hosted, String what, String reason) {
        onRefused(hosted, what, reason);
        add(hosted);
        hosted.partition.onStorageError();
    }

    /// The disk refused `what`, which costs nobody an append.
    void onRefused(Hosted hosted, String what, String reason) {
        LOG.error("event=storage-refused what={} partition={} reason=\"{}\"", what, hosted.partition.id(), reason);
        metrics.onStorageError();
    }

    /// A call into the log threw: memory is not to be trusted any more, the files are.
    void onFault(Hosted hosted, String what) {
        hosted.partition.log().fail();
        onFailed(hosted, what, "a fault of ours, told by its loop");
    }

    /// A log that is to be brought back; one that is on its way out, or is here already, is not taken in.
    void add(Hosted hosted) {
        if (hosted.isReleased() || hosted.failed) {
            return;
        }
        hosted.failed = true;
        disks.computeIfAbsent(hosted.disk, _ -> newlySick()).failed.addLast(hosted);
        none = false;
    }

    /// Whether no log refuses appends. May be called from any thread.
    boolean isEmpty() {
        return none;
    }

    private SickDisk newlySick() {
        SickDisk disk = new SickDisk();
        disk.retryAtMs = clock.monotonicMs() + disk.retryDelayMs;
        return disk;
    }

    void forget(Hosted hosted) {
        SickDisk disk = disks.get(hosted.disk);
        if (hosted.failed && disk != null) {
            hosted.failed = false;
            disk.failed.remove(hosted);
        }
    }

    /// Asks each disk whose time has come.
    void retry() {
        for (SickDisk disk : List.copyOf(disks.values())) {
            if (clock.monotonicMs() >= disk.retryAtMs) {
                retry(disk);
            }
        }
        disks.values().removeIf(disk -> disk.failed.isEmpty());
        none = disks.isEmpty();
    }

    private void retry(SickDisk disk) {
        long endNs = clock.monotonicNs() + RECOVERY_NS_PER_TURN;
        Hosted next = firstIdle(disk);
        while (next != null) {
            disk.failed.remove(next);
            disk.failed.addLast(next); // one log that stays broken does not hold up the others
            if (!recover(disk, next)) {
                return;
            }
            disk.failed.removeLast();
            next = clock.monotonicNs() < endNs ? firstIdle(disk) : null;
        }
    }

    private static @Nullable Hosted firstIdle(SickDisk disk) {
        for (Hosted hosted : disk.failed) {
            if (hosted.isIdle()) {
                return hosted;
            }
        }
        return null;
    }

    /// Blocks for a probe and a scan of what was not durable; backs off unless it goes well, also when it throws.
    private boolean recover(SickDisk disk, Hosted hosted) {
        disk.retryDelayMs = Math.min(RETRY_MS_MAX, disk.retryDelayMs * 2);
        disk.retryAtMs = clock.monotonicMs() + disk.retryDelayMs;
        if (hosted.partition.log().recoverFromStorageError() != ErrorKind.NONE) {
            return false;
        }
        disk.retryDelayMs = RETRY_MS_MIN;
        disk.retryAtMs = clock.monotonicMs();
        hosted.failed = false;
        onRecovered(hosted);
        return true;
    }

    private static void onRecovered(Hosted hosted) {
        LOG.info("event=storage-recovered partition={}", hosted.partition.id());
        long lost = hosted.partition.onRecovered();
        if (lost > 0) {
            LOG.error(
                    "event=records-lost partition={} records={} from={} hint=\"the disk had taken them"
                            + " into the page cache only; durability=fsync would have waited\"",
                    hosted.partition.id(),
                    lost,
                    hosted.partition.highWatermark());
        }
    }
}
