package io.millrace.log.producer;

import io.millrace.log.batch.AppendOrigin;
import io.millrace.log.batch.BatchHeader;
import io.millrace.model.ErrorKind;
import io.millrace.model.TopicPartition;
import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/// What one log knows of its idempotent and transactional producers: [#check] decides about a batch, [#apply] is the
/// only thing that changes state and does the same on a leader, a follower and in recovery (KIP-98, KIP-360, KIP-890).
///
/// Nothing is allocated until the first batch with a producer id. The number of producers is bounded: beyond it the one
/// that has been silent the longest is forgotten, which a client notices as little as Kafka's expiry (its next batch is
/// accepted with whatever sequence it has).
///
/// Owned by: the log's loop. Invariant: producers are in the order of their last batch or marker, oldest first.
public final class ProducerStates {
    /// Kafka's `producer.id.expiration.ms`.
    public static final long EXPIRATION_MS = 86_400_000;

    /// Producers one log remembers. At about 130 bytes each, 13 MB for a log that is under attack.
    public static final int PRODUCERS_MAX = 100_000;

    private final TopicPartition partition;
    private final long expirationMs;
    private final int producersMax;
    private @Nullable SequencedMap<Long, ProducerState> producers;
    private long evictedCount;

    public ProducerStates(TopicPartition partition) {
        this(partition, EXPIRATION_MS, PRODUCERS_MAX);
    }

    public ProducerStates(TopicPartition partition, long expirationMs, int producersMax) {
        this.partition = partition;
        this.expirationMs = expirationMs;
        this.producersMax = producersMax;
    }

    public boolean knows(long producerId) {
        return producers != null && producers.containsKey(producerId);
    }

    /// Whether the batch at `position` may be appended at `offset`. Changes nothing.
    public ProducerCheck check(ByteBuffer buffer, int position, long offset, AppendOrigin origin) {
        long producerId = BatchHeader.producerId(buffer, position);
        if (producerId <= BatchHeader.NO_PRODUCER_ID || origin == AppendOrigin.LEADER) {
            return ProducerCheck.ACCEPTED;
        }
        ProducerState state = producers == null ? null : producers.get(producerId);
        if (state == null) {
            // Unknown producers may begin anywhere: what they sent before may have been deleted, or expired.
            return ProducerCheck.ACCEPTED;
        }
        return switch (origin) {
            case CLIENT -> checkClient(state, buffer, position, offset);
            case COORDINATOR, LEADER -> checkEpoch(state, BatchHeader.producerEpoch(buffer, position), offset);
        };
    }

    private ProducerCheck checkClient(ProducerState state, ByteBuffer buffer, int position, long offset) {
        short epoch = BatchHeader.producerEpoch(buffer, position);
        int firstSequence = BatchHeader.baseSequence(buffer, position);
        // The duplicate is looked for first: it is answered as it was the first time, whatever has happened since.
        if (epoch == state.epoch()) {
            int found = state.findBatch(firstSequence, BatchHeader.lastSequence(buffer, position));
            if (found >= 0) {
                long lastOffset = state.lastOffset(found);
                return new ProducerCheck.Duplicate(
                        lastOffset - state.offsetDelta(found), lastOffset, state.timestamp(found));
            }
        }
        ProducerCheck epochCheck = checkEpoch(state, epoch, offset);
        if (epochCheck instanceof ProducerCheck.Refused) {
            return epochCheck;
        }
        if (!isNext(state, epoch, firstSequence) && !isAfterDamage(state, epoch, firstSequence)) {
            return outOfOrder(state, epoch, firstSequence, offset);
        }
        if (state.hasOpenTransaction() && !BatchHeader.isTransactional(buffer, position)) {
            return new ProducerCheck.Refused(
                    ErrorKind.INVALID_TXN_STATE,
                    "Expected transactional write from producer %d at offset %d in partition %s"
                            .formatted(state.producerId(), offset, partition));
        }
        return ProducerCheck.ACCEPTED;
    }

    private ProducerCheck checkEpoch(ProducerState state, short epoch, long offset) {
        if (epoch >= state.epoch()) {
            return ProducerCheck.ACCEPTED;
        }
        return new ProducerCheck.Refused(
                ErrorKind.INVALID_PRODUCER_EPOCH,
                "Epoch of producer %d at offset %d in %s is %d, which is smaller than the last seen epoch %d"
                        .formatted(state.producerId(), offset, partition, epoch, state.epoch()));
    }

    private static boolean isNext(ProducerState state, short epoch, int firstSequence) {
        if (state.epoch() == BatchHeader.NO_PRODUCER_EPOCH) {
            return true;
        }
        if (epoch != state.epoch()) {
            return firstSequence == 0;
        }
        int last = state.lastSequence();
        return firstSequence == last + 1L || firstSequence == 0 && last == Integer.MAX_VALUE;
    }

    /// Nobody can tell whose batch a damaged one was: whoever wrote before it may go on behind it.
    private static boolean isAfterDamage(ProducerState state, short epoch, int firstSequence) {
        return state.mayLackBatch() && epoch == state.epoch() && firstSequence > state.lastSequence();
    }

    private ProducerCheck outOfOrder(ProducerState state, short epoch, int firstSequence, long offset) {
        String message = epoch == state.epoch()
                ? ("Out of order sequence number for producer %d at offset %d in partition %s: %d (incoming seq. number),"
                                + " %d (current end sequence number)")
                        .formatted(state.producerId(), offset, partition, firstSequence, state.lastSequence())
                : ("Invalid sequence number for new epoch of producer %d at offset %d in partition %s: %d (request epoch),"
                                + " %d (seq. number), %d (current producer epoch)")
                        .formatted(state.producerId(), offset, partition, epoch, firstSequence, state.epoch());
        return new ProducerCheck.Refused(ErrorKind.OUT_OF_ORDER_SEQUENCE, message);
    }

    /// Whether a batch of the log does not follow from what is known of its producer. Read back from disk, it may be
    /// one in whose header a bit has flipped, and taken for true it would keep its producer, or another one, from
    /// writing.
    public boolean isUnexpected(ByteBuffer buffer, int position) {
        long producerId = BatchHeader.producerId(buffer, position);
        if (producerId <= BatchHeader.NO_PRODUCER_ID) {
            return false;
        }
        ProducerState state = producers == null ? null : producers.get(producerId);
        return state == null
                || BatchHeader.isControl(buffer, position)
                || BatchHeader.isTransactional(buffer, position)
                || BatchHeader.producerEpoch(buffer, position) != state.epoch()
                || !isNext(state, state.epoch(), BatchHeader.baseSequence(buffer, position));
    }

    /// A batch of the log is not what was written, and nobody knows whose it was.
    public void onDamaged() {
        if (producers != null) {
            producers.values().forEach(ProducerState::onDamaged);
        }
    }

    /// Takes note of a batch that is part of the log now: base offset assigned, whoever wrote it.
    public void apply(ByteBuffer buffer, int position) {
        long producerId = BatchHeader.producerId(buffer, position);
        if (producerId <= BatchHeader.NO_PRODUCER_ID) {
            return;
        }
        if (BatchHeader.isControl(buffer, position)) {
            Optional<EndTxnMarker> marker = EndTxnMarker.read(buffer, position);
            if (marker.isPresent()) {
                touch(producerId)
                        .endTransaction(
                                BatchHeader.producerEpoch(buffer, position),
                                marker.get().coordinatorEpoch(),
                                BatchHeader.maxTimestamp(buffer, position));
            }
            return;
        }
        ProducerState state = touch(producerId);
        state.addBatch(
                BatchHeader.producerEpoch(buffer, position),
                BatchHeader.lastSequence(buffer, position),
                BatchHeader.lastOffset(buffer, position),
                BatchHeader.lastOffsetDelta(buffer, position),
                BatchHeader.maxTimestamp(buffer, position));
        if (BatchHeader.isTransactional(buffer, position) && !state.hasOpenTransaction()) {
            state.openTransaction(BatchHeader.baseOffset(buffer, position));
        }
    }

    /// Takes note of a batch that lies before the last one its producer is known by, if it is of the same epoch: sent
    /// again it is a duplicate. Called in the log's order, after [#load]; for the rest it changes nothing.
    public void recall(ByteBuffer buffer, int position) {
        ProducerState state = producers == null ? null : producers.get(BatchHeader.producerId(buffer, position));
        if (state == null || BatchHeader.isControl(buffer, position)) {
            return;
        }
        if (BatchHeader.producerEpoch(buffer, position) == state.epoch()
                && BatchHeader.lastOffset(buffer, position) < state.lastOffset()) {
            state.recall(
                    BatchHeader.lastSequence(buffer, position),
                    BatchHeader.lastOffset(buffer, position),
                    BatchHeader.lastOffsetDelta(buffer, position),
                    BatchHeader.maxTimestamp(buffer, position));
        }
    }

    /// The producer's state, made if need be, and moved to the young end.
    private ProducerState touch(long producerId) {
        SequencedMap<Long, ProducerState> known = known();
        ProducerState state = known.get(producerId);
        if (state == null) {
            state = ProducerState.unknown(producerId);
            evictOne(known);
        }
        known.putLast(producerId, state);
        return state;
    }

    private SequencedMap<Long, ProducerState> known() {
        SequencedMap<Long, ProducerState> known = producers;
        if (known == null) {
            known = new LinkedHashMap<>(4);
            producers = known;
        }
        return known;
    }

    /// Makes room for one more. A producer inside a transaction is kept: forgetting it would lose where the transaction
    /// began.
    private void evictOne(SequencedMap<Long, ProducerState> known) {
        if (known.size() < producersMax) {
            return;
        }
        Iterator<ProducerState> oldestFirst = known.values().iterator();
        while (oldestFirst.hasNext()) {
            if (!oldestFirst.next().hasOpenTransaction()) {
                oldestFirst.remove();
                evictedCount++;
                return;
            }
        }
    }

    /// Forgets producers silent for the expiration time and outside of any transaction; returns how many.
    public int expire(long nowMs) {
        if (producers == null) {
            return 0;
        }
        int before = producers.size();
        producers
                .values()
                .removeIf(state -> !state.hasOpenTransaction() && nowMs - state.lastTimestamp() >= expirationMs);
        int after = producers.size();
        if (after == 0) {
            producers = null;
        }
        return before - after;
    }

    /// Replaces everything by what a snapshot held.
    public void load(List<ProducerState> snapshot) {
        clear();
        for (ProducerState state : snapshot) {
            known().putLast(state.producerId(), state);
        }
    }

    public void clear() {
        producers = null;
    }

    /// All producers, the longest silent first.
    public Collection<ProducerState> all() {
        return producers == null ? List.of() : List.copyOf(producers.values());
    }

    public int count() {
        return producers == null ? 0 : producers.size();
    }

    /// Metric: producers forgotten because there were too many.
    public long evictedCount() {
        return evictedCount;
    }

    /// First offset of the oldest open transaction (the last stable offset can not pass it), or
    /// [ProducerState#NO_OFFSET].
    public long firstOpenTransactionOffset() {
        long first = ProducerState.NO_OFFSET;
        for (ProducerState state : all()) {
            if (state.hasOpenTransaction() && (first == ProducerState.NO_OFFSET || state.txnFirstOffset() < first)) {
                first = state.txnFirstOffset();
            }
        }
        return first;
    }
}
