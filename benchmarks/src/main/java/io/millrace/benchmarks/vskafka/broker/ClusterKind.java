package io.millrace.benchmarks.vskafka.broker;

import io.millrace.cli.cluster.local.NodeSoftware;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Three nodes of one software, each a process on this machine, started as `millrace local-cluster` and
/// `millrace experiment` start them.
///
/// @param settings `KEY=VALUE` for every node
/// @param kind what gives a topic of this software its durability
public record ClusterKind(String name, NodeSoftware software, List<String> settings, BrokerKind kind)
        implements Contender {
    public static final int NODES = 3;
    private static final String IN_SYNC_MIN = "2";

    @Override
    public BrokerCluster launch(Path folder) throws IOException, InterruptedException {
        return BrokerCluster.launch(this, folder);
    }

    /// Every topic is to survive the loss of a node without losing what was acknowledged.
    Map<String, String> topicConfigs(Durability durability) {
        var configs = new TreeMap<>(kind.topicConfigs(durability));
        configs.put("min.insync.replicas", IN_SYNC_MIN);
        return configs;
    }
}
