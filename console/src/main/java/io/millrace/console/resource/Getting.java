package io.millrace.console.resource;

import io.millrace.broker.queue.Delivery;
import io.millrace.broker.queue.Hold;
import io.millrace.broker.queue.QueueOutcome;
import io.millrace.broker.queue.Settlement;
import io.millrace.model.Loop;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Takes messages of a queue one after another and then settles all of them.
///
/// Owned by: the loop of the queues' user.
final class Getting {
    /// What one call takes at most; a message more may come on top.
    private static final int BYTES_MAX = 32 * 1024 * 1024;

    private final Loop loop;
    private final Settlement settlement;
    private final Consumer<Taken> whenDone;
    private final List<Row> rows = new ArrayList<>();
    private int left;
    private long bytes;

    /// A message, and how many were ready behind it.
    record Row(Delivery delivery, long readyAfter) {}

    /// @param outcome why no more were taken
    record Taken(List<Row> rows, QueueOutcome outcome) {}

    /// @param left how many to take at most
    Getting(Loop loop, Settlement settlement, int left, Consumer<Taken> whenDone) {
        this.loop = loop;
        this.settlement = settlement;
        this.left = left;
        this.whenDone = whenDone;
    }

    void take(Hold hold) {
        if (left == 0 || bytes >= BYTES_MAX) {
            end(hold, QueueOutcome.DONE);
            return;
        }
        left--;
        hold.get(isAutomatic(), (outcome, delivery, readyAfter) -> got(hold, outcome, delivery, readyAfter));
    }

    private boolean isAutomatic() {
        return settlement == Settlement.ACKNOWLEDGE;
    }

    private void got(Hold hold, QueueOutcome outcome, @Nullable Delivery delivery, long readyAfter) {
        if (delivery == null) {
            end(hold, outcome);
            return;
        }
        bytes += delivery.message().bytes();
        rows.add(new Row(delivery, readyAfter));
        loop.post(() -> take(hold)); // not at once: ten thousand calls within each other are too deep
    }

    private void end(Hold hold, QueueOutcome outcome) {
        if (!isAutomatic() && !rows.isEmpty()) {
            long[] offsets =
                    rows.stream().mapToLong(row -> row.delivery().offset()).toArray();
            hold.settle(offsets, offsets.length, settlement);
        }
        hold.close();
        whenDone.accept(new Taken(rows, outcome));
    }
}
