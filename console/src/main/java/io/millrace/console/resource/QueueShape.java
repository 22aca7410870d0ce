package io.millrace.console.resource;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.broker.queue.QueueTraffic;
import io.millrace.broker.queue.machine.QueueCounts;
import io.millrace.broker.topology.QueueView;
import io.millrace.console.json.QueueJson;
import io.millrace.console.json.QueueJson.Detail;
import io.millrace.console.port.ClusterView;
import io.millrace.console.port.Tallies;
import io.millrace.console.web.Shape;
import io.millrace.console.web.SortKey;
import java.util.Optional;
import java.util.function.ToLongFunction;

/// How queues are listed. What they are sorted by is found without making their JSON, for there may be 100,000 of which
/// a page shows a few.
record QueueShape(ClusterView cluster, Tallies latest, Detail detail) implements Shape<QueueView> {
    @Override
    public String name(QueueView queue) {
        return queue.ref().name().value();
    }

    @Override
    public ObjectNode tree(QueueView queue) {
        return QueueJson.of(queue, cluster.home(queue), latest, detail);
    }

    @Override
    public Optional<SortKey> field(QueueView queue, String field) {
        return switch (field) {
            case "name" -> text(name(queue));
            case "vhost" -> text(queue.ref().vhost().value());
            case "type" -> text(queue.spec().type().word());
            case "durable" -> text(Boolean.toString(queue.spec().durable()));
            case "auto_delete" -> text(Boolean.toString(queue.spec().autoDelete()));
            case "exclusive" -> text(Boolean.toString(queue.spec().exclusive()));
            case "policy" -> text(queue.policy().name());
            case "node" -> text(cluster.home(queue).orElse(""));
            case "state" -> text(cluster.home(queue).isPresent() ? QueueJson.RUNNING : QueueJson.DOWN);
            case "consumers" -> count(queue, QueueCounts::consumers);
            case "messages" -> count(queue, counts -> counts.ready() + counts.delayed() + counts.unacked());
            case "messages_ready" -> count(queue, counts -> counts.ready() + counts.delayed());
            case "messages_unacknowledged" -> count(queue, QueueCounts::unacked);
            case "message_bytes" ->
                count(queue, counts -> counts.readyBytes() + counts.delayedBytes() + counts.unackedBytes());
            case "message_bytes_ready" -> count(queue, counts -> counts.readyBytes() + counts.delayedBytes());
            case "message_bytes_unacknowledged" -> count(queue, QueueCounts::unackedBytes);
            case "message_stats.publish" -> traffic(queue, QueueTraffic::published);
            case "message_stats.deliver_get" -> traffic(queue, QueueTraffic::handedOut);
            case "message_stats.ack" -> traffic(queue, QueueTraffic::acknowledged);
            case "message_stats.publish_details.rate" -> rate(queue, QueueTraffic::published);
            case "message_stats.deliver_get_details.rate" -> rate(queue, QueueTraffic::handedOut);
            case "message_stats.ack_details.rate" -> rate(queue, QueueTraffic::acknowledged);
            default -> Optional.empty();
        };
    }

    private static Optional<SortKey> text(String text) {
        return Optional.of(text.isEmpty() ? SortKey.NONE : SortKey.of(text));
    }

    private Optional<SortKey> traffic(QueueView queue, ToLongFunction<QueueTraffic> count) {
        return Optional.of(SortKey.of(count.applyAsLong(latest.traffic(queue))));
    }

    private Optional<SortKey> rate(QueueView queue, ToLongFunction<QueueTraffic> count) {
        return Optional.of(SortKey.of(latest.rate(of -> count.applyAsLong(of.traffic(queue)))));
    }

    private Optional<SortKey> count(QueueView queue, ToLongFunction<QueueCounts> count) {
        return Optional.of(latest.of(queue)
                .map(counts -> SortKey.of(count.applyAsLong(counts)))
                .orElse(SortKey.NONE));
    }
}
