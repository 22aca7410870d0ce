package io.millrace.console.resource;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.console.json.Json;
import io.millrace.console.port.ClusterView;
import io.millrace.console.port.ClusterView.ListenerRow;
import io.millrace.console.port.ClusterView.NodeRow;
import io.millrace.console.web.ApiAnswer;
import io.millrace.console.web.Call;
import io.millrace.console.web.Refusal;
import io.millrace.console.web.Routes;
import java.util.List;
import java.util.Set;

/// `/api/health/checks`: 200 when all is well, 503 with the reason when it is not.
final class HealthChecks {
    private static final String CHECKS = "/health/checks/";
    private static final Set<String> UNITS = Set.of("days", "weeks", "months", "years");

    private final ClusterView cluster;

    HealthChecks(ClusterView cluster) {
        this.cluster = cluster;
    }

    void addTo(Routes routes) {
        routes.get("/healthchecks/node", this::ready) // both from before there were several checks
                .get("/healthchecks/node/{node}", this::ready)
                .get(CHECKS + "alarms", this::alarms)
                .get(CHECKS + "local-alarms", this::alarms)
                .get(CHECKS + "virtual-hosts", this::ready)
                .get(CHECKS + "is-in-service", this::ready)
                .get(CHECKS + "ready-to-serve-clients", this::ready)
                .get(CHECKS + "node-is-quorum-critical", this::quorum)
                .get(CHECKS + "node-is-mirror-sync-critical", call -> call.answer(ok())) // no mirrors, only logs
                .get(CHECKS + "certificate-expiration/{within}/{unit}", HealthChecks::certificates)
                .get(CHECKS + "below-node-connection-limit", this::ready)
                .get(CHECKS + "port-listener/{port}", this::port)
                .get(CHECKS + "protocol-listener/{protocol}", this::protocol);
    }

    private static ObjectNode ok() {
        return Json.object().put("status", "ok");
    }

    private static void fail(Call call, ObjectNode why) {
        call.answer(ApiAnswer.json(503, why));
    }

    private static ObjectNode failed(String reason) {
        return Json.object().put("status", "failed").put("reason", reason);
    }

    /// A node knows its own alarms; those of the others are in their vitals, which only they have.
    private void alarms(Call call) {
        ArrayNode alarms = Json.array();
        NodeRow self = cluster.self();
        self.vitals().ifPresent(vitals -> {
            if (vitals.memoryAlarm()) {
                alarms.addObject().put("node", self.name()).put("resource", "memory");
            }
            if (vitals.diskAlarm()) {
                alarms.addObject().put("node", self.name()).put("resource", "disk");
            }
        });
        if (alarms.isEmpty()) {
            call.answer(ok());
        } else {
            ObjectNode why = failed("Resource alarm(s) in effect in the cluster");
            why.set("alarms", alarms);
            fail(call, why);
        }
    }

    private void ready(Call call) {
        String reason = cluster.notReady();
        if (reason.isEmpty()) {
            call.answer(ok());
        } else {
            fail(call, failed(reason));
        }
    }

    /// Critical is a node without which no majority would be left of those that run.
    private void quorum(Call call) {
        List<NodeRow> nodes = cluster.nodes();
        if (nodes.size() == 1) {
            call.answer(ok().put("reason", "single node cluster"));
            return;
        }
        long running = nodes.stream().filter(NodeRow::isRunning).count();
        if ((running - 1) * 2 > nodes.size()) {
            call.answer(ok());
        } else {
            fail(call, failed("There are queues that would lose their quorum if the target node is shut down"));
        }
    }

    /// None of this node's own certificates are known to the API.
    private static void certificates(Call call) throws Refusal {
        if (!UNITS.contains(call.path("unit"))) {
            throw Refusal.badRequest("Time unit not recognised, use one of days, weeks, months, years");
        }
        call.answer(ok());
    }

    private void port(Call call) throws Refusal {
        int port;
        try {
            port = Integer.parseInt(call.path("port"));
        } catch (NumberFormatException none) {
            throw Refusal.badRequest("Invalid port");
        }
        if (cluster.listeners().stream().anyMatch(listener -> listener.port() == port)) {
            call.answer(ok().put("port", port));
            return;
        }
        ObjectNode why = failed("No active listener").put("missing", port);
        ArrayNode ports = why.putArray("ports");
        cluster.listeners().forEach(listener -> ports.add(listener.port()));
        fail(call, why);
    }

    private void protocol(Call call) {
        String protocol = call.path("protocol");
        List<String> known =
                cluster.listeners().stream().map(ListenerRow::protocol).toList();
        if (known.contains(protocol.equals("amqp091") ? "amqp" : protocol)) {
            call.answer(ok().put("protocol", protocol));
            return;
        }
        ObjectNode why = failed("No active listener").put("missing", protocol);
        ArrayNode protocols = why.putArray("protocols");
        known.forEach(protocols::add);
        fail(call, why);
    }
}
