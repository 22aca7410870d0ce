package io.millrace.console.resource;

import com.fasterxml.jackson.databind.node.ArrayNode;
import io.millrace.broker.topology.ParameterKey;
import io.millrace.broker.topology.Topology;
import io.millrace.broker.topology.TopologyChange;
import io.millrace.broker.topology.TopologyChange.DeleteParameter;
import io.millrace.broker.topology.TopologyChange.PutParameter;
import io.millrace.broker.topology.VhostView;
import io.millrace.console.json.Json;
import io.millrace.console.json.PolicyJson;
import io.millrace.console.web.ApiAnswer;
import io.millrace.console.web.Body;
import io.millrace.console.web.Call;
import io.millrace.console.web.Refusal;
import io.millrace.console.web.Routes;
import io.millrace.model.ArgumentValue;
import io.millrace.model.Arguments;
import io.millrace.model.VhostName;
import java.util.LinkedHashMap;
import java.util.Map;

/// `/api/vhost-limits` and `/api/user-limits`. All limits of one are kept as one parameter: two changes of one table
/// at the same moment may leave one of them, as with RabbitMQ.
final class Limits {
    private final Changes changes;

    Limits(Changes changes) {
        this.changes = changes;
    }

    void addTo(Routes routes) {
        routes.get("/vhost-limits", Limits::ofVhosts)
                .get("/vhost-limits/{vhost}", call -> {
                    ArrayNode list = Json.array();
                    add(list, call, LimitRules.OF_VHOST, call.vhost().name().value());
                    call.answer(list);
                })
                .put("/vhost-limits/{vhost}/{name}", call -> put(call, LimitRules.OF_VHOST, vhostToChange(call)))
                .delete("/vhost-limits/{vhost}/{name}", call -> delete(call, vhostToChange(call)))
                .get("/user-limits", Limits::ofUsers)
                .get("/user-limits/{user}", call -> {
                    ArrayNode list = Json.array();
                    add(list, call, LimitRules.OF_USER, user(call, Refusal.notFound()));
                    call.answer(list);
                })
                .put("/user-limits/{user}/{name}", call -> put(call, LimitRules.OF_USER, userToChange(call)))
                .delete("/user-limits/{user}/{name}", this::deleteOfUser);
    }

    private static void ofVhosts(Call call) {
        ArrayNode list = Json.array();
        for (VhostView vhost : Exchanges.seen(call)) {
            add(list, call, LimitRules.OF_VHOST, vhost.name().value());
        }
        call.answer(list);
    }

    private static void ofUsers(Call call) {
        ArrayNode list = Json.array();
        call.topology().users().forEach(user -> add(list, call, LimitRules.OF_USER, user.name()));
        call.answer(list);
    }

    private static void add(ArrayNode list, Call call, LimitRules rules, String name) {
        ParameterKey key =
                rules == LimitRules.OF_VHOST ? ParameterKey.limitsOf(new VhostName(name)) : ParameterKey.limitsOf(name);
        call.topology().parameter(key).ifPresent(limits -> list.add(PolicyJson.limits(rules.field(), name, limits)));
    }

    private static ParameterKey vhostToChange(Call call) throws Refusal {
        call.asker().checkAdministrator();
        return ParameterKey.limitsOf(call.vhostToChange().name());
    }

    private static ParameterKey userToChange(Call call) throws Refusal {
        call.asker().checkAdministrator();
        return ParameterKey.limitsOf(user(call, Refusal.badTerm("no_such_user", call.path("user"))));
    }

    private static String user(Call call, Refusal none) throws Refusal {
        return call.topology().user(call.path("user")).orElseThrow(() -> none).name();
    }

    private void deleteOfUser(Call call) throws Refusal {
        call.asker().checkAdministrator();
        delete(call, ParameterKey.limitsOf(user(call, Refusal.notFound())));
    }

    private static Arguments before(Call call, ParameterKey key) {
        return call.topology().parameter(key).orElse(Topology.NO_LIMITS) instanceof ArgumentValue.Table(var limits)
                ? limits
                : Arguments.NONE;
    }

    private void put(Call call, LimitRules rules, ParameterKey key) throws Refusal {
        Body body = call.json();
        body.require("value");
        String name = call.path("name");
        ArgumentValue.Table one = rules.read(Json.object().set(name, body.tree().path("value")));
        Arguments limits = before(call, key).with(name, one.entries().find(name).orElse(Topology.NO_LIMITS));
        submit(call, new PutParameter(key, new ArgumentValue.Table(limits)));
    }

    private void delete(Call call, ParameterKey key) {
        Map<String, ArgumentValue> left = new LinkedHashMap<>(before(call, key).entries());
        left.remove(call.path("name"));
        submit(
                call,
                left.isEmpty()
                        ? new DeleteParameter(key)
                        : new PutParameter(key, new ArgumentValue.Table(Arguments.of(left))));
    }

    private void submit(Call call, TopologyChange change) {
        changes.submit(call, change, _ -> call.answer(ApiAnswer.noContent()));
    }
}
