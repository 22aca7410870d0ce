package io.millrace.server.partition;

import io.millrace.broker.partition.Acks;
import io.millrace.broker.partition.AppendReply;
import io.millrace.cluster.replica.ArrivingBatches;
import io.millrace.log.batch.BatchCheck;
import io.millrace.model.ErrorKind;
import io.millrace.model.InvariantViolation;
import io.millrace.model.Lease;
import io.millrace.server.loop.EventLoop;
import io.millrace.server.loop.UnpackLoop;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;

/// The way of batches into the partitions of one loop. Nearly all are looked at and appended in passing. A compressed
/// batch that unpacks to more than a little, or has to be packed anew, is looked at by a thread of [UnpackLoop], so
/// that neither a large one nor a bomb holds up the loop; what comes for the same partition meanwhile waits behind it,
/// because producers count their batches.
///
/// Owned by: the loop of its [PartitionHost]. Bounded by the memory that requests may take: who waits here holds a
/// lease.
final class Arrivals {
    /// As much is unpacked on the loop: a few milliseconds with the slowest codec.
    static final int UNPACKED_HERE_BYTES_MAX = 1 << 20;

    private static final BatchCheck FAULT =
            new BatchCheck.Refused(ErrorKind.STORAGE_ERROR, "the batch could not be looked at", List.of());

    private final PartitionHost host;
    private final EventLoop loop;
    private final UnpackLoop unpackers;

    /// Batches for one partition, and who waits for what becomes of them.
    record Arrival(ArrivingBatches batches, Lease lease, Acks acks, long deadlineMs, Consumer<AppendReply> reply) {}

    Arrivals(PartitionHost host, EventLoop loop, UnpackLoop unpackers) {
        this.host = host;
        this.loop = loop;
        this.unpackers = unpackers;
    }

    void arrive(Hosted hosted, Arrival arrival) {
        ArrayDeque<Arrival> waiting = hosted.arrivals;
        if (waiting == null && hosted.isHeld) {
            waiting = new ArrayDeque<>(1);
            hosted.arrivals = waiting;
        }
        if (waiting == null) {
            BatchCheck check = arrival.batches().check(UNPACKED_HERE_BYTES_MAX);
            if (arrival.batches().isFinal(check)) {
                append(hosted, arrival, check);
                return;
            }
            lookElsewhere(hosted, arrival);
            waiting = new ArrayDeque<>(1);
            hosted.arrivals = waiting;
        }
        arrival.lease().retain();
        waiting.addLast(arrival);
    }

    /// What arrives from now on waits, on this replica's way to another disk; one that is looked at is still appended.
    void hold(Hosted hosted) {
        hosted.isHeld = true;
        hosted.partition.holdFollowing(true);
    }

    /// What has waited is appended. Harmless when nothing was held.
    void letGo(Hosted hosted) {
        if (!hosted.isHeld) {
            return;
        }
        hosted.isHeld = false;
        hosted.partition.holdFollowing(false);
        if (hosted.arrivals != null && !hosted.isLookedAt) {
            loop.post(() -> goOn(hosted));
        }
    }

    private void lookElsewhere(Hosted hosted, Arrival first) {
        hosted.isLookedAt = true;
        unpackers.unpack(() -> {
            BatchCheck check = FAULT;
            try {
                check = first.batches().check();
            } finally {
                BatchCheck outcome = check; // also after a fault of ours: somebody waits
                loop.post(() -> {
                    hosted.isLookedAt = false;
                    appendFirst(hosted, first, outcome);
                });
            }
        });
    }

    /// Whoever is answered in here may send the next batch at once: it finds this one still at the head, and queues.
    private void appendFirst(Hosted hosted, Arrival first, BatchCheck check) {
        ArrayDeque<Arrival> waiting = waiting(hosted);
        if (waiting.peekFirst() != first) {
            throw new InvariantViolation("a batch that was looked at is not the next one");
        }
        try {
            append(hosted, first, check);
        } finally {
            waiting.removeFirst();
            first.lease().release();
            if (waiting.isEmpty()) {
                hosted.arrivals = null;
            } else {
                loop.post(() -> goOn(hosted)); // one a turn
            }
        }
    }

    private static ArrayDeque<Arrival> waiting(Hosted hosted) {
        return Objects.requireNonNull(hosted.arrivals, "nobody waits");
    }

    private void goOn(Hosted hosted) {
        if (hosted.isHeld || hosted.isLookedAt || hosted.arrivals == null) {
            return; // whoever lets go, or has looked, goes on
        }
        Arrival next = waiting(hosted).getFirst();
        BatchCheck check = FAULT;
        try {
            check = next.batches().check(UNPACKED_HERE_BYTES_MAX);
        } finally {
            if (next.batches().isFinal(check)) {
                appendFirst(hosted, next, check);
            } else {
                lookElsewhere(hosted, next);
            }
        }
    }

    private void append(Hosted hosted, Arrival arrival, BatchCheck check) {
        if (hosted.isReleased()) {
            arrival.reply().accept(AppendReply.refused(ErrorKind.NOT_LEADER, ""));
            return;
        }
        hosted.partition.append(
                arrival.batches(), check, arrival.lease(), arrival.acks(), arrival.deadlineMs(), arrival.reply());
        host.touched(hosted);
    }
}
