package io.millrace.simulator.node;

import io.millrace.cluster.replica.ReplicaFetch;

/// A replica fetch on its way.
///
/// @param nodeEpoch the registration under which the follower runs
record ReplicaCall(long nodeEpoch, ReplicaFetch question) {}
