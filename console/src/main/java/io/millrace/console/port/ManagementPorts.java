package io.millrace.console.port;

import io.millrace.broker.topology.TopologyChanges;
import io.millrace.broker.topology.TopologySource;
import io.millrace.model.Clock;
import io.millrace.model.Randomness;

/// What the API needs of the node it runs on.
///
/// @param tallies of this node
/// @param nodeId where queues in memory are declared
/// @param version of this software
public record ManagementPorts(
        TopologySource topology,
        TopologyChanges changes,
        QueueAccess queues,
        QueueTallies tallies,
        ClusterView cluster,
        ConnectionsView connections,
        NodeSummaries summaries,
        Clock clock,
        Randomness randomness,
        int nodeId,
        String version) {}
