package io.millrace.cluster;

import io.millrace.model.TopicId;

/// Who a node is, from its first start to its last.
///
/// @param clusterId the cluster it belongs to
/// @param nodeId its number there
/// @param directoryId the disk its metadata log is on; a wiped disk gets another one and cannot vote as its old self
public record NodeIdentity(String clusterId, int nodeId, TopicId directoryId) {}
