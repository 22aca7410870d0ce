package io.millrace.simulator.node;

import io.millrace.simulator.check.History;
import io.millrace.simulator.net.SimNetwork;
import io.millrace.simulator.quorum.SimQuorum;
import io.millrace.simulator.world.World;
import java.util.Map;

/// What all nodes of a simulation stand on.
///
/// @param clusterConfigs settings every node is given at its start, by Kafka's names
/// @param lagMsMax after which a silent follower leaves the in-sync replicas
/// @param answerBytesMax how much a leader tells a follower at once
public record Stage(
        World world,
        SimNetwork network,
        SimQuorum quorum,
        History history,
        ReplicaChecks checks,
        Map<String, String> clusterConfigs,
        long lagMsMax,
        int answerBytesMax,
        Sabotage sabotage) {}
