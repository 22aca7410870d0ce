package io.millrace.amqp.session;

import java.util.Arrays;

/// The publishes of a channel in confirm mode that have not been confirmed: what is to be told, in as few methods as
/// order allows. A ring over the sequence numbers, since those are dense and mostly end in order.
///
/// Owned by: one connection's loop.
/// Invariant: `first <= next`; the ring holds what lies between.
final class Confirms {
    private static final byte PENDING = 0;
    private static final byte STORED = 1;
    private static final byte LOST = 2;
    private static final byte TOLD = 3;

    private byte[] ring = new byte[64];
    private long first = 1;
    private long next = 1;
    private long[] ended = new long[16];
    private int endedCount;
    private int pending;

    /// Hears what is to be sent.
    interface Verdicts {
        void ack(long sequence, boolean multiple);

        void nack(long sequence, boolean multiple);
    }

    /// The next publish's number.
    long begin() {
        if (next - first == ring.length) {
            grow();
        }
        ring[at(next)] = PENDING;
        pending++;
        return next++;
    }

    /// One has ended; it is told by [#tell].
    void end(long sequence, boolean stored) {
        ring[at(sequence)] = stored ? STORED : LOST;
        pending--;
        if (endedCount == ended.length) {
            ended = Arrays.copyOf(ended, endedCount * 2);
        }
        ended[endedCount++] = sequence;
    }

    /// One that goes to no queue has ended: it is told before anything else is sent, right behind its return.
    void endAtOnce(long sequence, Verdicts verdicts) {
        ring[at(sequence)] = TOLD;
        pending--;
        while (first < next && ring[at(first)] == TOLD) {
            first++;
        }
        verdicts.ack(sequence, false);
    }

    /// How many have begun and not ended.
    int pending() {
        return pending;
    }

    boolean hasNews() {
        return endedCount > 0;
    }

    /// Tells all that ended since the last time: what is in order with one `multiple` for each run, the rest one by
    /// one. Negative ones are always told one by one, as RabbitMQ does.
    void tell(Verdicts verdicts) {
        tellInOrder(verdicts);
        Arrays.sort(ended, 0, endedCount);
        for (int i = 0; i < endedCount; i++) {
            long sequence = ended[i];
            if (sequence >= first && ring[at(sequence)] != TOLD) {
                tellOne(verdicts, sequence);
            }
        }
        endedCount = 0;
    }

    private void tellInOrder(Verdicts verdicts) {
        long runEnd = 0;
        int run = 0;
        while (first < next && ring[at(first)] != PENDING) {
            byte state = ring[at(first)];
            if (state == STORED) {
                runEnd = first;
                run++;
            } else if (state == LOST) {
                tellRun(verdicts, runEnd, run);
                run = 0;
                verdicts.nack(first, false);
            }
            first++;
        }
        tellRun(verdicts, runEnd, run);
    }

    private static void tellRun(Verdicts verdicts, long runEnd, int run) {
        if (run > 0) {
            verdicts.ack(runEnd, run > 1);
        }
    }

    private void tellOne(Verdicts verdicts, long sequence) {
        boolean stored = ring[at(sequence)] == STORED;
        ring[at(sequence)] = TOLD;
        if (stored) {
            verdicts.ack(sequence, false);
        } else {
            verdicts.nack(sequence, false);
        }
    }

    private int at(long sequence) {
        return (int) (sequence & (ring.length - 1));
    }

    private void grow() {
        byte[] larger = new byte[ring.length * 2];
        for (long sequence = first; sequence < next; sequence++) {
            larger[(int) (sequence & (larger.length - 1))] = ring[at(sequence)];
        }
        ring = larger;
    }
}
