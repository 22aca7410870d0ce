package io.millrace.console.json;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.broker.queue.machine.QueueCounts;
import io.millrace.broker.topology.QueueSpec;
import io.millrace.broker.topology.QueueType;
import io.millrace.broker.topology.QueueView;
import io.millrace.console.port.Tallies;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Queues as RabbitMQ shows them.
public final class QueueJson {
    public static final String RUNNING = "running";
    public static final String DOWN = "down";

    private QueueJson() {}

    /// How much of a queue is shown.
    public enum Detail {
        ALL,
        /// Without what it holds.
        NO_COUNTS,
        /// Without what it holds besides the numbers of messages.
        MESSAGE_COUNTS
    }

    /// @param node where it lives now, if anywhere
    /// @param tallies what it holds and what went through it, if that is known
    public static ObjectNode of(QueueView queue, Optional<String> node, Tallies tallies, Detail detail) {
        QueueSpec spec = queue.spec();
        ObjectNode tree = Json.object();
        tree.set("arguments", Json.of(spec.arguments()));
        tree.put("auto_delete", spec.autoDelete())
                .put("durable", spec.durable())
                .put("exclusive", spec.exclusive())
                .put("name", spec.ref().name().value())
                .put("node", node.orElse(""))
                .put("state", node.isPresent() ? RUNNING : DOWN)
                .put("type", spec.type().word())
                .put("vhost", spec.ref().vhost().value());
        if (detail == Detail.ALL) {
            addPolicy(tree, queue);
            addReplicas(tree, spec, node);
            TrafficJson.addQueue(tree, tallies, queue);
        }
        if (detail != Detail.NO_COUNTS) {
            boolean hasBytes = detail == Detail.ALL && !tallies.isAsked(queue);
            tallies.of(queue).ifPresent(known -> addCounts(tree, known, detail, hasBytes));
        }
        return tree;
    }

    private static void addPolicy(ObjectNode tree, QueueView queue) {
        tree.set("effective_policy_definition", Json.of(queue.policy().definition()));
        tree.put("operator_policy", orNull(queue.policy().operatorName()));
        tree.put("policy", orNull(queue.policy().name()));
        tree.putNull("exclusive_consumer_tag");
        tree.putNull("single_active_consumer_tag");
        tree.putNull("head_message_timestamp");
    }

    private static @Nullable String orNull(String name) {
        return name.isEmpty() ? null : name;
    }

    private static void addReplicas(ObjectNode tree, QueueSpec spec, Optional<String> node) {
        if (spec.type() != QueueType.CLASSIC) {
            tree.put("leader", node.orElse(""));
        }
    }

    private static void addCounts(ObjectNode tree, QueueCounts counts, Detail detail, boolean hasBytes) {
        long ready = counts.ready() + counts.delayed();
        tree.put("messages", ready + counts.unacked())
                .put("messages_ready", ready)
                .put("messages_unacknowledged", counts.unacked());
        if (detail == Detail.ALL) {
            tree.put("consumers", counts.consumers());
        }
        if (hasBytes) {
            long readyBytes = counts.readyBytes() + counts.delayedBytes();
            tree.put("message_bytes", readyBytes + counts.unackedBytes())
                    .put("message_bytes_ready", readyBytes)
                    .put("message_bytes_unacknowledged", counts.unackedBytes());
        }
    }

    /// As an export has it, without the virtual host.
    static ObjectNode definition(QueueSpec spec) {
        ObjectNode tree = Json.object();
        tree.put("name", spec.ref().name().value())
                .put("durable", spec.durable())
                .put("auto_delete", spec.autoDelete());
        tree.set("arguments", Json.of(spec.arguments()));
        return tree;
    }
}
