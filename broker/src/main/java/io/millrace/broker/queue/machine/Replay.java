package io.millrace.broker.queue.machine;

import io.millrace.broker.queue.machine.Snapshot.Mark;
import java.util.Optional;

/// What a snapshot knows of the messages of a log that is read again, in the order of the log.
///
/// Owned by: the queue's machine, until the log is read.
final class Replay {
    private final Snapshot snapshot;
    private int range;
    private int mark;

    Replay(Snapshot snapshot) {
        this.snapshot = snapshot;
    }

    /// Whether the message was settled. To be asked for rising offsets.
    boolean isSettled(long offset) {
        if (offset < snapshot.firstUnsettled()) {
            return true;
        }
        OffsetRanges settled = snapshot.settled();
        while (range < settled.count() && settled.last(range) < offset) {
            range++;
        }
        return range < settled.count() && settled.first(range) <= offset;
    }

    /// What else is known of a message that is not settled. To be asked for rising offsets.
    Optional<Mark> mark(long offset) {
        while (mark < snapshot.marks().size() && snapshot.marks().get(mark).last() < offset) {
            mark++;
        }
        return mark < snapshot.marks().size() && snapshot.marks().get(mark).first() <= offset
                ? Optional.of(snapshot.marks().get(mark))
                : Optional.empty();
    }
}
