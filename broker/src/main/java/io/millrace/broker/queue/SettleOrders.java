package io.millrace.broker.queue;

import io.millrace.broker.message.Message;
import io.millrace.broker.queue.Publication.End;
import io.millrace.broker.queue.machine.ConsumerKey;
import io.millrace.broker.queue.machine.QueueMachine;
import io.millrace.broker.queue.machine.Settlement;
import java.util.Optional;
import java.util.function.LongConsumer;
import java.util.function.ObjLongConsumer;

/// Carries out the orders of commits in one queue: once, however often one comes.
///
/// Invariant: an offset is only taken for the message that was meant. A crash may cost a log its end, which others
/// write again (ADR 0037): what this life of the queue has written is not meant by what was decided before it.
///
/// Owned by: one [QueueHost].
final class SettleOrders {
    private final QueueMachine machine;
    private final QueueStore store;
    private final long beganMs;
    private final long beganAt;
    private final ObjLongConsumer<ConsumerKey> taken;
    private final LongConsumer acknowledged;

    /// @param nowMs when this life of the queue begins
    /// @param taken whoever held a message, at this offset, holds it no more
    /// @param acknowledged called with offsets that are acknowledged now
    SettleOrders(
            QueueMachine machine,
            QueueStore store,
            long nowMs,
            ObjLongConsumer<ConsumerKey> taken,
            LongConsumer acknowledged) {
        this.machine = machine;
        this.store = store;
        this.beganMs = nowMs;
        this.beganAt = machine.end();
        this.taken = taken;
        this.acknowledged = acknowledged;
    }

    void carryOut(Message message, Publication publication) {
        Optional<SettleOrder> order = SettleOrder.of(message);
        if (order.isEmpty()) {
            publication.ended(End.FAILED);
            return;
        }
        long end = message.publishedMs() < beganMs ? beganAt : Long.MAX_VALUE;
        for (long offset : order.get().acknowledged()) {
            if (offset < end && settle(offset, false)) {
                acknowledged.accept(offset);
            }
        }
        for (long offset : order.get().rejected()) {
            if (offset < end && settle(offset, true)) {
                store.touched();
            }
        }
        store.whenNoted(publication);
    }

    private boolean settle(long offset, boolean rejected) {
        Optional<ConsumerKey> holder = machine.holder(offset);
        boolean isDone = machine.settle(offset, rejected) == Settlement.DONE;
        holder.filter(_ -> isDone).ifPresent(key -> taken.accept(key, offset));
        return isDone;
    }
}
