package io.millrace.console.json;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.broker.topology.ParameterKey;
import io.millrace.broker.topology.PolicyView;
import io.millrace.broker.topology.TopicPermissionView;
import io.millrace.broker.topology.Topology;
import io.millrace.broker.topology.VhostView;
import io.millrace.model.ArgumentValue;
import io.millrace.model.VhostName;
import java.util.Collection;

/// Policies, parameters, limits and topic permissions as RabbitMQ shows them.
public final class PolicyJson {
    public static final String POLICY = "policy";

    /// RabbitMQ keeps operator policies among the parameters, under this component, and exports them there.
    public static final String OPERATOR_POLICY = "operator_policy";

    private PolicyJson() {}

    public static ObjectNode policy(VhostName vhost, PolicyView policy) {
        ObjectNode tree = Json.object()
                .put("vhost", vhost.value())
                .put("name", policy.name())
                .put("pattern", policy.pattern())
                .put("apply-to", policy.target().word());
        tree.set("definition", Json.of(policy.definition()));
        return tree.put("priority", policy.priority());
    }

    public static ObjectNode topicPermission(VhostName vhost, TopicPermissionView permission) {
        return Json.object()
                .put("user", permission.user())
                .put("vhost", vhost.value())
                .put("exchange", permission.exchange().value())
                .put("write", permission.write())
                .put("read", permission.read());
    }

    public static ObjectNode limits(String of, String name, ArgumentValue limits) {
        ObjectNode tree = Json.object().put(of, name);
        tree.set("value", Json.of(limits));
        return tree;
    }

    /// The limits of a user; an empty object when there are none.
    static ObjectNode limitsOf(Topology topology, String user) {
        return topology.parameter(ParameterKey.limitsOf(user)).orElse(Topology.NO_LIMITS)
                        instanceof ArgumentValue.Table(var limits)
                ? Json.of(limits)
                : Json.object();
    }

    /// Parameters of a virtual host, its operator policies among them.
    public static ArrayNode parameters(Topology topology, VhostView vhost) {
        ArrayNode list = Json.array();
        for (ParameterKey key : topology.parameters()) {
            if (key.vhost().filter(vhost.name()::equals).isPresent()) {
                topology.parameter(key)
                        .ifPresent(value -> list.add(parameter(vhost.name(), key.component(), key.name())
                                .<ObjectNode>set("value", Json.of(value))));
            }
        }
        addPolicies(list, vhost, OPERATOR_POLICY, vhost.operatorPolicies());
        return list;
    }

    /// Policies in the shape of parameters.
    public static ArrayNode policyParameters(VhostView vhost) {
        ArrayNode list = Json.array();
        addPolicies(list, vhost, POLICY, vhost.policies());
        return list;
    }

    private static void addPolicies(
            ArrayNode list, VhostView vhost, String component, Collection<PolicyView> policies) {
        for (PolicyView policy : policies) {
            ObjectNode value = policy(vhost.name(), policy);
            value.remove("vhost");
            value.remove("name");
            list.add(parameter(vhost.name(), component, policy.name()).<ObjectNode>set("value", value));
        }
    }

    private static ObjectNode parameter(VhostName vhost, String component, String name) {
        return Json.object()
                .put("vhost", vhost.value())
                .put("component", component)
                .put("name", name);
    }

    /// Parameters that belong to no virtual host; limits of users are shown with the users.
    public static ArrayNode globalParameters(Topology topology) {
        ArrayNode list = Json.array();
        for (ParameterKey key : topology.parameters()) {
            if (key.vhost().isEmpty() && key.component().isEmpty()) {
                topology.parameter(key).ifPresent(value -> list.add(globalParameter(key.name(), value)));
            }
        }
        return list;
    }

    public static ObjectNode globalParameter(String name, ArgumentValue value) {
        ObjectNode tree = Json.object().put("name", name);
        tree.set("value", Json.of(value));
        return tree;
    }
}
