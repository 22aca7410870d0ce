package io.millrace.conformance.cluster;

import io.millrace.cli.cluster.local.ClusterPlan;
import io.millrace.cli.cluster.local.Launch;
import io.millrace.cli.cluster.local.NodePlace;
import io.millrace.cli.cluster.local.NodeSoftware;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Map;
import java.util.Objects;

/// Nodes that speak AMQP, too.
///
/// @param ports by node
record WithAmqp(NodeSoftware software, Map<Integer, Integer> ports) implements NodeSoftware {
    @Override
    public String name() {
        return software.name();
    }

    @Override
    public void prepare(ClusterPlan plan, NodePlace place) throws IOException, InterruptedException {
        software.prepare(plan, place);
    }

    @Override
    public Launch launch(ClusterPlan plan, NodePlace place) {
        var settings = new ArrayList<>(plan.settings());
        settings.add("listeners.amqp=127.0.0.1:" + port(place.id()));
        return software.launch(plan.withSettings(settings), place);
    }

    int port(int node) {
        return Objects.requireNonNull(ports.get(node), "no such node");
    }
}
