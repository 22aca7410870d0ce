package io.millrace.cluster;

import io.millrace.model.TopicId;
import java.util.List;

/// Who a node is, from its first start to its last.
///
/// @param clusterId the cluster it belongs to
/// @param nodeId its number there
/// @param directoryId the disk its metadata log is on; a wiped disk gets another one and cannot vote as its old self
/// @param otherDirectories its other disks; one that is missing or new tells that records are
public record NodeIdentity(String clusterId, int nodeId, TopicId directoryId, List<TopicId> otherDirectories) {
    public NodeIdentity {
        otherDirectories = List.copyOf(otherDirectories);
    }

    /// A node with one disk.
    public NodeIdentity(String clusterId, int nodeId, TopicId directoryId) {
        this(clusterId, nodeId, directoryId, List.of());
    }
}
