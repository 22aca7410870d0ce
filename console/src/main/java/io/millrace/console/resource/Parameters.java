package io.millrace.console.resource;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import io.millrace.broker.topology.ParameterKey;
import io.millrace.broker.topology.TopologyChange;
import io.millrace.broker.topology.TopologyChange.DeleteParameter;
import io.millrace.broker.topology.TopologyChange.DeletePolicy;
import io.millrace.broker.topology.TopologyChange.PutParameter;
import io.millrace.broker.topology.TopologyChange.PutPolicy;
import io.millrace.broker.topology.VhostView;
import io.millrace.console.json.Json;
import io.millrace.console.json.PolicyJson;
import io.millrace.console.web.ApiAnswer;
import io.millrace.console.web.Body;
import io.millrace.console.web.Call;
import io.millrace.console.web.Refusal;
import io.millrace.console.web.Routes;
import io.millrace.model.ArgumentValue;
import io.millrace.model.VhostName;
import java.util.List;
import java.util.Optional;

/// `/api/parameters` and `/api/global-parameters`. Components there are: limits of virtual hosts, and operator
/// policies; policies are shown here and changed under their own path.
final class Parameters {
    private final Changes changes;

    Parameters(Changes changes) {
        this.changes = changes;
    }

    void addTo(Routes routes) {
        routes.get("/parameters", call -> list(call, Policies.entered(call), ""))
                .get("/parameters/{component}", call -> list(call, Policies.entered(call), call.path("component")))
                .get("/parameters/{component}/{vhost}", call -> {
                    call.asker().checkPolicyMaker(call.topology(), call.path("vhost"));
                    list(call, List.of(call.vhost()), call.path("component"));
                })
                .get("/parameters/{component}/{vhost}/{name}", call -> call.answer(ApiAnswer.ok(found(call))))
                .put("/parameters/{component}/{vhost}/{name}", this::put)
                .delete("/parameters/{component}/{vhost}/{name}", this::delete)
                .get("/global-parameters", call -> {
                    call.asker().checkPolicyMaker();
                    call.answer(PolicyJson.globalParameters(call.topology()));
                })
                .get("/global-parameters/{name}", Parameters::global)
                .put("/global-parameters/{name}", this::putGlobal)
                .delete("/global-parameters/{name}", this::deleteGlobal);
    }

    /// @param component empty for all but policies
    private static void list(Call call, List<VhostView> vhosts, String component) throws Refusal {
        call.asker().checkPolicyMaker();
        ArrayNode list = Json.array();
        vhosts.forEach(vhost -> all(call, vhost, component).forEach(list::add));
        call.answer(list);
    }

    private static ArrayNode all(Call call, VhostView vhost, String component) {
        if (component.equals(PolicyJson.POLICY)) {
            return PolicyJson.policyParameters(vhost);
        }
        ArrayNode list = Json.array();
        for (JsonNode each : PolicyJson.parameters(call.topology(), vhost)) {
            if (component.isEmpty() || each.path("component").asText().equals(component)) {
                list.add(each);
            }
        }
        return list;
    }

    private static Optional<JsonNode> find(Call call, VhostView vhost) {
        for (JsonNode each : all(call, vhost, call.path("component"))) {
            if (each.path("name").asText().equals(call.path("name"))) {
                return Optional.of(each);
            }
        }
        return Optional.empty();
    }

    private static JsonNode found(Call call) throws Refusal {
        call.asker().checkPolicyMaker(call.topology(), call.path("vhost"));
        return find(call, call.vhost()).orElseThrow(Refusal::notFound);
    }

    /// What limits whoever makes policies, an administrator changes.
    private void put(Call call) throws Refusal {
        checkChange(call);
        VhostView vhost = call.vhostToChange();
        Body body = call.json();
        body.require("value");
        boolean isNew = find(call, vhost).isEmpty();
        TopologyChange change = change(
                vhost.name(),
                call.path("component"),
                call.path("name"),
                body.tree().path("value"));
        if (change instanceof PutPolicy put) {
            PatternPace.check(vhost, put.policy());
        }
        changes.submit(call, vhost.name(), change, _ -> call.answer(ApiAnswer.put(isNew)));
    }

    private static void checkChange(Call call) throws Refusal {
        call.asker().checkPolicyMaker(call.topology(), call.path("vhost"));
        if (call.path("component").equals(PolicyJson.POLICY)) {
            throw ofPolicy();
        }
        call.asker().checkAdministrator();
    }

    private static Refusal ofPolicy() {
        return Refusal.badRequest("policies may not be set using this method");
    }

    /// A parameter as a change.
    static TopologyChange change(VhostName vhost, String component, String name, JsonNode value) throws Refusal {
        return switch (component) {
            case PolicyJson.OPERATOR_POLICY ->
                new PutPolicy(vhost, true, PolicyRules.read(name, new Body(value), true));
            case PolicyJson.POLICY -> throw ofPolicy();
            case ParameterKey.VHOST_LIMITS -> {
                ParameterKey key = ParameterKey.limitsOf(vhost);
                if (!key.name().equals(name)) {
                    throw PolicyRules.invalid("component " + component + " has no parameter " + name);
                }
                yield new PutParameter(key, LimitRules.OF_VHOST.read(value));
            }
            default -> throw PolicyRules.invalid("component " + component + " not found");
        };
    }

    private void delete(Call call) throws Refusal {
        checkChange(call);
        found(call);
        VhostName vhost = call.vhost().name();
        String name = call.path("name");
        String component = call.path("component");
        TopologyChange change = component.equals(PolicyJson.OPERATOR_POLICY)
                ? new DeletePolicy(vhost, true, name)
                : new DeleteParameter(new ParameterKey(Optional.of(vhost), component, name));
        changes.submit(call, vhost, change, _ -> call.answer(ApiAnswer.noContent()));
    }

    static ParameterKey globalKey(String name) {
        return new ParameterKey(Optional.empty(), "", name);
    }

    private static ArgumentValue foundGlobal(Call call) throws Refusal {
        call.asker().checkPolicyMaker();
        return call.topology().parameter(globalKey(call.path("name"))).orElseThrow(Refusal::notFound);
    }

    private static void global(Call call) throws Refusal {
        call.answer(PolicyJson.globalParameter(call.path("name"), foundGlobal(call)));
    }

    private void putGlobal(Call call) throws Refusal {
        call.asker().checkPolicyMaker();
        Body body = call.json();
        body.require("value");
        ParameterKey key = globalKey(call.path("name"));
        boolean isNew = call.topology().parameter(key).isEmpty();
        PutParameter change = new PutParameter(key, Json.value(body.tree().path("value")));
        changes.submit(call, change, _ -> call.answer(ApiAnswer.put(isNew)));
    }

    private void deleteGlobal(Call call) throws Refusal {
        foundGlobal(call);
        changes.submit(
                call, new DeleteParameter(globalKey(call.path("name"))), _ -> call.answer(ApiAnswer.noContent()));
    }
}
