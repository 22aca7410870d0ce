package io.millrace.console.json;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.broker.topology.PermissionView;
import io.millrace.broker.topology.Topology;
import io.millrace.broker.topology.UserView;
import io.millrace.broker.topology.VhostView;
import io.millrace.model.VhostName;
import java.util.Collection;
import java.util.List;

/// Virtual hosts, users and permissions as RabbitMQ shows them.
public final class AccountJson {
    private AccountJson() {}

    public static ObjectNode user(UserView user, Topology topology) {
        ObjectNode tree = Json.object();
        tree.put("name", user.name())
                .put("password_hash", user.passwordHash())
                .put("hashing_algorithm", user.hashing());
        tree.set("tags", texts(user.tags()));
        tree.set("limits", PolicyJson.limitsOf(topology, user.name()));
        return tree;
    }

    public static ObjectNode whoAmI(UserView user) {
        ObjectNode tree = Json.object().put("name", user.name());
        tree.set("tags", texts(user.tags()));
        return tree;
    }

    public static ObjectNode permission(VhostName vhost, PermissionView permission) {
        return Json.object()
                .put("user", permission.user())
                .put("vhost", vhost.value())
                .put("configure", permission.configure())
                .put("write", permission.write())
                .put("read", permission.read());
    }

    /// @param nodes the names of those that run
    public static ObjectNode vhost(VhostView vhost, Collection<String> nodes) {
        ObjectNode tree = Json.object();
        tree.put("name", vhost.name().value());
        addMetadata(tree, vhost);
        addMetadata(tree.putObject("metadata"), vhost);
        tree.put("tracing", false);
        ObjectNode states = tree.putObject("cluster_state");
        nodes.forEach(node -> states.put(node, "running"));
        return tree;
    }

    /// As an export has it.
    static ObjectNode vhostDefinition(VhostView vhost) {
        ObjectNode tree = Json.object().put("name", vhost.name().value());
        addMetadata(tree, vhost);
        addMetadata(tree.putObject("metadata"), vhost);
        return tree;
    }

    private static void addMetadata(ObjectNode tree, VhostView vhost) {
        tree.put("description", vhost.traits().text("description").orElse(""));
        tree.set("tags", tags(vhost));
        tree.put("default_queue_type", vhost.defaultQueueType().word());
    }

    private static JsonNode tags(VhostView vhost) {
        JsonNode given = Json.of(vhost.traits()).path("tags");
        return given.isArray() ? given : Json.array();
    }

    private static ArrayNode texts(List<String> texts) {
        ArrayNode list = Json.array();
        texts.forEach(list::add);
        return list;
    }
}
