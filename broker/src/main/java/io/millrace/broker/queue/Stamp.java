package io.millrace.broker.queue;

/// Who sent a message to a queue's log and as its how manieth, so that a copy that comes again is known by the log
/// itself, whoever leads it by then: batches carry it where Kafka's idempotent producers have theirs (KIP-98), a
/// producer's id, its epoch and a sequence number.
///
/// @param producer one loop in one life of one node, never used again; [#NOBODY] for what can not be known again
/// @param sequence grows with every message of the producer to the queue; epoch and sequence number together
/// @param again whether it was sent before, and nobody knows what became of it
public record Stamp(long producer, long sequence, boolean again) {
    public static final long NOBODY = -1;
    public static final Stamp NONE = new Stamp(NOBODY, 0, false);

    /// Ours are above all that Kafka's producers ever get.
    private static final long PRODUCERS = 1L << 62;

    private static final int LOOP_BITS = 8;
    private static final int SEQUENCE_BITS = 31;
    private static final long SEQUENCE_MASK = (1L << SEQUENCE_BITS) - 1;

    /// More have no stamp: some years of a million a second.
    static final long SEQUENCES_MAX = (long) Short.MAX_VALUE << SEQUENCE_BITS;

    /// @param nodeEpoch of the node's registration, which no other one has
    public static long producer(long nodeEpoch, int loop) {
        return PRODUCERS | nodeEpoch << LOOP_BITS | loop;
    }

    static boolean isOurs(long producer) {
        return producer >= PRODUCERS;
    }

    static long sequence(short epoch, int number) {
        return (long) epoch << SEQUENCE_BITS | number;
    }

    public boolean isNone() {
        return producer == NOBODY;
    }

    public short epoch() {
        return isNone() ? -1 : (short) (sequence >>> SEQUENCE_BITS);
    }

    public int number() {
        return isNone() ? -1 : (int) (sequence & SEQUENCE_MASK);
    }

    /// Whether this may stand behind the other one in one batch.
    boolean follows(Stamp before) {
        return producer == before.producer
                && (isNone() || (sequence == before.sequence + 1 && (sequence & SEQUENCE_MASK) != 0));
    }

    Stamp sentAgain() {
        return new Stamp(producer, sequence, true);
    }
}
