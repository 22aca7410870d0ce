package io.millrace.console.json;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.broker.routing.ExchangeType;
import io.millrace.broker.topology.VhostView;
import io.millrace.console.port.ClusterView;
import io.millrace.console.port.ClusterView.ListenerRow;
import io.millrace.console.port.ClusterView.NodeRow;
import io.millrace.console.port.ClusterView.Vitals;
import io.millrace.console.port.NodeSummary;
import io.millrace.console.port.Totals;
import java.util.Collection;
import java.util.function.ToIntFunction;

/// The cluster as a whole, and its nodes, as RabbitMQ shows them.
public final class OverviewJson {
    /// The line of RabbitMQ whose API this is; its tools look at it.
    public static final String RABBITMQ_VERSION = "3.13.7";

    public static final String PRODUCT = "Millrace";

    private OverviewJson() {}

    /// @param seen the virtual hosts the asker may see
    /// @param nodes those who answered
    public static ObjectNode of(
            ClusterView cluster, Collection<VhostView> seen, Collection<NodeSummary> nodes, String version) {
        ObjectNode tree = Json.object();
        tree.put("management_version", RABBITMQ_VERSION).put("rates_mode", "basic");
        tree.set("exchange_types", exchangeTypes());
        tree.put("product_version", version)
                .put("product_name", PRODUCT)
                .put("rabbitmq_version", RABBITMQ_VERSION)
                .put("cluster_name", cluster.clusterName())
                .put("disable_stats", false)
                .put("enable_queue_totals", false);
        Totals totals = nodes.stream().map(NodeSummary::totals).reduce(Totals.NONE, Totals::plus);
        tree.set("message_stats", TrafficJson.of(totals));
        tree.set("queue_totals", queues(totals));
        tree.set("object_totals", objects(seen, nodes));
        tree.put("statistics_db_event_queue", 0).put("node", cluster.self().name());
        tree.set("listeners", listeners(nodes));
        return tree;
    }

    private static ObjectNode queues(Totals totals) {
        return Json.object()
                .put("messages", totals.ready() + totals.unacknowledged())
                .put("messages_ready", totals.ready())
                .put("messages_unacknowledged", totals.unacknowledged());
    }

    private static ObjectNode objects(Collection<VhostView> seen, Collection<NodeSummary> nodes) {
        return Json.object()
                .put("channels", sum(nodes, NodeSummary::channels))
                .put("connections", sum(nodes, NodeSummary::connections))
                .put("consumers", sum(nodes, NodeSummary::consumers))
                .put(
                        "exchanges",
                        seen.stream()
                                .mapToInt(vhost -> vhost.routing().exchangeCount())
                                .sum())
                .put("queues", seen.stream().mapToInt(VhostView::queueCount).sum());
    }

    private static int sum(Collection<NodeSummary> nodes, ToIntFunction<NodeSummary> count) {
        return nodes.stream().mapToInt(count).sum();
    }

    private static ArrayNode exchangeTypes() {
        ArrayNode list = Json.array();
        for (ExchangeType type : ExchangeType.values()) {
            list.addObject()
                    .put("name", type.word())
                    .put("description", "exchange of type " + type.word())
                    .put("enabled", true);
        }
        return list;
    }

    private static ArrayNode listeners(Collection<NodeSummary> nodes) {
        ArrayNode list = Json.array();
        for (NodeSummary node : nodes) {
            node.listeners().forEach(listener -> list.add(listener(node.node(), listener)));
        }
        return list;
    }

    private static ObjectNode listener(NodeRow node, ListenerRow listener) {
        ObjectNode tree = Json.object()
                .put("node", node.name())
                .put("protocol", listener.protocol())
                .put("ip_address", listener.address())
                .put("port", listener.port());
        tree.putObject("socket_opts");
        return tree;
    }

    public static ObjectNode node(NodeRow node) {
        ObjectNode tree = Json.object();
        tree.put("name", node.name()).put("type", "disc").put("running", node.isRunning());
        tree.putArray("partitions");
        if (node.vitals().isPresent()) {
            addVitals(tree, node.vitals().get());
        }
        return tree;
    }

    /// What a node's memory is used for. The JVM has one heap for all, so it is one number.
    public static ObjectNode memory(NodeRow node) {
        ObjectNode tree = Json.object();
        if (node.vitals().isEmpty()) {
            return tree.put("memory", "not_available");
        }
        long used = node.vitals().get().memoryUsed();
        tree.putObject("memory")
                .put("other_system", used)
                .put("strategy", "allocated")
                .putObject("total")
                .put("erlang", used)
                .put("rss", used)
                .put("allocated", used);
        return tree;
    }

    private static void addVitals(ObjectNode tree, Vitals vitals) {
        tree.put("os_pid", Long.toString(vitals.processId()))
                .put("uptime", vitals.uptimeMs())
                .put("processors", vitals.processors())
                .put("mem_used", vitals.memoryUsed())
                .put("mem_limit", vitals.memoryLimit())
                .put("mem_alarm", vitals.memoryAlarm())
                .put("disk_free", vitals.diskFree())
                .put("disk_free_alarm", vitals.diskAlarm())
                .put("fd_used", vitals.filesOpen())
                .put("fd_total", vitals.filesMax())
                .put("being_drained", false)
                .put("rates_mode", "basic");
        tree.set("exchange_types", exchangeTypes());
        tree.putArray("enabled_plugins").add("rabbitmq_management");
    }
}
