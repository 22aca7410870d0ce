package io.millrace.log.producer;

import io.millrace.log.batch.BatchHeader;
import java.util.Arrays;

/// One producer's last doings in one log: its epoch, its last batches (five, because a client keeps at most five
/// requests in flight) and its open transaction.
///
/// Kept small, there may be many: the batches sit in one array of `long` that starts with room for a single batch,
/// three numbers each: `lastSequence << 32 | offsetDelta`, last offset, timestamp.
///
/// Owned by: the log's loop. Invariant: batches are in append order and all of the current epoch.
public final class ProducerState {
    /// A client never has more requests in flight, so no older batch can be sent again.
    public static final int BATCHES_MAX = 5;

    /// No transaction is open; no batch is known.
    public static final long NO_OFFSET = -1;

    public static final int NO_COORDINATOR_EPOCH = -1;

    private static final int WORDS = 3;

    private final long producerId;
    private short epoch;
    private int coordinatorEpoch;
    private long lastTimestamp;
    private long txnFirstOffset;
    private boolean mayLackBatch;
    private int batchCount;
    private long[] batches = new long[WORDS];

    ProducerState(long producerId, short epoch, int coordinatorEpoch, long lastTimestamp, long txnFirstOffset) {
        this.producerId = producerId;
        this.epoch = epoch;
        this.coordinatorEpoch = coordinatorEpoch;
        this.lastTimestamp = lastTimestamp;
        this.txnFirstOffset = txnFirstOffset;
    }

    static ProducerState unknown(long producerId) {
        return new ProducerState(
                producerId, BatchHeader.NO_PRODUCER_EPOCH, NO_COORDINATOR_EPOCH, BatchHeader.NO_TIMESTAMP, NO_OFFSET);
    }

    public long producerId() {
        return producerId;
    }

    public short epoch() {
        return epoch;
    }

    /// Epoch of the transaction coordinator that wrote the last marker, or [#NO_COORDINATOR_EPOCH].
    public int coordinatorEpoch() {
        return coordinatorEpoch;
    }

    public long lastTimestamp() {
        return lastTimestamp;
    }

    /// First offset of the open transaction, or [#NO_OFFSET].
    public long txnFirstOffset() {
        return txnFirstOffset;
    }

    public boolean hasOpenTransaction() {
        return txnFirstOffset != NO_OFFSET;
    }

    public boolean hasBatches() {
        return batchCount > 0;
    }

    public int batchCount() {
        return batchCount;
    }

    /// Last sequence of the last batch, or [BatchHeader#NO_SEQUENCE].
    public int lastSequence() {
        return batchCount == 0 ? BatchHeader.NO_SEQUENCE : lastSequence(batchCount - 1);
    }

    /// Offset of the last record of the last batch, or [#NO_OFFSET].
    public long lastOffset() {
        return batchCount == 0 ? NO_OFFSET : lastOffset(batchCount - 1);
    }

    /// Last offset minus first offset of the last batch; 0 without one.
    public int lastOffsetDelta() {
        return batchCount == 0 ? 0 : offsetDelta(batchCount - 1);
    }

    /// Index of the stored batch with exactly these sequences, or -1.
    int findBatch(int firstSequence, int lastSequence) {
        for (int i = batchCount - 1; i >= 0; i--) {
            if (lastSequence(i) == lastSequence && firstSequence(i) == firstSequence) {
                return i;
            }
        }
        return -1;
    }

    int firstSequence(int index) {
        // Backwards with the wrap at 2^31: the mask does for negative differences what it does for overflow.
        return (lastSequence(index) - offsetDelta(index)) & Integer.MAX_VALUE;
    }

    int lastSequence(int index) {
        return (int) (batches[index * WORDS] >> 32);
    }

    int offsetDelta(int index) {
        return (int) batches[index * WORDS];
    }

    long lastOffset(int index) {
        return batches[index * WORDS + 1];
    }

    long timestamp(int index) {
        return batches[index * WORDS + 2];
    }

    void addBatch(short batchEpoch, int lastSequence, long lastOffset, int offsetDelta, long timestamp) {
        enter(batchEpoch);
        mayLackBatch = false;
        push((long) lastSequence << 32 | (offsetDelta & 0xFFFF_FFFFL), lastOffset, timestamp);
        lastTimestamp = timestamp;
    }

    /// A batch behind the last known one can not be read, and may be this producer's.
    void onDamaged() {
        mayLackBatch = true;
    }

    /// Whether sequence numbers may be missing behind the last known one.
    boolean mayLackBatch() {
        return mayLackBatch;
    }

    /// A batch of the same epoch that was sent before the last one, and after all others that are known: a snapshot
    /// holds the last one only.
    void recall(int lastSequence, long lastOffset, int offsetDelta, long timestamp) {
        int newest = (batchCount - 1) * WORDS;
        long sequenceAndDelta = batches[newest];
        long offset = batches[newest + 1];
        long time = batches[newest + 2];
        batchCount--;
        push((long) lastSequence << 32 | (offsetDelta & 0xFFFF_FFFFL), lastOffset, timestamp);
        push(sequenceAndDelta, offset, time);
    }

    private void push(long sequenceAndDelta, long lastOffset, long timestamp) {
        if (batchCount == BATCHES_MAX) {
            System.arraycopy(batches, WORDS, batches, 0, (BATCHES_MAX - 1) * WORDS);
            batchCount--;
        } else if (batches.length == batchCount * WORDS) {
            batches = Arrays.copyOf(batches, Math.min(BATCHES_MAX, batchCount * 2) * WORDS);
        }
        int at = batchCount * WORDS;
        batches[at] = sequenceAndDelta;
        batches[at + 1] = lastOffset;
        batches[at + 2] = timestamp;
        batchCount++;
    }

    void openTransaction(long firstOffset) {
        txnFirstOffset = firstOffset;
    }

    void endTransaction(short markerEpoch, int markerCoordinatorEpoch, long timestamp) {
        enter(markerEpoch);
        coordinatorEpoch = markerCoordinatorEpoch;
        txnFirstOffset = NO_OFFSET;
        lastTimestamp = timestamp;
    }

    /// A new epoch starts counting anew, so what older epochs sent can not be a duplicate any more.
    private void enter(short newEpoch) {
        if (newEpoch != epoch) {
            epoch = newEpoch;
            batchCount = 0;
        }
    }
}
