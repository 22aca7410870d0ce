package io.millrace.server.partition;

import io.millrace.broker.partition.Acks;
import io.millrace.broker.partition.AppendReply;
import io.millrace.cluster.replica.ArrivingBatches;
import io.millrace.log.batch.BatchCheck;
import io.millrace.model.ErrorKind;
import io.millrace.model.InvariantViolation;
import io.millrace.model.Lease;
import io.millrace.server.loop.EventLoop;
import java.util.List;
import java.util.function.Consumer;

/// The way of batches into the partitions of one loop. Nearly all are looked at and appended in passing. A compressed
/// batch that unpacks to more than a little, or has to be packed anew, is looked at by a disk's thread, so that neither a
/// large one nor a bomb holds up the loop; what comes for the same partition meanwhile waits behind it, because producers count their
/// batches.
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

    /// Batches for one partition, and who waits for what becomes of them.
    record Arrival(ArrivingBatches batches, Lease lease, Acks acks, long deadlineMs, Consumer<AppendReply> reply) {}

    Arrivals(PartitionHost host, EventLoop loop) {
        this.host = host;
        this.loop = loop;
    }

    void arrive(Hosted hosted, Arrival arrival) {
        if (hosted.arrivals.isEmpty()) {
            BatchCheck check = arrival.batches().check(UNPACKED_HERE_BYTES_MAX);
            if (arrival.batches().isFinal(check)) {
                append(hosted, arrival, check);
                return;
            }
            lookElsewhere(hosted, arrival);
        }
        arrival.lease().retain();
        hosted.arrivals.addLast(arrival);
    }

    private void lookElsewhere(Hosted hosted, Arrival first) {
        hosted.disk.read(() -> {
            BatchCheck check = FAULT;
            try {
                check = first.batches().check();
            } finally {
                BatchCheck outcome = check; // also after a fault of ours: somebody waits
                loop.post(() -> appendFirst(hosted, first, outcome));
            }
        });
    }

    /// Whoever is answered in here may send the next batch at once: it finds this one still at the head, and queues.
    private void appendFirst(Hosted hosted, Arrival first, BatchCheck check) {
        if (hosted.arrivals.peekFirst() != first) {
            throw new InvariantViolation("a batch that was looked at is not the next one");
        }
        try {
            append(hosted, first, check);
        } finally {
            hosted.arrivals.removeFirst();
            first.lease().release();
            if (!hosted.arrivals.isEmpty()) {
                loop.post(() -> goOn(hosted)); // one a turn
            }
        }
    }

    private void goOn(Hosted hosted) {
        Arrival next = hosted.arrivals.getFirst();
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
