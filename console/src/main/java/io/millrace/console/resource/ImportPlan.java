package io.millrace.console.resource;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.broker.routing.Binding;
import io.millrace.broker.routing.Destination;
import io.millrace.broker.routing.ExchangeSpec;
import io.millrace.broker.topology.ParameterKey;
import io.millrace.broker.topology.QueueSpec;
import io.millrace.broker.topology.QueueType;
import io.millrace.broker.topology.Topology;
import io.millrace.broker.topology.TopologyChange;
import io.millrace.broker.topology.TopologyChange.Bind;
import io.millrace.broker.topology.TopologyChange.DeclareExchange;
import io.millrace.broker.topology.TopologyChange.DeclareQueue;
import io.millrace.broker.topology.TopologyChange.PutParameter;
import io.millrace.broker.topology.TopologyChange.PutPermission;
import io.millrace.broker.topology.TopologyChange.PutPolicy;
import io.millrace.broker.topology.TopologyChange.PutTopicPermission;
import io.millrace.broker.topology.TopologyChange.PutUser;
import io.millrace.broker.topology.TopologyChange.PutVhost;
import io.millrace.broker.topology.TopologySource;
import io.millrace.broker.topology.UserView;
import io.millrace.broker.topology.VhostView;
import io.millrace.console.json.Json;
import io.millrace.console.web.Body;
import io.millrace.console.web.Refusal;
import io.millrace.model.Arguments;
import io.millrace.model.ExchangeName;
import io.millrace.model.QueueName;
import io.millrace.model.Randomness;
import io.millrace.model.VhostName;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/// An export of RabbitMQ's as changes. Exchanges and queues that are there already stay as they are, whatever the
/// export says of them, as with RabbitMQ.
final class ImportPlan {
    /// Of changes outside of any virtual host.
    private static final VhostName GLOBAL = new VhostName("");

    private final Optional<VhostName> into;
    private final TopologySource source;
    private final Topology before;
    private final Set<VhostName> vhosts = new HashSet<>();
    private final Set<String> users = new HashSet<>();
    private final List<Import.Change> accounts = new ArrayList<>();
    private final List<Import.Change> rules = new ArrayList<>();
    private final List<Import.Change> objects = new ArrayList<>();
    private final List<Import.Change> bindings = new ArrayList<>();
    private final List<Import.Change> limits = new ArrayList<>();

    private ImportPlan(Optional<VhostName> into, TopologySource source) {
        this.into = into;
        this.source = source;
        this.before = source.topology();
        before.vhosts().forEach(vhost -> vhosts.add(vhost.name()));
        before.users().forEach(user -> users.add(user.name()));
    }

    /// @param into where objects without a virtual host belong; with it, users and virtual hosts are left out
    static ImportPlan read(
            Body body, Optional<VhostName> into, TopologySource source, Randomness randomness, int nodeId)
            throws Refusal {
        ImportPlan plan = new ImportPlan(into, source);
        if (into.isEmpty()) {
            plan.readAccounts(body, randomness);
            plan.readPermissions(body);
        }
        plan.readRules(body);
        for (Body exchange : body.list("exchanges")) {
            plan.readExchange(exchange);
        }
        for (Body queue : body.list("queues")) {
            plan.readQueue(queue, nodeId);
        }
        for (Body binding : body.list("bindings")) {
            plan.readBinding(binding);
        }
        return plan;
    }

    /// Policies come before the queues they are for; limits last, for they hold for what is declared later.
    ///
    /// @param keepsUsers whether users that are there stay as they are, too: a file that is imported at each start must
    ///     not bring a password back that was changed since
    List<Supplier<List<Import.Change>>> steps(boolean keepsUsers) {
        return List.of(
                () -> keepsUsers ? newAccounts() : accounts,
                () -> rules,
                this::newObjects,
                () -> bindings,
                () -> limits);
    }

    private static void add(List<Import.Change> list, VhostName vhost, TopologyChange change) {
        list.add(new Import.Change(vhost, change));
    }

    private void readAccounts(Body body, Randomness randomness) throws Refusal {
        for (Body vhost : body.list("vhosts")) {
            VhostName name = new VhostName(vhost.text("name"));
            Arguments traits = before.vhost(name).map(VhostView::traits).orElse(Arguments.NONE);
            add(accounts, name, new PutVhost(name, Vhosts.traits(vhost, traits)));
            vhosts.add(name);
            readLimits(vhost, ParameterKey.limitsOf(name), LimitRules.OF_VHOST);
        }
        for (Body user : body.list("users")) {
            String name = user.text("name");
            add(accounts, GLOBAL, new PutUser(Users.read(name, user, randomness)));
            users.add(name);
            readLimits(user, ParameterKey.limitsOf(name), LimitRules.OF_USER);
        }
    }

    private void readLimits(Body owner, ParameterKey key, LimitRules known) throws Refusal {
        JsonNode given = owner.tree().path("limits");
        if (!given.isMissingNode() && !given.isEmpty()) {
            add(limits, GLOBAL, new PutParameter(key, known.read(given)));
        }
    }

    private void readPermissions(Body body) throws Refusal {
        for (Body permission : body.list("permissions")) {
            VhostName vhost = vhost(permission);
            add(rules, vhost, new PutPermission(vhost, Permissions.read(user(permission), permission)));
        }
        for (Body permission : body.list("topic_permissions")) {
            VhostName vhost = vhost(permission);
            add(rules, vhost, new PutTopicPermission(vhost, TopicPermissions.read(user(permission), permission)));
        }
        for (Body parameter : body.list("global_parameters")) {
            parameter.require("name", "value");
            JsonNode value = parameter.tree().path("value");
            add(rules, GLOBAL, new PutParameter(Parameters.globalKey(parameter.text("name")), Json.value(value)));
        }
    }

    private void readRules(Body body) throws Refusal {
        for (Body policy : body.list("policies")) {
            policy.require("name");
            VhostName vhost = vhost(policy);
            addPolicy(vhost, new PutPolicy(vhost, false, PolicyRules.read(policy.text("name"), policy, false)));
        }
        for (Body parameter : body.list("parameters")) {
            parameter.require("component", "name", "value");
            VhostName vhost = vhost(parameter);
            TopologyChange change = Parameters.change(
                    vhost,
                    parameter.text("component"),
                    parameter.text("name"),
                    parameter.tree().path("value"));
            if (change instanceof PutPolicy put) {
                addPolicy(vhost, put);
            } else {
                add(limits, vhost, change);
            }
        }
    }

    private void addPolicy(VhostName vhost, PutPolicy put) throws Refusal {
        Optional<VhostView> there = before.vhost(vhost);
        if (there.isPresent()) {
            PatternPace.check(there.get(), put.policy());
        }
        add(rules, vhost, put);
    }

    private String user(Body permission) throws Refusal {
        String name = permission.text("user");
        if (!users.contains(name)) {
            throw Refusal.badTerm("no_such_user", name);
        }
        return name;
    }

    private VhostName vhost(Body object) throws Refusal {
        VhostName name = into.isPresent() ? into.get() : new VhostName(object.text("vhost"));
        if (!vhosts.contains(name)) {
            throw Refusal.badTerm("no_such_vhost", name.value());
        }
        return name;
    }

    private void readExchange(Body body) throws Refusal {
        VhostName vhost = vhost(body);
        add(objects, vhost, new DeclareExchange(vhost, Exchanges.read(new ExchangeName(body.text("name")), body)));
    }

    private void readQueue(Body body, int nodeId) throws Refusal {
        VhostName vhost = vhost(body);
        QueueType standard =
                before.vhost(vhost).map(VhostView::defaultQueueType).orElse(QueueType.CLASSIC);
        QueueSpec queue = Queues.read(Queues.ref(vhost, body), body, standard);
        add(objects, vhost, new DeclareQueue(queue, nodeId, Optional.empty()));
    }

    private void readBinding(Body body) throws Refusal {
        VhostName vhost = vhost(body);
        String name = body.text("destination");
        Destination destination = switch (body.text("destination_type")) {
            case "queue" -> new Destination.ToQueue(new QueueName(name));
            case "exchange" -> new Destination.ToExchange(new ExchangeName(name));
            case "topic" -> new Destination.ToTopic(name);
            default -> throw Refusal.badTerm("unknown_destination_type", body.text("destination_type"));
        };
        ExchangeName from = new ExchangeName(body.text("source"));
        if (!from.isDefault()) {
            Binding binding =
                    new Binding(from, destination, body.text("routing_key"), Json.arguments(body.object("arguments")));
            add(bindings, vhost, new Bind(vhost, binding));
        }
    }

    private List<Import.Change> newAccounts() {
        return accounts.stream()
                .filter(each -> !(each.change() instanceof PutUser(UserView user)
                        && before.user(user.name()).isPresent()))
                .toList();
    }

    private List<Import.Change> newObjects() {
        Topology now = source.topology();
        return objects.stream().filter(each -> isNew(now, each.change())).toList();
    }

    private static boolean isNew(Topology now, TopologyChange change) {
        return switch (change) {
            case DeclareExchange(VhostName vhost, ExchangeSpec exchange) ->
                now.vhost(vhost)
                        .flatMap(there -> there.routing().exchange(exchange.name()))
                        .isEmpty();
            case DeclareQueue declare ->
                now.vhost(declare.queue().ref().vhost())
                        .flatMap(there -> there.queue(declare.queue().ref().name()))
                        .isEmpty();
            default -> true;
        };
    }
}
