package io.millrace.broker.partition;

import io.millrace.log.batch.BatchHeader;
import io.millrace.model.Clock;
import io.millrace.model.ErrorKind;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;

/// The batches of idempotent producers that were refused a moment ago. A log takes whatever sequence comes first from a
/// producer it does not know, so a producer with several batches on their way to a leader that is not ready yet could
/// see the first refused and the second taken; the first would be out of order ever after, and the producer would begin
/// a new epoch and send again what is in the log already. Whoever comes after a refused batch to a log that does not
/// know the producer is out of order, which producers answer by sending in order.
///
/// A note says something of what was on its way when the refusal left, so it is short-lived: what a producer sends
/// later it sends in order, perhaps after the refused batch has found another leader.
///
/// Owned by: one loop. Bounded: the oldest note goes for a new one, and with it goes no more than Kafka has.
public final class RefusedSequences {
    static final long NOTE_MS_MAX = 5_000;

    static final int NOTES_MAX = 10_000;

    private final Clock clock;
    private final Map<Producer, Note> notes = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Producer, Note> eldest) {
            return size() > NOTES_MAX;
        }
    };

    /// @param place a partition, by whatever the caller knows it
    private record Producer(Object place, long producerId) {}

    private record Note(short epoch, int sequence, long untilMs) {}

    public RefusedSequences(Clock clock) {
        this.clock = clock;
    }

    /// Whether nothing was refused lately, as nearly always.
    public boolean isEmpty() {
        return notes.isEmpty();
    }

    /// Whether the first of these batches comes after one that was refused. Forgets the refused one when it is that.
    public boolean isAhead(Object place, ByteBuffer batches) {
        if (notes.isEmpty() || !hasSequence(batches)) {
            return false;
        }
        int position = batches.position();
        Producer producer = new Producer(place, BatchHeader.producerId(batches, position));
        Note note = notes.get(producer);
        if (note == null) {
            return false;
        }
        if (note.untilMs >= clock.monotonicMs()
                && note.epoch == BatchHeader.producerEpoch(batches, position)
                && isAfter(BatchHeader.baseSequence(batches, position), note.sequence)) {
            return true;
        }
        notes.remove(producer);
        return false;
    }

    /// @return `reply`, and before it a note if the batches, which may be gone by then, are refused
    public Consumer<AppendReply> watching(Object place, ByteBuffer batches, Consumer<AppendReply> reply) {
        if (!hasSequence(batches)) {
            return reply;
        }
        int position = batches.position();
        long producerId = BatchHeader.producerId(batches, position);
        short epoch = BatchHeader.producerEpoch(batches, position);
        int sequence = BatchHeader.baseSequence(batches, position);
        return answer -> {
            if (isRefusal(answer.error())) {
                note(new Producer(place, producerId), epoch, sequence);
            }
            reply.accept(answer);
        };
    }

    /// The batches were refused before anybody could be asked.
    public void refused(Object place, ByteBuffer batches) {
        if (hasSequence(batches)) {
            int position = batches.position();
            note(
                    new Producer(place, BatchHeader.producerId(batches, position)),
                    BatchHeader.producerEpoch(batches, position),
                    BatchHeader.baseSequence(batches, position));
        }
    }

    private void note(Producer producer, short epoch, int sequence) {
        long nowMs = clock.monotonicMs();
        Note before = notes.get(producer);
        boolean isFirst =
                before == null || before.untilMs < nowMs || before.epoch != epoch || isAfter(before.sequence, sequence);
        if (isFirst) {
            notes.put(producer, new Note(epoch, sequence, nowMs + NOTE_MS_MAX));
        }
    }

    /// What says nothing of the batch's being in the log, or that it is not; with these two it is.
    private static boolean isRefusal(ErrorKind error) {
        return error != ErrorKind.NONE
                && error != ErrorKind.REQUEST_TIMED_OUT
                && error != ErrorKind.NOT_ENOUGH_REPLICAS_AFTER_APPEND;
    }

    /// Sequences go on with 0 after the largest integer.
    private static boolean isAfter(int sequence, int other) {
        int distance = (sequence - other) & Integer.MAX_VALUE;
        return distance != 0 && distance < 1 << 30;
    }

    private static boolean hasSequence(ByteBuffer batches) {
        return batches.remaining() >= BatchHeader.OVERHEAD
                && BatchHeader.hasProducerId(batches, batches.position())
                && BatchHeader.baseSequence(batches, batches.position()) >= 0;
    }

    /// Whose the first of these batches is.
    public static long producer(ByteBuffer batches) {
        return BatchHeader.producerId(batches, batches.position());
    }

    /// The answer to who comes too early, in Kafka's words.
    public static String message(Object place, ByteBuffer batches) {
        int position = batches.position();
        return "Out of order sequence number for producer %d in partition %s: %d (incoming seq. number), and one before it was refused"
                .formatted(
                        BatchHeader.producerId(batches, position), place, BatchHeader.baseSequence(batches, position));
    }
}
