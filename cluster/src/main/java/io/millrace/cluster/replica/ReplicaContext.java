package io.millrace.cluster.replica;

import io.millrace.model.Clock;

/// What all replicas of one loop share.
///
/// @param nodeId this node
/// @param racks where consumers are sent to read
/// @param throttles of copies
/// @param lagMsMax a follower that has not caught up with its leader for so long is not in sync
///     (`replica.lag.time.max.ms`)
public record ReplicaContext(
        int nodeId,
        Clock clock,
        NodeStandings standings,
        Racks racks,
        InSyncProposals proposals,
        Throttles throttles,
        long lagMsMax) {}
