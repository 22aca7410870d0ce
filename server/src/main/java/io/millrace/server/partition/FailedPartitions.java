package io.millrace.server.partition;

import io.millrace.log.LogDirectory;
import io.millrace.log.PartitionLog;
import io.millrace.log.RecoveryJob;
import io.millrace.log.disk.DamageException;
import io.millrace.model.Clock;
import io.millrace.model.ErrorKind;
import io.millrace.model.Loop;
import io.millrace.server.loop.DiskLoop;
import io.millrace.server.metrics.Metrics;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The partitions of one loop that refuse appends because their disk refused something, or because a call of ours threw
/// that never should: the one place where that is told, counted and answered, and from where logs are brought back. One
/// whose files are damaged as well is told to [DamagedLogs], and asked on: somebody may restore them.
///
/// A disk is asked through one log at a time, first after a second, then less and less often; once it has taken a write
/// the others follow. One that keeps a queue's messages need not wait for room: as soon as somebody wants to note what
/// is settled it is brought back for such notes alone, and takes records with the others. Asking, cutting and scanning
/// is done on the disk's threads ([RecoveryJob]); the loop only installs what was found.
///
/// Owned by: the loop of its [PartitionHost].
final class FailedPartitions {
    private static final Logger LOG = LoggerFactory.getLogger(FailedPartitions.class);
    private static final long RETRY_MS_MIN = 1_000;
    private static final long RETRY_MS_MAX = 30_000;
    /// A replica that others have, too, is not waited for longer.
    private static final long GIVE_UP_AFTER_MS = 1_000;

    private final Loop loop;
    private final Clock clock;
    private final Metrics metrics;
    private final ReplicaPorts ports;
    private final Outcomes outcomes;
    private final Map<DiskLoop, SickDisk> disks = new HashMap<>();
    private volatile boolean none = true;

    /// What becomes of them.
    interface Outcomes {
        /// The log takes appends again, whatever it has lost.
        void onBack(Hosted hosted);

        /// The disk takes writes, and what was durable is damaged: asking again does not help.
        void onDamaged(Hosted hosted, DamageException damage);
    }

    /// What one disk refused, in the order in which it is asked again.
    private static final class SickDisk {
        final ArrayDeque<Hosted> failed = new ArrayDeque<>();
        long retryDelayMs = RETRY_MS_MIN;
        long retryAtMs;
        /// When a log may be asked again whether it takes notes.
        long notesAtMs;
        boolean isAsked;
    }

    FailedPartitions(Loop loop, Clock clock, Metrics metrics, ReplicaPorts ports, Outcomes outcomes) {
        this.loop = loop;
        this.clock = clock;
        this.metrics = metrics;
        this.ports = ports;
        this.outcomes = outcomes;
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
        hosted.failedAtMs = clock.monotonicMs();
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
            hosted.gaveUp = false;
            disk.failed.remove(hosted);
        }
    }

    /// Asks each disk whose time has come, and lets others lead what this node can not serve.
    void retry() {
        giveUp();
        for (SickDisk disk : List.copyOf(disks.values())) {
            if (!disk.isAsked && clock.monotonicMs() >= disk.retryAtMs) {
                askNext(disk);
            }
            if (!disk.isAsked && clock.monotonicMs() >= disk.notesAtMs) {
                askForNotes(disk);
            }
        }
        disks.values().removeIf(disk -> disk.failed.isEmpty());
        none = disks.isEmpty();
    }

    private void giveUp() {
        if (disks.isEmpty()) {
            return;
        }
        long failedBeforeMs = clock.monotonicMs() - GIVE_UP_AFTER_MS;
        List<Hosted> lasting = disks.values().stream()
                .flatMap(disk -> disk.failed.stream())
                .filter(hosted -> !hosted.gaveUp
                        && hosted.failedAtMs <= failedBeforeMs
                        && hosted.partition.assignment().isReplicated())
                .toList();
        if (lasting.isEmpty()) {
            return;
        }
        lasting.forEach(hosted -> hosted.gaveUp = true);
        LOG.warn(
                "event=replicas-given-up count={} first={}",
                lasting.size(),
                lasting.getFirst().partition.id());
        ports.giveUp(
                lasting.stream().map(hosted -> hosted.partition.key()).toList(),
                outcome -> loop.run(() -> lasting.forEach(hosted -> onGivenUp(hosted, outcome.isOk()))));
    }

    private void onGivenUp(Hosted hosted, boolean isDone) {
        hosted.gaveUp = isDone;
        hosted.failedAtMs = clock.monotonicMs(); // else it is asked again after as long
    }

    /// Backs off unless it goes well, also when it throws.
    private void askNext(SickDisk disk) {
        Hosted next = firstIdle(disk, _ -> true);
        if (next == null) {
            return;
        }
        disk.failed.remove(next);
        disk.failed.addLast(next); // one log that stays broken does not hold up the others
        disk.retryDelayMs = Math.min(RETRY_MS_MAX, disk.retryDelayMs * 2);
        disk.retryAtMs = clock.monotonicMs() + disk.retryDelayMs;
        if (next.partition.log().takesNotesOnly()) {
            askForRoom(disk, next);
        } else {
            recover(disk, next);
        }
    }

    /// A note that waits makes room perhaps; so a log that wants one does not wait for its turn.
    private void askForNotes(SickDisk disk) {
        Hosted next = firstIdle(disk, log -> log.isFailed() && log.wantsNotes());
        if (next != null) {
            disk.notesAtMs = clock.monotonicMs() + disk.retryDelayMs; // should the disk take nothing at all
            recover(disk, next);
        }
    }

    private void recover(SickDisk disk, Hosted next) {
        Optional<RecoveryJob> begun = next.partition.log().beginRecovery();
        begun.ifPresent(job -> {
            disk.isAsked = true;
            next.recoveryOut = true;
            next.disk.read(() -> {
                try {
                    job.run();
                } finally {
                    loop.post(() -> end(disk, next, job));
                }
            });
        });
    }

    /// The log is in order and lacks nothing but room for records.
    private void askForRoom(SickDisk disk, Hosted next) {
        disk.isAsked = true;
        LogDirectory directory = next.partition.log().directory();
        next.disk.read(() -> {
            boolean[] hasRoom = {false};
            try {
                hasRoom[0] = directory.takesRecords();
            } finally {
                loop.post(() -> onAsked(disk, next, hasRoom[0]));
            }
        });
    }

    private void onAsked(SickDisk disk, Hosted hosted, boolean hasRoom) {
        disk.isAsked = false;
        if (hasRoom && hosted.failed && hosted.partition.log().takesNotesOnly()) {
            askOthersSoon(disk);
            takeBack(disk, hosted);
            askNext(disk);
        }
    }

    /// Somebody saw that the disk has room again: the next [#retry] asks it, however long it refused. Should it be
    /// asked at this moment, that answer may be older than the room.
    void hasRoom(DiskLoop loop) {
        SickDisk disk = disks.get(loop);
        if (disk != null) {
            disk.retryDelayMs = RETRY_MS_MIN;
            disk.retryAtMs = clock.monotonicMs();
        }
    }

    private static @Nullable Hosted firstIdle(SickDisk disk, Predicate<PartitionLog> which) {
        for (Hosted hosted : disk.failed) {
            if (hosted.isIdle() && which.test(hosted.partition.log())) {
                return hosted;
            }
        }
        return null;
    }

    private void end(SickDisk disk, Hosted hosted, RecoveryJob job) {
        disk.isAsked = false;
        hosted.recoveryOut = false;
        boolean isBack = false;
        try {
            hosted.partition.log().endRecovery(job);
            isBack = job.error() == ErrorKind.NONE;
        } finally {
            if (!hosted.handOverIfIdle() && !isBack) {
                LOG.warn(
                        "event=storage-still-refuses partition={} reason=\"{}\" retry-in-ms={}",
                        hosted.partition.id(),
                        job.errorMessage(),
                        disk.retryDelayMs);
            }
        }
        lookForDamage(hosted, job.damage());
        if (isBack && job.isForNotes()) {
            onBackForNotes(disk, hosted);
        } else if (isBack) {
            askOthersSoon(disk);
            reloaded(hosted);
            takeBack(disk, hosted);
            askNext(disk);
        }
    }

    private void onBackForNotes(SickDisk disk, Hosted hosted) {
        disk.notesAtMs = clock.monotonicMs();
        if (!hosted.isReleased()) {
            LOG.info("event=storage-takes-notes partition={}", hosted.partition.id());
            reloaded(hosted);
        }
        askForNotes(disk);
    }

    private void askOthersSoon(SickDisk disk) {
        disk.retryDelayMs = RETRY_MS_MIN;
        disk.retryAtMs = clock.monotonicMs();
    }

    /// @param damage why its log did not come back from its files; null for another reason, or when it did
    void lookForDamage(Hosted hosted, @Nullable DamageException damage) {
        if (damage != null && !hosted.isReleased()) {
            outcomes.onDamaged(hosted, damage);
        }
    }

    private void takeBack(SickDisk disk, Hosted hosted) {
        if (hosted.isReleased()) {
            return;
        }
        disk.failed.remove(hosted);
        hosted.failed = false;
        hosted.gaveUp = false;
        hosted.partition.log().takeRecords();
        LOG.info("event=storage-recovered partition={}", hosted.partition.id());
        outcomes.onBack(hosted);
    }

    private static void reloaded(Hosted hosted) {
        if (hosted.isReleased()) {
            return;
        }
        long lost = hosted.partition.onReloaded();
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
