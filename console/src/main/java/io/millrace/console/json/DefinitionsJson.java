package io.millrace.console.json;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.broker.routing.ExchangeSpec;
import io.millrace.broker.topology.QueueView;
import io.millrace.broker.topology.Topology;
import io.millrace.broker.topology.VhostView;
import io.millrace.model.QueueName;
import java.util.Optional;

/// Everything that was declared, as RabbitMQ exports it. Exclusive queues belong to their connections and are left out.
public final class DefinitionsJson {
    private DefinitionsJson() {}

    public static ObjectNode all(Topology topology, String version) {
        ObjectNode tree = versions(version);
        ArrayNode users = tree.putArray("users");
        topology.users().forEach(user -> users.add(AccountJson.user(user, topology)));
        ArrayNode vhosts = tree.putArray("vhosts");
        ArrayNode permissions = tree.putArray("permissions");
        tree.putArray("topic_permissions");
        tree.putArray("parameters");
        tree.set("global_parameters", PolicyJson.globalParameters(topology));
        tree.putArray("policies");
        ObjectNode lists = tree;
        lists.putArray("queues");
        lists.putArray("exchanges");
        lists.putArray("bindings");
        for (VhostView vhost : topology.vhosts()) {
            vhosts.add(AccountJson.vhostDefinition(vhost));
            vhost.allPermissions().forEach(each -> permissions.add(AccountJson.permission(vhost.name(), each)));
            vhost.topicPermissions()
                    .forEach(each ->
                            tree.withArray("topic_permissions").add(PolicyJson.topicPermission(vhost.name(), each)));
            addRules(tree, vhost, topology);
            addObjects(lists, vhost, true);
        }
        return tree;
    }

    public static ObjectNode of(VhostView vhost, Topology topology, String version) {
        ObjectNode tree = versions(version);
        tree.putArray("parameters");
        tree.putArray("policies");
        tree.putArray("queues");
        tree.putArray("exchanges");
        tree.putArray("bindings");
        addRules(tree, vhost, topology);
        addObjects(tree, vhost, false);
        return tree;
    }

    private static void addRules(ObjectNode lists, VhostView vhost, Topology topology) {
        lists.withArray("parameters").addAll(PolicyJson.parameters(topology, vhost));
        vhost.policies().forEach(each -> lists.withArray("policies").add(PolicyJson.policy(vhost.name(), each)));
    }

    private static ObjectNode versions(String version) {
        return Json.object()
                .put("rabbit_version", OverviewJson.RABBITMQ_VERSION)
                .put("rabbitmq_version", OverviewJson.RABBITMQ_VERSION)
                .put("product_name", OverviewJson.PRODUCT)
                .put("product_version", version);
    }

    private static void addObjects(ObjectNode lists, VhostView vhost, boolean named) {
        ArrayNode queues = lists.withArray("queues");
        for (QueueView queue : vhost.queuesFrom("")) {
            if (!queue.spec().exclusive()) {
                queues.add(named(QueueJson.definition(queue.spec()), vhost, named));
            }
        }
        ArrayNode exchanges = lists.withArray("exchanges");
        ArrayNode bindings = lists.withArray("bindings");
        vhost.routing().forEachExchange(exchange -> {
            if (!ExchangeJson.isPredeclared(exchange)) {
                exchanges.add(named(ExchangeJson.definition(exchange), vhost, named));
            }
            addBindings(bindings, exchange, vhost, named);
        });
    }

    private static void addBindings(ArrayNode bindings, ExchangeSpec exchange, VhostView vhost, boolean named) {
        vhost.routing().forEachBindingFrom(exchange.name(), binding -> {
            if (!isToExclusive(vhost, BindingJson.queue(binding))) {
                bindings.add(named(BindingJson.definition(binding), vhost, named));
            }
        });
    }

    private static boolean isToExclusive(VhostView vhost, Optional<QueueName> queue) {
        return queue.flatMap(vhost::queue)
                .filter(view -> view.spec().exclusive())
                .isPresent();
    }

    private static ObjectNode named(ObjectNode tree, VhostView vhost, boolean named) {
        return named ? tree.put("vhost", vhost.name().value()) : tree;
    }
}
