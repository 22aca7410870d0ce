package io.millrace.console.json;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.broker.routing.ExchangeSpec;
import io.millrace.broker.routing.ExchangeTraffic.Exchange;
import io.millrace.broker.topology.EffectivePolicy;
import io.millrace.console.port.Tallies;
import io.millrace.model.VhostName;

/// Exchanges as RabbitMQ shows them.
public final class ExchangeJson {
    private static final String RESERVED = "amq.";

    private ExchangeJson() {}

    private static ObjectNode of(VhostName vhost, ExchangeSpec exchange, EffectivePolicy policy) {
        ObjectNode tree = Json.object();
        tree.set("arguments", Json.of(exchange.arguments()));
        tree.put("auto_delete", exchange.autoDelete())
                .put("durable", exchange.durable())
                .put("internal", exchange.internal())
                .put("name", exchange.name().value())
                .put("type", exchange.type().word());
        if (!policy.name().isEmpty()) {
            tree.put("policy", policy.name());
        }
        if (isPredeclared(exchange)) {
            tree.put("user_who_performed_action", "rmq-internal");
        }
        return tree.put("vhost", vhost.value());
    }

    /// With what went through it.
    public static ObjectNode of(VhostName vhost, ExchangeSpec exchange, EffectivePolicy policy, Tallies tallies) {
        ObjectNode tree = of(vhost, exchange, policy);
        TrafficJson.addExchange(tree, tallies, new Exchange(vhost, exchange.name()));
        return tree;
    }

    /// As an export has it, without the virtual host.
    static ObjectNode definition(ExchangeSpec exchange) {
        ObjectNode tree = Json.object();
        tree.put("name", exchange.name().value())
                .put("type", exchange.type().word())
                .put("durable", exchange.durable())
                .put("auto_delete", exchange.autoDelete())
                .put("internal", exchange.internal());
        tree.set("arguments", Json.of(exchange.arguments()));
        return tree;
    }

    static boolean isPredeclared(ExchangeSpec exchange) {
        return exchange.name().isDefault() || exchange.name().value().startsWith(RESERVED);
    }
}
