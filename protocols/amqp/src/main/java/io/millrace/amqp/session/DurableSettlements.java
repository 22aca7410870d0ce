package io.millrace.amqp.session;

import io.millrace.broker.queue.Commit;
import io.millrace.broker.queue.SettleOrder;
import io.millrace.broker.queue.Settlement;
import io.millrace.broker.topology.QueueType;
import io.millrace.broker.topology.QueueView;
import io.millrace.broker.topology.QueueView.Home;
import io.millrace.model.TopicId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What a transaction settles for good: deliveries of queues on logs that were acknowledged or rejected. What goes back
/// to its queue, or was in memory only, a crash gives back or takes anyway; and where a queue has moved since the
/// delivery, settling it late changes nothing (ADR 0028).
///
/// Owned by: one connection's loop.
final class DurableSettlements {
    private final Map<TopicId, OfQueue> queues = new LinkedHashMap<>();

    DurableSettlements(List<Transaction.Settled> all) {
        for (Transaction.Settled each : all) {
            if (each.how() != Settlement.REQUEUE) {
                each.entries().forEach(entry -> add(entry, each.how()));
            }
        }
    }

    private record OfQueue(QueueView view, List<Long> acknowledged, List<Long> rejected) {
        SettleOrder order() {
            return new SettleOrder(offsets(acknowledged), offsets(rejected));
        }

        private static long[] offsets(List<Long> all) {
            return all.stream().mapToLong(Long::longValue).toArray();
        }
    }

    private void add(Unsettled.Entry entry, Settlement how) {
        QueueView view = entry.queue().view();
        long offset = entry.queue().hold().current(entry.offset());
        boolean isKept = view.home() instanceof Home.OnLog && view.spec().type() != QueueType.STREAM;
        if (isKept && offset >= 0) {
            OfQueue queue =
                    queues.computeIfAbsent(view.id(), _ -> new OfQueue(view, new ArrayList<>(), new ArrayList<>()));
            (how == Settlement.ACKNOWLEDGE ? queue.acknowledged : queue.rejected).add(offset);
        }
    }

    /// How many queues they are in.
    int queueCount() {
        return queues.size();
    }

    /// The first of these queues.
    QueueView queue() {
        return first().view;
    }

    /// What is settled there.
    SettleOrder order() {
        return first().order();
    }

    private OfQueue first() {
        return queues.values().iterator().next();
    }

    List<Commit.Settled> parts() {
        return queues.values().stream()
                .map(queue -> new Commit.Settled(queue.view.ref().name(), queue.view.id(), queue.order()))
                .toList();
    }
}
