package io.millrace.console.resource;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.broker.topology.Topology;
import io.millrace.broker.topology.TopologySource;
import io.millrace.console.json.DefinitionsJson;
import io.millrace.console.json.Json;
import io.millrace.console.web.ApiAnswer;
import io.millrace.console.web.Body;
import io.millrace.console.web.Call;
import io.millrace.console.web.Refusal;
import io.millrace.console.web.Routes;
import io.millrace.model.Randomness;
import io.millrace.model.VhostName;
import java.util.List;
import java.util.Optional;

/// `/api/definitions`: everything that was declared, out and in.
final class Definitions {
    private final Changes changes;
    private final TopologySource topology;
    private final Randomness randomness;
    private final int nodeId;
    private final String version;

    Definitions(Changes changes, TopologySource topology, Randomness randomness, int nodeId, String version) {
        this.changes = changes;
        this.topology = topology;
        this.randomness = randomness;
        this.nodeId = nodeId;
        this.version = version;
    }

    void addTo(Routes routes) {
        routes.get("/definitions", this::export)
                .post("/definitions", call -> load(call, Optional.empty()))
                .get("/definitions/{vhost}", this::exportOne)
                .post("/definitions/{vhost}", call -> load(call, Optional.of(checkedVhost(call))));
    }

    private void export(Call call) throws Refusal {
        call.asker().checkAdministrator();
        call.answer(DefinitionsJson.all(call.topology(), version));
    }

    private void exportOne(Call call) throws Refusal {
        call.asker().checkAdministrator();
        Topology now = call.topology();
        call.answer(DefinitionsJson.of(
                now.vhost(checkedVhost(call)).orElseThrow(() -> Refusal.badRequest("vhost_not_found")), now, version));
    }

    private static VhostName checkedVhost(Call call) throws Refusal {
        VhostName name = new VhostName(call.path("vhost"));
        if (call.topology().vhost(name).isEmpty()) {
            throw Refusal.badRequest("vhost_not_found");
        }
        return name;
    }

    /// Read as a whole before anything is changed. What is there stays as it is; it can be sent again.
    private void load(Call call, Optional<VhostName> into) throws Refusal {
        call.asker().checkAdministrator();
        Body body = call.json();
        ImportSections.check(body);
        ImportPlan plan = ImportPlan.read(body, into, topology, randomness, nodeId);
        List<String> leftOut = into.isPresent() ? ImportSections.leftOut(body) : List.of();
        new Import(changes, call, plan.steps(call.asker().isNode())).run(() -> call.answer(loaded(leftOut)));
    }

    /// No content, as RabbitMQ has it, unless there is something to tell.
    private static ApiAnswer loaded(List<String> leftOut) {
        if (leftOut.isEmpty()) {
            return ApiAnswer.noContent();
        }
        ObjectNode tree = Json.object();
        leftOut.forEach(tree.putArray("left_out")::add);
        return ApiAnswer.ok(tree);
    }
}
