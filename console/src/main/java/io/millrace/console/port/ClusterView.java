package io.millrace.console.port;

import io.millrace.broker.topology.QueueView;
import java.util.List;
import java.util.Optional;

/// The nodes, as the one that answers knows them. May be called from any thread.
public interface ClusterView {
    /// What a node is called.
    static String nameOf(int nodeId) {
        return "millrace@" + nodeId;
    }

    String clusterName();

    NodeRow self();

    /// All of them, the one that answers among them.
    List<NodeRow> nodes();

    /// Of all nodes that are there: what publishers wait for, wherever they are.
    List<AlarmRow> alarms();

    /// The name of the node where a queue lives now; empty while nobody leads it.
    Optional<String> home(QueueView queue);

    /// Of the node that answers.
    List<ListenerRow> listeners();

    /// Why the node that answers wants no clients; empty when it does.
    String notReady();

    /// @param vitals known of the node that answers
    record NodeRow(String name, boolean isRunning, Optional<Vitals> vitals) {}

    /// How a node's process is.
    ///
    /// @param uptimeMs since its start
    /// @param memoryAlarm whether publishers wait because queues hold as much memory as they may
    /// @param diskAlarm whether publishers wait because a disk is nearly full or refuses records
    record Vitals(
            long processId,
            long uptimeMs,
            int processors,
            long memoryUsed,
            long memoryLimit,
            boolean memoryAlarm,
            long diskFree,
            boolean diskAlarm,
            long filesOpen,
            long filesMax) {}

    /// @param resource `memory` or `disk`
    record AlarmRow(String node, String resource) {}

    /// @param protocol as RabbitMQ calls it: `amqp`, `http`, `clustering`, or `kafka`
    record ListenerRow(String protocol, String address, int port) {}
}
