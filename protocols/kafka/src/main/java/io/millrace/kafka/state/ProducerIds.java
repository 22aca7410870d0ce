package io.millrace.kafka.state;

import io.millrace.broker.catalog.CatalogChanges;
import io.millrace.broker.catalog.CatalogChanges.ProducerIdBlock;
import io.millrace.broker.catalog.Outcome;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Consumer;

/// Hands out producer ids from blocks that the metadata log has reserved; one block is asked for at a time, and whoever
/// comes meanwhile waits for it. Waiters are bounded by the requests that connections may have in flight.
///
/// Owned by: one loop.
/// Invariant: no id is handed out twice; the rest of a block is lost with the process, which is what blocks are for.
public final class ProducerIds {
    private final CatalogChanges changes;
    private final Deque<Consumer<Granted>> waiting = new ArrayDeque<>();
    private long next;
    private long end;
    private boolean asking;

    public ProducerIds(CatalogChanges changes) {
        this.changes = changes;
    }

    /// @param producerId -1 when refused
    public record Granted(Outcome outcome, long producerId) {}

    public void next(Consumer<Granted> reply) {
        if (waiting.isEmpty() && next < end) {
            reply.accept(take());
            return;
        }
        waiting.add(reply);
        ask();
    }

    private Granted take() {
        return new Granted(Outcome.OK, next++);
    }

    private void ask() {
        if (!asking) {
            asking = true;
            changes.allocateProducerIds(this::onBlock);
        }
    }

    private void onBlock(ProducerIdBlock block) {
        asking = false;
        if (!block.outcome().isOk()) {
            // All who waited for this block fail with it; the next to come asks again.
            for (int i = waiting.size(); i > 0; i--) {
                waiting.remove().accept(new Granted(block.outcome(), -1));
            }
            return;
        }
        next = block.first();
        end = block.first() + block.count();
        while (!waiting.isEmpty() && next < end) {
            waiting.remove().accept(take());
        }
        if (!waiting.isEmpty()) {
            ask();
        }
    }
}
