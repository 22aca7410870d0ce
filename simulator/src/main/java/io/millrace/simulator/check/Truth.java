package io.millrace.simulator.check;

import io.millrace.model.TopicPartition;
import io.millrace.simulator.check.Batches.Batch;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// What is committed in one partition: every batch that any replica's high watermark has passed, as the first one had
/// it. From then on it may not change, anywhere.
///
/// Owned by: the thread of the simulation.
/// Invariant: offsets are dense, and every producer's sequences too.
final class Truth {
    private final TopicPartition partition;
    private final List<Batch> batches = new ArrayList<>();
    private final Map<Long, Integer> nextSequences = new HashMap<>();
    private long firstOffset;
    private long endOffset;

    Truth(TopicPartition partition) {
        this.partition = partition;
    }

    /// First offset that is not committed.
    long endOffset() {
        return endOffset;
    }

    /// A replica shows `batch` below its high watermark.
    void shown(Batch batch, String by) {
        if (batch.baseOffset() == endOffset) {
            extend(batch, by);
        } else if (batch.baseOffset() > endOffset) {
            throw new Violation("%s: %s shows %s, but committed is only what is below %d"
                    .formatted(partition, by, batch, endOffset));
        } else {
            compare(batch, by);
        }
    }

    private void extend(Batch batch, String by) {
        if (batch.producerId() >= 0) {
            int expected = nextSequences.getOrDefault(batch.producerId(), 0);
            if (batch.baseSequence() != expected) {
                throw new Violation("%s: %s commits %s, but the producer's next sequence is %d: %s"
                        .formatted(
                                partition,
                                by,
                                batch,
                                expected,
                                batch.baseSequence() < expected ? "a duplicate" : "something is lost"));
            }
            nextSequences.put(batch.producerId(), batch.baseSequence() + batch.count());
        }
        batches.add(batch);
        endOffset = batch.nextOffset();
    }

    private void compare(Batch batch, String by) {
        if (batch.baseOffset() < firstOffset) {
            return;
        }
        Batch committed = at(batch.baseOffset());
        if (!committed.equals(batch)) {
            throw new Violation("%s: %s has %s where %s is committed".formatted(partition, by, batch, committed));
        }
    }

    /// The committed batch that holds `offset`, which is committed and not forgotten.
    private Batch at(long offset) {
        int low = 0;
        int high = batches.size() - 1;
        while (low < high) {
            int middle = (low + high + 1) >>> 1;
            if (batches.get(middle).baseOffset() <= offset) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return batches.get(low);
    }

    /// Somebody was told that the numbers from `firstValue` on are safe at `baseOffset`.
    void acknowledged(long baseOffset, long firstValue, int count) {
        if (baseOffset + count > endOffset) {
            throw new Violation("%s: acknowledged at %d..%d, but committed is only what is below %d"
                    .formatted(partition, baseOffset, baseOffset + count - 1, endOffset));
        }
        if (baseOffset < firstOffset) {
            return;
        }
        Batch batch = at(baseOffset);
        if (batch.baseOffset() != baseOffset || batch.count() != count || batch.value(0) != firstValue) {
            throw new Violation("%s: value %x acknowledged at %d, where %s is committed"
                    .formatted(partition, firstValue, baseOffset, batch));
        }
    }

    /// How many records of a producer are committed.
    int committedBy(long producerId) {
        return nextSequences.getOrDefault(producerId, 0);
    }

    int count() {
        return batches.size();
    }
}
