package io.millrace.broker.queue;

import io.millrace.broker.message.Message;
import io.millrace.broker.queue.machine.MessageFacts;
import io.millrace.broker.queue.machine.Reason;
import io.millrace.broker.routing.Destination.Target;
import io.millrace.broker.topology.QueueRef;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Set;

/// The dead letters of one queue on their way to others. A letter whose fate is unknown is sent again, to those only
/// that may not have it, later each time; until then it is an offset. So a target that does not answer costs its source
/// no memory, and holds up its other letters only when many wait for it.
///
/// Owned by: one [QueueHost].
final class OutgoingLetters {
    /// @param most letters on their way, or waiting to be sent again: others wait
    /// @param bytes on their way: one letter may be more
    record Bounds(int most, long bytes) {}

    static final Bounds BOUNDS = new Bounds(256, 4 * 1024 * 1024);

    private static final long AGAIN_MS = 1_000;
    private static final long AGAIN_MS_MAX = 60_000;
    private static final int DOUBLINGS_MAX = 6;

    /// So often a letter was sent that waits for a minute.
    private static final int ATTEMPTS_TO_TELL = DOUBLINGS_MAX;

    private static final long TELL_AGAIN_MS = 60_000;

    /// @param left the queues and topics that may not have it yet, or nobody knows: empty for all it is routed to
    /// @param attempts how often it was sent
    record Letter(long offset, Reason reason, Set<Target> left, int attempts) {}

    private record Postponed(Letter letter, long dueMs) {}

    /// Where letters go.
    interface Office {
        /// Answers by [#arrived] or [#postpone], perhaps before it returns.
        void send(Letter letter, Message message);
    }

    private final QueueRef queue;
    private final QueueStore store;
    private final QueueEvents events;
    private final Bounds bounds;
    private final Office office;
    private final LetterQueue waiting = new LetterQueue();
    private final PriorityQueue<Postponed> postponed =
            new PriorityQueue<>(Comparator.comparingLong(Postponed::dueMs).thenComparingLong(one -> one.letter.offset));
    private int out;
    private long outBytes;
    private long tellAtMs;

    OutgoingLetters(QueueRef queue, QueueStore store, QueueEvents events, Bounds bounds, Office office) {
        this.queue = queue;
        this.store = store;
        this.events = events;
        this.bounds = bounds;
        this.office = office;
    }

    void add(long offset, Reason reason) {
        waiting.add(offset, reason);
    }

    /// Sends what may be sent now; what has to be read first holds up what comes behind it.
    void send(long nowMs) {
        boolean goesOn = true;
        while (goesOn) {
            goesOn = nextDueMs() <= nowMs ? sendAgain() : sendFirst();
        }
    }

    private boolean sendAgain() {
        Letter letter = postponed.element().letter;
        Message message = outBytes < bounds.bytes ? store.find(letter.offset) : null;
        if (message == null) {
            return false;
        }
        postponed.remove();
        events.lettersWait(-1);
        send(letter, message);
        return true;
    }

    private boolean sendFirst() {
        boolean hasRoom = out + postponed.size() < bounds.most && outBytes < bounds.bytes;
        Message message = hasRoom && !waiting.isEmpty() ? store.find(waiting.firstOffset()) : null;
        if (message == null) {
            return false;
        }
        Letter letter = new Letter(waiting.firstOffset(), waiting.firstReason(), Set.of(), 0);
        waiting.removeFirst();
        send(letter, message);
        return true;
    }

    private void send(Letter letter, Message message) {
        out++;
        outBytes += message.bytes();
        office.send(letter, message);
    }

    void arrived(Message message) {
        out--;
        outBytes -= message.bytes();
    }

    /// It is to be sent again.
    ///
    /// @param left to these
    void postpone(Letter letter, Message message, Set<Target> left, long nowMs) {
        arrived(message);
        long pauseMs = Math.min(AGAIN_MS << Math.min(letter.attempts, DOUBLINGS_MAX), AGAIN_MS_MAX);
        postponed.add(
                new Postponed(new Letter(letter.offset, letter.reason, left, letter.attempts + 1), nowMs + pauseMs));
        events.lettersWait(1);
        if (letter.attempts >= ATTEMPTS_TO_TELL && nowMs >= tellAtMs) {
            tellAtMs = nowMs + TELL_AGAIN_MS;
            events.letterWaits(queue, left, postponed.size() + waiting.size());
        }
    }

    private long nextDueMs() {
        Postponed next = postponed.peek();
        return next == null ? MessageFacts.NEVER : next.dueMs;
    }

    /// When time alone is reason enough for the next [#send], or [MessageFacts#NEVER]. What is due and could not be
    /// sent waits for a read or for others to arrive.
    long wakeMs(long nowMs) {
        return nextDueMs() > nowMs ? nextDueMs() : MessageFacts.NEVER;
    }

    /// Takes out those that wait and can not be read any more.
    ///
    /// @return their offsets
    List<Long> lost(long first, long end) {
        List<Long> lost = new ArrayList<>();
        waiting.removeAll(first, end, lost::add);
        postponed.removeIf(one -> {
            boolean isLost = one.letter.offset >= first && one.letter.offset < end;
            if (isLost) {
                lost.add(one.letter.offset);
                events.lettersWait(-1);
            }
            return isLost;
        });
        return lost;
    }

    void close() {
        waiting.clear();
        events.lettersWait(-postponed.size());
        postponed.clear();
    }
}
