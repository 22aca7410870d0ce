package io.millrace.broker.queue;

import io.millrace.model.Loop;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;

/// The queues of a loop that may not act until their node knows whether it leads them still: one timer for all of them,
/// however many. It is the node that does not know, so some of them tell for all.
///
/// Owned by: that loop.
final class Standstill {
    /// A node that was frozen hears within about that time whether somebody else leads.
    private static final long LOOK_AGAIN_MS = 100;

    private static final int ASKED_MAX = 100;

    private final Loop loop;
    private final LinkedHashSet<QueueHost> waiting = new LinkedHashSet<>();
    private boolean looking;

    Standstill(Loop loop) {
        this.loop = loop;
    }

    /// It has a turn when it may act, or perhaps may.
    void add(QueueHost queue) {
        waiting.add(queue);
        lookLater();
    }

    void remove(QueueHost queue) {
        waiting.remove(queue);
    }

    private void lookLater() {
        if (!looking) {
            looking = true;
            loop.after(LOOK_AGAIN_MS, this::look);
        }
    }

    private void look() {
        looking = false;
        List<QueueHost> asked = waiting.stream().limit(ASKED_MAX).toList();
        if (asked.stream().anyMatch(QueueHost::mayAct)) {
            List<QueueHost> all = new ArrayList<>(waiting);
            waiting.clear();
            all.forEach(QueueHost::later);
        } else if (!asked.isEmpty()) {
            asked.forEach(waiting::remove); // others are asked next
            waiting.addAll(asked);
            lookLater();
        }
    }
}
