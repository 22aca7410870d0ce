package io.millrace.console.resource;

import com.fasterxml.jackson.databind.node.ArrayNode;
import io.millrace.broker.topology.PolicyView;
import io.millrace.broker.topology.TopologyChange.DeletePolicy;
import io.millrace.broker.topology.TopologyChange.PutPolicy;
import io.millrace.broker.topology.VhostView;
import io.millrace.console.json.Json;
import io.millrace.console.json.PolicyJson;
import io.millrace.console.web.ApiAnswer;
import io.millrace.console.web.Call;
import io.millrace.console.web.Refusal;
import io.millrace.console.web.Routes;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/// `/api/policies`, or `/api/operator-policies`, which only administrators may look at one by one and change.
final class Policies {
    private final Changes changes;
    private final boolean operator;

    Policies(Changes changes, boolean operator) {
        this.changes = changes;
        this.operator = operator;
    }

    void addTo(Routes routes) {
        String path = operator ? "/operator-policies" : "/policies";
        routes.get(path, call -> list(call, entered(call)))
                .get(path + "/{vhost}", call -> list(call, List.of(enteredVhost(call))))
                .get(path + "/{vhost}/{name}", this::get)
                .put(path + "/{vhost}/{name}", this::put)
                .delete(path + "/{vhost}/{name}", this::delete);
    }

    /// Unlike other lists, those of policies show a monitor nothing of a virtual host it may not enter.
    static List<VhostView> entered(Call call) {
        return call.topology().vhosts().stream().filter(call.asker()::enters).toList();
    }

    private static VhostView enteredVhost(Call call) throws Refusal {
        VhostView vhost = call.vhost();
        if (!call.asker().enters(vhost)) {
            throw Refusal.notAuthorised("User not authorised to access virtual host");
        }
        return vhost;
    }

    private void list(Call call, List<VhostView> vhosts) {
        ArrayNode list = Json.array();
        for (VhostView vhost : vhosts) {
            of(vhost, operator).forEach(policy -> list.add(PolicyJson.policy(vhost.name(), policy)));
        }
        call.answer(list);
    }

    private static Collection<PolicyView> of(VhostView vhost, boolean operator) {
        return operator ? vhost.operatorPolicies() : vhost.policies();
    }

    static Optional<PolicyView> find(VhostView vhost, boolean operator, String name) {
        return of(vhost, operator).stream()
                .filter(policy -> policy.name().equals(name))
                .findFirst();
    }

    private void check(Call call) throws Refusal {
        if (operator) {
            call.asker().checkAdministrator();
        } else {
            call.asker().checkPolicyMaker(call.topology(), call.path("vhost"));
        }
    }

    private void get(Call call) throws Refusal {
        check(call);
        VhostView vhost = call.vhost();
        call.answer(PolicyJson.policy(
                vhost.name(), find(vhost, operator, call.path("name")).orElseThrow(Refusal::notFound)));
    }

    private void put(Call call) throws Refusal {
        check(call);
        VhostView vhost = call.vhostToChange();
        PolicyView policy = PolicyRules.required(call.path("name"), call.json(), operator);
        PatternPace.check(vhost, policy);
        boolean isNew = find(vhost, operator, policy.name()).isEmpty();
        changes.submit(
                call,
                vhost.name(),
                new PutPolicy(vhost.name(), operator, policy),
                _ -> call.answer(ApiAnswer.put(isNew)));
    }

    private void delete(Call call) throws Refusal {
        check(call);
        VhostView vhost = call.vhost();
        PolicyView policy = find(vhost, operator, call.path("name")).orElseThrow(Refusal::notFound);
        changes.submit(
                call,
                vhost.name(),
                new DeletePolicy(vhost.name(), operator, policy.name()),
                _ -> call.answer(ApiAnswer.noContent()));
    }
}
