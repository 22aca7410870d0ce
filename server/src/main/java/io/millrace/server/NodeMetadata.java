package io.millrace.server;

import io.millrace.cluster.NodeIdentity;
import io.millrace.cluster.metadata.MemoryMetadataLog;
import io.millrace.cluster.metadata.MetadataLog;
import io.millrace.log.LogDirectory;
import io.millrace.model.Clock;

/// Opens the node's metadata log in its first log directory.
final class NodeMetadata {
    private NodeMetadata() {}

    static MetadataLog open(LogDirectory first, NodeIdentity identity, Clock clock) {
        return new MemoryMetadataLog(identity.nodeId(), new MemoryMetadataLog.Storage(), clock);
    }
}
