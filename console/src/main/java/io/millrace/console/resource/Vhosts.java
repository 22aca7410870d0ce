package io.millrace.console.resource;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.broker.topology.PermissionView;
import io.millrace.broker.topology.TopologyChange.DeleteVhost;
import io.millrace.broker.topology.TopologyChange.PutPermission;
import io.millrace.broker.topology.TopologyChange.PutVhost;
import io.millrace.broker.topology.VhostView;
import io.millrace.console.json.AccountJson;
import io.millrace.console.json.Json;
import io.millrace.console.port.ClusterView;
import io.millrace.console.web.ApiAnswer;
import io.millrace.console.web.Body;
import io.millrace.console.web.Call;
import io.millrace.console.web.Refusal;
import io.millrace.console.web.Routes;
import io.millrace.console.web.Shape;
import io.millrace.console.web.SortKey;
import io.millrace.model.ArgumentValue;
import io.millrace.model.Arguments;
import io.millrace.model.VhostName;
import java.util.List;
import java.util.Optional;

/// `/api/vhosts`.
final class Vhosts {
    private static final String ANY = ".*";

    private final Changes changes;
    private final ClusterView cluster;

    Vhosts(Changes changes, ClusterView cluster) {
        this.changes = changes;
        this.cluster = cluster;
    }

    void addTo(Routes routes) {
        routes.get("/vhosts", this::list)
                .get("/vhosts/{vhost}", call -> call.answer(tree(call.vhost())))
                .put("/vhosts/{vhost}", this::put)
                .delete("/vhosts/{vhost}", this::delete)
                .get("/vhosts/{vhost}/permissions", this::permissions);
    }

    private void list(Call call) throws Refusal {
        List<VhostView> seen =
                call.topology().vhosts().stream().filter(call.asker()::sees).toList();
        call.answer(seen, new VhostShape());
    }

    private ObjectNode tree(VhostView vhost) {
        return AccountJson.vhost(
                vhost,
                cluster.nodes().stream()
                        .filter(ClusterView.NodeRow::isRunning)
                        .map(ClusterView.NodeRow::name)
                        .toList());
    }

    private final class VhostShape implements Shape<VhostView> {
        @Override
        public String name(VhostView vhost) {
            return vhost.name().value();
        }

        @Override
        public ObjectNode tree(VhostView vhost) {
            return Vhosts.this.tree(vhost);
        }

        @Override
        public Optional<SortKey> field(VhostView vhost, String field) {
            return Optional.empty();
        }
    }

    private void permissions(Call call) throws Refusal {
        call.asker().checkAdministrator();
        VhostView vhost = call.vhost();
        var list = Json.array();
        vhost.allPermissions().forEach(each -> list.add(AccountJson.permission(vhost.name(), each)));
        call.answer(list);
    }

    /// Whoever makes a virtual host may do all in it.
    private void put(Call call) throws Refusal {
        call.asker().checkAdministrator();
        VhostName name = new VhostName(call.path("vhost"));
        Optional<VhostView> before = call.topology().vhost(name);
        Arguments traits = traits(call.json(), before.map(VhostView::traits).orElse(Arguments.NONE));
        changes.submit(call, new PutVhost(name, traits), _ -> {
            if (before.isPresent()) {
                call.answer(ApiAnswer.put(false));
            } else {
                String user = call.asker().user().name();
                changes.submit(
                        call,
                        name,
                        new PutPermission(name, new PermissionView(user, ANY, ANY, ANY)),
                        _ -> call.answer(ApiAnswer.put(true)));
            }
        });
    }

    /// What is not said stays as it was.
    static Arguments traits(Body body, Arguments before) throws Refusal {
        Arguments traits = before;
        Body metadata = new Body(body.object("metadata"));
        for (Body each : List.of(metadata, body)) {
            if (each.has("description")) {
                traits = traits.with("description", ArgumentValue.text(each.text("description")));
            }
            if (each.has("tags")) {
                List<ArgumentValue> tags =
                        each.tags("tags").stream().map(ArgumentValue::text).toList();
                traits = traits.with("tags", new ArgumentValue.Sequence(tags));
            }
            String type = each.text("default_queue_type");
            if (!type.isEmpty() && !type.equals("undefined")) {
                traits = traits.with("default_queue_type", ArgumentValue.text(Queues.checkedType(type)));
            }
        }
        return traits;
    }

    private void delete(Call call) throws Refusal {
        call.asker().checkAdministrator();
        VhostName name = call.vhost().name();
        changes.submit(call, new DeleteVhost(name), _ -> call.answer(ApiAnswer.noContent()));
    }
}
