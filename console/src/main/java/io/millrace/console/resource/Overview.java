package io.millrace.console.resource;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.console.json.Json;
import io.millrace.console.json.OverviewJson;
import io.millrace.console.port.ClusterView;
import io.millrace.console.port.ClusterView.NodeRow;
import io.millrace.console.port.NodeSummaries;
import io.millrace.console.port.NodeSummary;
import io.millrace.console.web.Call;
import io.millrace.console.web.Refusal;
import io.millrace.console.web.Routes;
import io.millrace.console.web.Shape;
import io.millrace.console.web.SortKey;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/// `/api/overview`, `/api/nodes` and what there is to say of the cluster and the API themselves.
final class Overview {
    private static final Shape<NodeRow> NODES = new Shape<>() {
        @Override
        public String name(NodeRow node) {
            return node.name();
        }

        @Override
        public ObjectNode tree(NodeRow node) {
            return OverviewJson.node(node);
        }

        @Override
        public Optional<SortKey> field(NodeRow node, String field) {
            return Optional.empty();
        }
    };

    private final NodeSummaries summaries;
    private final ClusterView cluster;
    private final String version;

    Overview(NodeSummaries summaries, ClusterView cluster, String version) {
        this.summaries = summaries;
        this.cluster = cluster;
        this.version = version;
    }

    void addTo(Routes routes) {
        routes.get("/overview", this::overview)
                .get("/cluster-name", call -> call.answer(Json.object().put("name", cluster.clusterName())))
                .get(
                        "/auth",
                        call -> call.answer(Json.object()
                                .put("oauth_enabled", false)
                                .put("enable_uaa", false)
                                .put("uaa_client_id", "")
                                .put("uaa_location", "")))
                .get("/extensions", call -> call.answer(Json.array()))
                .get("/feature-flags", call -> call.answer(Json.array()))
                .get("/deprecated-features", call -> call.answer(Json.array()))
                .get("/deprecated-features/used", call -> call.answer(Json.array()))
                .get("/shovels", call -> call.answer(Json.array()))
                .get("/federation-links", call -> call.answer(Json.array()))
                .get("/nodes", this::nodes)
                .get("/nodes/{node}", call -> node(call, OverviewJson::node))
                .get("/nodes/{node}/memory", call -> node(call, OverviewJson::memory));
    }

    private void overview(Call call) {
        summaries.latest(
                call.later(nodes -> call.answer(OverviewJson.of(cluster, Exchanges.seen(call), nodes, version))));
    }

    private void nodes(Call call) throws Refusal {
        call.asker().checkMonitor();
        summaries.latest(call.later(answered -> call.answer(rows(answered), NODES)));
    }

    /// All nodes there are. One that does not answer is none that runs, whatever the cluster thinks of it yet.
    private List<NodeRow> rows(List<NodeSummary> answered) {
        Map<String, NodeRow> told =
                answered.stream().map(NodeSummary::node).collect(Collectors.toMap(NodeRow::name, Function.identity()));
        return cluster.nodes().stream()
                .map(node -> told.getOrDefault(node.name(), new NodeRow(node.name(), false, node.vitals())))
                .toList();
    }

    private void node(Call call, Function<NodeRow, ObjectNode> shown) throws Refusal {
        call.asker().checkMonitor();
        summaries.latest(call.later(answered -> call.answer(rows(answered).stream()
                .filter(node -> node.name().equals(call.path("node")))
                .findFirst()
                .map(shown)
                .orElseThrow(Refusal::notFound))));
    }
}
