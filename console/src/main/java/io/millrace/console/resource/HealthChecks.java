package io.millrace.console.resource;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.console.json.Json;
import io.millrace.console.port.ClusterView;
import io.millrace.console.port.ClusterView.AlarmRow;
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
        routes.get("/healthchecks/node", this::node)
                .get("/healthchecks/node/{node}", this::node)
                .get(CHECKS + "alarms", this::alarms)
                .get(CHECKS + "local-alarms", this::localAlarms)
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

    private void alarms(Call call) {
        answer(call, cluster.alarms(), "There are alarms in effect in the cluster");
    }

    private void localAlarms(Call call) {
        answer(call, alarmsOf(cluster.self().name()), "There are alarms in effect on the node");
    }

    private List<AlarmRow> alarmsOf(String node) {
        return cluster.alarms().stream()
                .filter(alarm -> alarm.node().equals(node))
                .toList();
    }

    private static void answer(Call call, List<AlarmRow> alarms, String reason) {
        if (alarms.isEmpty()) {
            call.answer(ok());
            return;
        }
        ObjectNode why = failed(reason);
        ArrayNode list = why.putArray("alarms");
        alarms.forEach(alarm -> list.addObject().put("node", alarm.node()).put("resource", alarm.resource()));
        fail(call, why);
    }

    /// From before there were several checks: whether a node runs and has no alarm.
    private void node(Call call) throws Refusal {
        String name = call.hasPath("node") ? call.path("node") : cluster.self().name();
        NodeRow node = cluster.nodes().stream()
                .filter(each -> each.name().equals(name))
                .findFirst()
                .orElseThrow(Refusal::notFound);
        List<String> alarms = alarmsOf(name).stream().map(AlarmRow::resource).toList();
        if (!node.isRunning()) {
            fail(call, failed("nodedown"));
        } else if (!alarms.isEmpty()) {
            fail(call, failed("resource alarm(s) in effect:[" + String.join(",", alarms) + "]"));
        } else if (name.equals(cluster.self().name())) {
            ready(call);
        } else {
            call.answer(ok());
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
