package io.millrace.console.resource;

import com.fasterxml.jackson.databind.node.ArrayNode;
import io.millrace.broker.topology.NamePattern;
import io.millrace.broker.topology.PermissionView;
import io.millrace.broker.topology.TopologyChange.DeletePermission;
import io.millrace.broker.topology.TopologyChange.PutPermission;
import io.millrace.broker.topology.VhostView;
import io.millrace.console.json.AccountJson;
import io.millrace.console.json.Json;
import io.millrace.console.web.ApiAnswer;
import io.millrace.console.web.Body;
import io.millrace.console.web.Call;
import io.millrace.console.web.Refusal;
import io.millrace.console.web.Routes;
import io.millrace.model.VhostName;
import java.util.Optional;

/// `/api/permissions`.
final class Permissions {
    private final Changes changes;

    Permissions(Changes changes) {
        this.changes = changes;
    }

    void addTo(Routes routes) {
        routes.get("/permissions", Permissions::list)
                .get("/permissions/{vhost}/{user}", Permissions::get)
                .put("/permissions/{vhost}/{user}", this::put)
                .delete("/permissions/{vhost}/{user}", this::delete);
    }

    private static void list(Call call) throws Refusal {
        call.asker().checkAdministrator();
        ArrayNode list = Json.array();
        for (VhostView vhost : call.topology().vhosts()) {
            vhost.allPermissions().forEach(each -> list.add(AccountJson.permission(vhost.name(), each)));
        }
        call.answer(list);
    }

    private static void get(Call call) throws Refusal {
        call.answer(AccountJson.permission(new VhostName(call.path("vhost")), found(call)));
    }

    private static PermissionView found(Call call) throws Refusal {
        call.asker().checkAdministrator();
        return call.topology()
                .vhost(new VhostName(call.path("vhost")))
                .flatMap(vhost -> vhost.permission(call.path("user")))
                .orElseThrow(Refusal::notFound);
    }

    private void put(Call call) throws Refusal {
        call.asker().checkAdministrator();
        VhostName name = new VhostName(call.path("vhost"));
        String user = call.path("user");
        Optional<VhostView> vhost = call.topology().vhost(name);
        if (vhost.isEmpty() || call.topology().user(user).isEmpty()) {
            throw Refusal.badRequest("vhost_or_user_not_found");
        }
        boolean isNew = vhost.get().permission(user).isEmpty();
        PermissionView permission = read(user, call.json());
        changes.submit(call, name, new PutPermission(name, permission), _ -> call.answer(ApiAnswer.put(isNew)));
    }

    static PermissionView read(String user, Body body) throws Refusal {
        body.require("configure", "write", "read");
        checkPatterns(body, "configure", "write", "read");
        return new PermissionView(user, body.text("configure"), body.text("write"), body.text("read"));
    }

    static void checkPatterns(Body body, String... fields) throws Refusal {
        for (String field : fields) {
            if (!new NamePattern(body.text(field)).isValid()) {
                throw Refusal.badTerm("invalid_regexp", body.text(field));
            }
        }
    }

    private void delete(Call call) throws Refusal {
        PermissionView permission = found(call);
        VhostName vhost = new VhostName(call.path("vhost"));
        changes.submit(
                call, vhost, new DeletePermission(vhost, permission.user()), _ -> call.answer(ApiAnswer.noContent()));
    }
}
