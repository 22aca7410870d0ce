package io.millrace.console.resource;

import com.fasterxml.jackson.databind.node.ArrayNode;
import io.millrace.broker.topology.TopicPermissionView;
import io.millrace.broker.topology.TopologyChange.DeleteTopicPermission;
import io.millrace.broker.topology.TopologyChange.PutTopicPermission;
import io.millrace.broker.topology.VhostView;
import io.millrace.console.json.Json;
import io.millrace.console.json.PolicyJson;
import io.millrace.console.web.ApiAnswer;
import io.millrace.console.web.Body;
import io.millrace.console.web.Call;
import io.millrace.console.web.Refusal;
import io.millrace.console.web.Routes;
import io.millrace.model.ExchangeName;
import io.millrace.model.VhostName;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/// `/api/topic-permissions`, for administrators.
final class TopicPermissions {
    private final Changes changes;

    TopicPermissions(Changes changes) {
        this.changes = changes;
    }

    void addTo(Routes routes) {
        String ofUser = "/topic-permissions/{vhost}/{user}";
        routes.get("/topic-permissions", call -> list(call, call.topology().vhosts(), _ -> true))
                .get("/vhosts/{vhost}/topic-permissions", call -> list(call, List.of(call.vhost()), _ -> true))
                .get("/users/{user}/topic-permissions", TopicPermissions::listOfUser)
                .get(ofUser, call -> get(call, Optional.empty()))
                .put(ofUser, this::put)
                .delete(ofUser, call -> delete(call, Optional.empty()))
                .get(ofUser + "/{exchange}", call -> get(call, exchange(call)))
                .delete(ofUser + "/{exchange}", call -> delete(call, exchange(call)));
    }

    private static Optional<ExchangeName> exchange(Call call) {
        return Optional.of(Exchanges.name(call.path("exchange")));
    }

    private static void list(Call call, Collection<VhostView> vhosts, Predicate<TopicPermissionView> wanted)
            throws Refusal {
        call.asker().checkAdministrator();
        ArrayNode list = Json.array();
        for (VhostView vhost : vhosts) {
            vhost.topicPermissions().stream()
                    .filter(wanted)
                    .forEach(each -> list.add(PolicyJson.topicPermission(vhost.name(), each)));
        }
        call.answer(list);
    }

    private static void listOfUser(Call call) throws Refusal {
        call.asker().checkAdministrator();
        String user = call.topology()
                .user(call.path("user"))
                .orElseThrow(Refusal::notFound)
                .name();
        list(call, call.topology().vhosts(), each -> each.user().equals(user));
    }

    private static List<TopicPermissionView> found(Call call, Optional<ExchangeName> exchange) throws Refusal {
        call.asker().checkAdministrator();
        List<TopicPermissionView> found = call.vhost().topicPermissions().stream()
                .filter(each -> each.user().equals(call.path("user")))
                .filter(each -> exchange.isEmpty() || each.exchange().equals(exchange.get()))
                .toList();
        if (found.isEmpty()) {
            throw Refusal.notFound();
        }
        return found;
    }

    private static void get(Call call, Optional<ExchangeName> exchange) throws Refusal {
        ArrayNode list = Json.array();
        VhostName vhost = new VhostName(call.path("vhost"));
        found(call, exchange).forEach(each -> list.add(PolicyJson.topicPermission(vhost, each)));
        call.answer(list);
    }

    private void put(Call call) throws Refusal {
        call.asker().checkAdministrator();
        VhostName name = new VhostName(call.path("vhost"));
        String user = call.path("user");
        Optional<VhostView> vhost = call.topology().vhost(name);
        if (vhost.isEmpty() || call.topology().user(user).isEmpty()) {
            throw Refusal.badRequest("vhost_or_user_not_found");
        }
        boolean isNew = vhost.get().topicPermissions().stream()
                .noneMatch(each -> each.user().equals(user));
        TopicPermissionView permission = read(user, call.json());
        changes.submit(call, name, new PutTopicPermission(name, permission), _ -> call.answer(ApiAnswer.put(isNew)));
    }

    static TopicPermissionView read(String user, Body body) throws Refusal {
        body.require("exchange", "write", "read");
        Permissions.checkPatterns(body, "write", "read");
        return new TopicPermissionView(
                user, new ExchangeName(body.text("exchange")), body.text("write"), body.text("read"));
    }

    private void delete(Call call, Optional<ExchangeName> exchange) throws Refusal {
        found(call, exchange);
        VhostName vhost = new VhostName(call.path("vhost"));
        changes.submit(
                call,
                vhost,
                new DeleteTopicPermission(vhost, call.path("user"), exchange),
                _ -> call.answer(ApiAnswer.noContent()));
    }
}
