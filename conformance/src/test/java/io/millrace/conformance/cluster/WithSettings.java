package io.millrace.conformance.cluster;

import io.millrace.cli.cluster.local.ClusterPlan;
import io.millrace.cli.cluster.local.Launch;
import io.millrace.cli.cluster.local.NodePlace;
import io.millrace.cli.cluster.local.NodeSoftware;
import io.millrace.conformance.BrokerKind;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;

/// Nodes that are told more, each its own.
///
/// @param ofNode `KEY=VALUE` by Kafka's names, for a node's id
record WithSettings(NodeSoftware software, IntFunction<List<String>> ofNode) implements NodeSoftware {
    @Override
    public String name() {
        return software.name();
    }

    @Override
    public void prepare(ClusterPlan plan, NodePlace place) throws IOException, InterruptedException {
        software.prepare(of(plan, place), place);
    }

    @Override
    public Launch launch(ClusterPlan plan, NodePlace place) {
        return software.launch(of(plan, place), place);
    }

    private ClusterPlan of(ClusterPlan plan, NodePlace place) {
        String prefix = BrokerKind.underTest() == BrokerKind.MILLRACE ? "kafka." : "";
        var settings = new ArrayList<>(plan.settings());
        ofNode.apply(place.id()).forEach(setting -> settings.add(prefix + setting));
        return plan.withSettings(settings);
    }
}
