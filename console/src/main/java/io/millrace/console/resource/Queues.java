package io.millrace.console.resource;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.broker.queue.Queues.CountsReply;
import io.millrace.broker.topology.QueueArgumentRules;
import io.millrace.broker.topology.QueueRef;
import io.millrace.broker.topology.QueueSpec;
import io.millrace.broker.topology.QueueType;
import io.millrace.broker.topology.QueueView;
import io.millrace.broker.topology.TopologyChange.DeclareQueue;
import io.millrace.broker.topology.VhostView;
import io.millrace.console.json.ConnectionJson;
import io.millrace.console.json.Json;
import io.millrace.console.json.QueueJson;
import io.millrace.console.json.QueueJson.Detail;
import io.millrace.console.port.ClusterView;
import io.millrace.console.port.ConnectionsView;
import io.millrace.console.port.ConnectionsView.Wanted;
import io.millrace.console.port.ManagementPorts;
import io.millrace.console.port.QueueAccess;
import io.millrace.console.port.QueueTallies;
import io.millrace.console.port.Tallies;
import io.millrace.console.web.ApiAnswer;
import io.millrace.console.web.Body;
import io.millrace.console.web.Call;
import io.millrace.console.web.Refusal;
import io.millrace.console.web.Routes;
import io.millrace.model.ArgumentValue;
import io.millrace.model.Arguments;
import io.millrace.model.QueueName;
import io.millrace.model.VhostName;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/// `/api/queues`, without the messages in them.
final class Queues {
    private static final Set<String> ACTIONS = Set.of("sync", "cancel_sync");
    /// Of one queue; all of them are in the list of consumers.
    private static final int CONSUMERS_SHOWN = 500;

    private static final String RESERVED = "amq.";
    private static final String TYPE = "x-queue-type";

    private final Changes changes;
    private final QueueAccess queues;
    private final QueueTallies tallies;
    private final ClusterView cluster;
    private final ConnectionsView connections;
    private final FurtherCounts further;
    private final int nodeId;

    Queues(Changes changes, ManagementPorts ports) {
        this.changes = changes;
        this.queues = ports.queues();
        this.tallies = ports.tallies();
        this.cluster = ports.cluster();
        this.further = new FurtherCounts(ports.queues(), ports.cluster(), FurtherCounts.MS_MAX);
        this.connections = ports.connections();
        this.nodeId = ports.nodeId();
    }

    void addTo(Routes routes) {
        routes.get("/queues", call -> list(call, Exchanges.seen(call)))
                .get("/queues/detailed", call -> list(call, Exchanges.seen(call)))
                .post("/rebalance/queues", Queues::rebalance)
                .get("/queues/{vhost}", call -> list(call, List.of(call.vhost())))
                .get("/queues/{vhost}/{name}", this::get)
                .put("/queues/{vhost}/{name}", this::put)
                .delete("/queues/{vhost}/{name}", this::delete)
                .post("/queues/{vhost}/{name}/actions", Queues::act);
    }

    /// Leaders go where they are wanted by themselves.
    private static void rebalance(Call call) throws Refusal {
        call.asker().checkAdministrator();
        call.answer(ApiAnswer.noContent());
    }

    /// Mirrors, which the actions are about, are in step whenever a message is confirmed.
    private static void act(Call call) throws Refusal {
        queue(call);
        String action = call.json().text("action");
        if (!ACTIONS.contains(action)) {
            throw Refusal.badTerm("unknown", action);
        }
        call.answer(ApiAnswer.noContent());
    }

    /// The snapshot of what queues hold is asked for once; which of the queues are shown is known only after it came,
    /// since they may be sorted by it.
    private void list(Call call, List<VhostView> vhosts) {
        QueueRows all = new QueueRows(vhosts);
        Detail detail = detail(call);
        tallies.latest(call.later(latest ->
                further.ask(call, all, latest, known -> call.answer(all, new QueueShape(cluster, known, detail)))));
    }

    private static Detail detail(Call call) {
        if (!call.query().isTrue("disable_stats")) {
            return Detail.ALL;
        }
        return call.query().isTrue("enable_queue_totals") ? Detail.MESSAGE_COUNTS : Detail.NO_COUNTS;
    }

    static QueueView queue(Call call) throws Refusal {
        return call.vhost().queue(new QueueName(call.path("name"))).orElseThrow(Refusal::notFound);
    }

    private void get(Call call) throws Refusal {
        QueueView queue = queue(call);
        tallies.latest(
                call.later(latest -> further.ask(call, List.of(queue), latest, known -> get(call, queue, known))));
    }

    private void get(Call call, QueueView queue, Tallies known) {
        connections.ask(new Wanted.ConsumersOf(queue.ref(), CONSUMERS_SHOWN), call.later(connected -> {
            ObjectNode tree = QueueJson.of(queue, cluster.home(queue), known, Detail.ALL);
            ArrayNode consumers = tree.putArray("consumer_details");
            connected.consumers().stream()
                    .limit(CONSUMERS_SHOWN)
                    .forEach(consumer -> consumers.add(ConnectionJson.consumer(consumer)));
            tree.putArray("deliveries");
            tree.putArray("incoming");
            call.answer(tree);
        }));
    }

    private void put(Call call) throws Refusal {
        VhostView vhost = call.vhostToChange();
        QueueName name = new QueueName(call.path("name"));
        boolean isNew = vhost.queue(name).isEmpty();
        if (isNew && name.value().startsWith(RESERVED)) {
            throw Changes.refused();
        }
        call.asker().checkConfigure(vhost, "queue", name.value());
        QueueSpec spec = read(new QueueRef(vhost.name(), name), call.json(), vhost.defaultQueueType());
        changes.submit(
                call,
                vhost.name(),
                new DeclareQueue(spec, nodeId, Optional.empty()),
                _ -> call.answer(ApiAnswer.put(isNew)));
    }

    static QueueSpec read(QueueRef ref, Body body, QueueType standard) throws Refusal {
        Arguments arguments = Json.arguments(body.object("arguments"));
        boolean durable = body.bool("durable");
        boolean autoDelete = body.bool("auto_delete");
        QueueType type = type(ref, arguments, standard.orClassic(durable, false, autoDelete));
        QueueSpec queue = new QueueSpec(ref, type, durable, false, autoDelete, arguments);
        Optional<String> refusal = QueueArgumentRules.refuse(queue);
        if (refusal.isPresent()) {
            throw Refusal.badRequest(refusal.get());
        }
        return queue;
    }

    private static QueueType type(QueueRef ref, Arguments arguments, QueueType standard) throws Refusal {
        Optional<ArgumentValue> given = arguments.find(TYPE);
        if (given.isEmpty()) {
            return standard;
        }
        String word = arguments.text(TYPE).orElse("");
        return QueueType.find(word)
                .orElseThrow(() -> Refusal.badRequest(
                        "invalid arg '" + TYPE + "' for " + ref + ": \"unsupported queue type '" + word + "'\""));
    }

    static String checkedType(String word) throws Refusal {
        return QueueType.find(word)
                .map(QueueType::word)
                .orElseThrow(() -> Refusal.badRequest("unsupported queue type '" + word + "'"));
    }

    private void delete(Call call) throws Refusal {
        VhostView vhost = call.vhostToChange();
        QueueView queue = queue(call);
        call.asker().checkConfigure(vhost, "queue", queue.ref().name().value());
        boolean ifUnused = call.query().isTrue("if-unused");
        boolean ifEmpty = call.query().isTrue("if-empty");
        Consumer<CountsReply> reply = call.later(outcome -> deleted(call, queue, outcome));
        queues.loop().post(() -> queues.queues().delete(queue, ifUnused, ifEmpty, reply));
    }

    private static void deleted(Call call, QueueView queue, CountsReply reply) throws Refusal {
        switch (reply.outcome()) {
            case DONE, GONE -> call.answer(ApiAnswer.noContent());
            case IN_USE -> throw Refusal.badRequest(queue.ref() + " in use");
            case NOT_EMPTY -> throw Refusal.badRequest(queue.ref() + " not empty");
            case EXCLUSIVE_USE, UNSUPPORTED -> throw Refusal.badRequest(queue.ref() + " can not be deleted");
            case UNAVAILABLE -> throw Refusal.unavailable(queue.ref() + " can not be reached");
        }
    }

    /// Of an import.
    static QueueRef ref(VhostName vhost, Body queue) {
        return new QueueRef(vhost, new QueueName(queue.text("name")));
    }
}
