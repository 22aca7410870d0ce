package io.millrace.broker.queue;

import io.millrace.model.Loop;
import java.util.ArrayList;
import java.util.List;

/// Takes work from one loop to another in order, everything of one turn in one trip. On the same loop it is done at
/// once.
///
/// Owned by: the loop it sends from.
final class Courier {
    private final Loop from;
    private final Loop to;
    private List<Runnable> bag = new ArrayList<>();

    Courier(Loop from, Loop to) {
        this.from = from;
        this.to = to;
    }

    void send(Runnable work) {
        if (from == to) {
            work.run();
            return;
        }
        if (bag.isEmpty()) {
            from.post(this::leave);
        }
        bag.add(work);
    }

    private void leave() {
        List<Runnable> trip = bag;
        bag = new ArrayList<>();
        to.post(() -> run(trip, 0));
    }

    /// What is wrong with one piece of work is not the others': they are done in the next turn.
    private void run(List<Runnable> trip, int begin) {
        int at = begin;
        try {
            while (at < trip.size()) {
                trip.get(at++).run();
            }
        } finally {
            if (at < trip.size()) {
                int rest = at;
                to.post(() -> run(trip, rest));
            }
        }
    }
}
