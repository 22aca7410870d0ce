package io.millrace.log.clean;

import io.millrace.log.batch.BatchHeader;
import io.millrace.log.producer.EndTxnMarker;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Set;

/// Follows the transactions through one walk over a log, to tell which data was aborted and which markers have nothing
/// left to mark. The rules are Kafka's: aborted data never counts; a marker may go once a walk met no batch of its
/// transaction, and even then only after its delete horizon.
///
/// Owned by: one walk. Batches must be given in offset order.
final class TransactionFilter {
    private final PriorityQueue<AbortedTxn> upcoming =
            new PriorityQueue<>(Comparator.comparingLong(AbortedTxn::firstOffset));
    private final Map<Long, AbortedTxn> aborting = new HashMap<>();
    private final Set<Long> abortingWithData = new HashSet<>();
    private final Set<Long> committing = new HashSet<>();
    private final List<AbortedTxn> kept = new ArrayList<>();

    TransactionFilter(List<AbortedTxn> aborted) {
        upcoming.addAll(aborted);
    }

    /// Whether the data batch belongs to an aborted transaction.
    boolean isAborted(ByteBuffer batch, int at) {
        advanceTo(BatchHeader.lastOffset(batch, at));
        if (!BatchHeader.isTransactional(batch, at)) {
            return false;
        }
        long producerId = BatchHeader.producerId(batch, at);
        if (aborting.containsKey(producerId)) {
            abortingWithData.add(producerId);
            return true;
        }
        committing.add(producerId);
        return false;
    }

    /// A control batch passes by in a walk that only looks at data.
    void onMarker(ByteBuffer batch, int at) {
        isSpent(batch, at);
        kept.clear();
    }

    /// Whether the control batch has nothing left to control.
    boolean isSpent(ByteBuffer batch, int at) {
        advanceTo(BatchHeader.lastOffset(batch, at));
        if (BatchHeader.recordCount(batch, at) == 0) {
            return true;
        }
        Optional<EndTxnMarker> marker = EndTxnMarker.read(batch, at);
        if (marker.isEmpty()) {
            // Not a transaction's: somebody else's control record, which is not ours to judge.
            return false;
        }
        long producerId = BatchHeader.producerId(batch, at);
        if (marker.get().isCommit()) {
            return !committing.remove(producerId);
        }
        AbortedTxn ended = aborting.remove(producerId);
        boolean hadData = abortingWithData.remove(producerId);
        if (ended != null && hadData) {
            kept.add(ended);
            return false;
        }
        return true;
    }

    /// The aborted transactions whose markers stay, since the last call: what the cleaned segment's index must list.
    List<AbortedTxn> takeKept() {
        List<AbortedTxn> taken = List.copyOf(kept);
        kept.clear();
        return taken;
    }

    private void advanceTo(long offset) {
        while (!upcoming.isEmpty() && upcoming.peek().firstOffset() <= offset) {
            AbortedTxn begun = upcoming.remove();
            aborting.put(begun.producerId(), begun);
            // A transaction that was seen without data so far is not a committed one.
            committing.remove(begun.producerId());
        }
    }
}
