package io.millrace.console.resource;

import io.millrace.broker.topology.TopologyChange;
import io.millrace.console.web.Call;
import io.millrace.model.VhostName;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.function.Supplier;

/// Makes changes step by step: those of one step together, some hundred at a time, the next step when all of one are
/// done. The first refusal answers the call and ends it.
///
/// Owned by: the call.
final class Import {
    private static final int AT_ONCE_MAX = 500;

    private final Changes changes;
    private final Call call;
    private final ArrayDeque<Supplier<List<Change>>> steps;
    private Queue<Change> step = new ArrayDeque<>();
    private int underWay;
    private Runnable done = () -> {};

    /// @param vhost for the words of a refusal
    record Change(VhostName vhost, TopologyChange change) {}

    /// @param steps asked for when the one before is done
    Import(Changes changes, Call call, List<Supplier<List<Change>>> steps) {
        this.changes = changes;
        this.call = call;
        this.steps = new ArrayDeque<>(steps);
    }

    void run(Runnable whenDone) {
        done = whenDone;
        next();
    }

    private void next() {
        while (step.isEmpty() && !steps.isEmpty()) {
            step = new ArrayDeque<>(steps.remove().get());
        }
        if (step.isEmpty()) {
            done.run();
            return;
        }
        // Counted before they are sent: a reply may come before the last of them has gone.
        List<Change> batch = step.stream().limit(AT_ONCE_MAX).toList();
        batch.forEach(_ -> step.remove());
        underWay = batch.size();
        batch.forEach(each -> changes.submit(call, each.vhost(), each.change(), _ -> ended()));
    }

    private void ended() {
        if (--underWay == 0) {
            next();
        }
    }
}
