package io.millrace.console.port;

import io.millrace.console.port.ClusterView.ListenerRow;
import io.millrace.console.port.ClusterView.NodeRow;
import java.util.List;

/// A node in numbers, as it tells them itself.
///
/// @param totals of the queues that live on it
public record NodeSummary(
        NodeRow node, List<ListenerRow> listeners, int connections, int channels, int consumers, Totals totals) {
    public NodeSummary {
        listeners = List.copyOf(listeners);
    }
}
