package io.millrace.broker.queue;

import io.millrace.broker.message.Message;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/// Lets each message into a queue once. One that was sent before, to the queue's last leader or by a connection that
/// broke, is looked for as soon as nothing is on its way into the log; what comes behind it waits so long.
///
/// Owned by: one [QueueHost].
final class Arrivals {
    private record Arrival(Stamp stamp, Message message, Publication publication) {}

    /// Where messages go that are let in.
    interface Inside {
        void admit(Stamp stamp, Message message, Publication publication);
    }

    private final QueueStore store;
    private final Inside inside;
    private final ArrayDeque<Arrival> waiting = new ArrayDeque<>();

    Arrivals(QueueStore store, Inside inside) {
        this.store = store;
        this.inside = inside;
    }

    void take(Stamp stamp, Message message, Publication publication) {
        if (waiting.isEmpty() && !stamp.again()) {
            enter(stamp, message, publication);
            return;
        }
        waiting.add(new Arrival(stamp, message, publication));
        if (waiting.size() == 1) {
            store.whenIdle(this::letIn);
        }
    }

    private void enter(Stamp stamp, Message message, Publication publication) {
        if (store.stamps().comes(stamp)) {
            inside.admit(stamp, message, publication);
        } else {
            publication.ended(Publication.End.FAILED);
        }
    }

    private void letIn() {
        List<Arrival> all = new ArrayList<>(waiting);
        waiting.clear();
        all.forEach(this::letIn);
    }

    private void letIn(Arrival arrival) {
        StampsSeen.Verdict verdict =
                arrival.stamp.again() ? store.stamps().verdict(arrival.stamp) : StampsSeen.Verdict.ABSENT;
        switch (verdict) {
            case STORED -> arrival.publication.ended(Publication.End.STORED);
            case ABSENT -> enter(arrival.stamp, arrival.message, arrival.publication);
            case UNKNOWN -> arrival.publication.ended(Publication.End.FAILED);
        }
    }

    /// The queue has gone, or lives elsewhere.
    void close() {
        List<Arrival> all = new ArrayList<>(waiting);
        waiting.clear();
        all.forEach(each -> each.publication.ended(Publication.End.UNKNOWN));
    }
}
