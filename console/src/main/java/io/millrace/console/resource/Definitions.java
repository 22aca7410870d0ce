package io.millrace.console.resource;

import io.millrace.broker.topology.Topology;
import io.millrace.broker.topology.TopologySource;
import io.millrace.console.json.DefinitionsJson;
import io.millrace.console.web.ApiAnswer;
import io.millrace.console.web.Call;
import io.millrace.console.web.Refusal;
import io.millrace.console.web.Routes;
import io.millrace.model.Randomness;
import io.millrace.model.VhostName;
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
                now.vhost(checkedVhost(call)).orElseThrow(() -> Refusal.badRequest("vhost_not_found")), version));
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
        ImportPlan plan = ImportPlan.read(call.json(), into, topology, randomness, nodeId);
        new Import(changes, call, plan.steps()).run(() -> call.answer(ApiAnswer.noContent()));
    }
}
