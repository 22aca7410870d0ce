package io.millrace.cluster.metadata;

import io.millrace.broker.routing.Delay;
import io.millrace.broker.routing.Destination;
import io.millrace.broker.routing.ExchangeSpec;
import io.millrace.broker.routing.RoutingDelta;
import io.millrace.broker.routing.RoutingTable;
import io.millrace.broker.topology.CommitQueue;
import io.millrace.broker.topology.ConnectionId;
import io.millrace.broker.topology.DelayQueue;
import io.millrace.broker.topology.EffectivePolicy;
import io.millrace.broker.topology.ParameterKey;
import io.millrace.broker.topology.Policies;
import io.millrace.broker.topology.PolicyView;
import io.millrace.broker.topology.QueueRef;
import io.millrace.broker.topology.QueueView;
import io.millrace.broker.topology.QueueView.Home;
import io.millrace.broker.topology.UserView;
import io.millrace.cluster.metadata.TopologyImage.Place;
import io.millrace.model.ArgumentValue;
import io.millrace.model.ExchangeName;
import io.millrace.model.InvariantViolation;
import io.millrace.model.QueueName;
import io.millrace.model.TopicId;
import io.millrace.model.VhostName;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// A [TopologyImage] in the making. Applying never decides.
///
/// Owned by: the [ImageDraft] that made it.
final class TopologyDraft {
    private final TopologyImage before;
    private PersistentTree<VhostName, VhostImage> vhosts;
    private PersistentTree<String, UserView> users;
    private PersistentTree<Place, Place> inMemory;
    private PersistentTree<TopicId, QueueRef> onTopics;
    private PersistentTree<ParameterKey, ArgumentValue> parameters;
    private final Set<QueueRef> touched = new LinkedHashSet<>();
    /// Topics that go with what was applied.
    private final List<TopicId> orphans = new ArrayList<>();

    TopologyDraft(TopologyImage before) {
        this.before = before;
        this.vhosts = before.vhosts;
        this.users = before.users;
        this.inMemory = before.inMemory;
        this.onTopics = before.onTopics;
        this.parameters = before.parameters;
    }

    /// The image it began as, when nothing was changed.
    TopologyImage image() {
        boolean isSame = vhosts == before.vhosts
                && users == before.users
                && inMemory == before.inMemory
                && onTopics == before.onTopics
                && parameters == before.parameters;
        return isSame ? before : new TopologyImage(vhosts, users, inMemory, onTopics, parameters);
    }

    /// Queues that may differ from the image it began as.
    Set<QueueRef> touched() {
        return touched;
    }

    /// Topics that are to go because what they belonged to has gone. Told once.
    List<TopicId> takeOrphans() {
        List<TopicId> all = List.copyOf(orphans);
        orphans.clear();
        return all;
    }

    void apply(TopologyRecord record) {
        switch (record) {
            case TopologyRecord.VhostPut put -> {
                VhostImage known = vhosts.get(put.vhost());
                VhostImage vhost = known == null ? VhostImage.empty(put.vhost()) : known;
                put(vhost.withTraits(put.traits()));
            }
            case TopologyRecord.VhostDeleted deleted -> deleteVhost(deleted.vhost());
            case TopologyRecord.ExchangeDeclared declared -> declare(declared);
            case TopologyRecord.ExchangeDeleted deleted ->
                route(deleted.vhost(), new RoutingDelta.ExchangeDeleted(deleted.exchange()));
            case TopologyRecord.Bound bound -> route(bound.vhost(), new RoutingDelta.Bound(bound.binding()));
            case TopologyRecord.Unbound unbound -> route(unbound.vhost(), new RoutingDelta.Unbound(unbound.binding()));
            case TopologyRecord.QueueDeclared declared -> declare(declared);
            case TopologyRecord.QueueDeleted deleted -> deleteQueues(List.of(deleted.queue()));
            case TopologyRecord.ConnectionEnded ended -> deleteQueues(image().queuesOf(ended.connection()));
            case TopologyRecord.UserPut put -> users = users.with(put.user().name(), put.user());
            case TopologyRecord.UserDeleted deleted -> deleteUser(deleted.user());
            case TopologyRecord.PermissionPut put -> {
                VhostImage vhost = vhost(put.vhost());
                put(vhost.withPermissions(
                        vhost.permissions().with(put.permission().user(), put.permission())));
            }
            case TopologyRecord.PermissionDeleted deleted -> {
                VhostImage vhost = vhost(deleted.vhost());
                put(vhost.withPermissions(vhost.permissions().without(deleted.user())));
            }
            case TopologyRecord.TopicPermissionPut put -> {
                VhostImage vhost = vhost(put.vhost());
                put(vhost.withRules(vhost.rules().with(put.permission())));
            }
            case TopologyRecord.TopicPermissionDeleted deleted -> delete(deleted);
            case TopologyRecord.PolicyPut put ->
                putPolicies(
                        put.vhost(),
                        put.operator(),
                        put.policy().name(),
                        policies -> policies.with(put.policy().name(), put.policy()));
            case TopologyRecord.PolicyDeleted deleted ->
                putPolicies(
                        deleted.vhost(),
                        deleted.operator(),
                        deleted.name(),
                        policies -> policies.without(deleted.name()));
            case TopologyRecord.ParameterPut put -> parameters = parameters.with(put.key(), put.value());
            case TopologyRecord.ParameterDeleted deleted -> parameters = parameters.without(deleted.key());
        }
    }

    /// A node begins a life, or ends its last one: what its memory held before is gone.
    ///
    /// @param forgottenBefore exchanges that are not durable and older than this epoch are in no node's memory
    void onNode(int nodeId, long forgottenBefore) {
        deleteQueues(image().inMemoryOf(nodeId));
        for (VhostImage vhost : List.copyOf(vhosts.values())) {
            List<RoutingDelta> ended = new ArrayList<>();
            for (ExchangeName exchange : vhost.transientExchanges().keys()) {
                Long since = vhost.transientExchanges().get(exchange);
                if (since != null && since < forgottenBefore) {
                    ended.add(new RoutingDelta.ExchangeDeleted(exchange));
                }
            }
            route(vhost.name(), ended);
        }
    }

    /// Nothing leads to a topic that is gone.
    void onTopicDeleted(String topic) {
        for (VhostImage vhost : List.copyOf(vhosts.values())) {
            if (vhost.routing().bindingCountTo(new Destination.ToTopic(topic)) > 0) {
                route(vhost.name(), new RoutingDelta.TopicDeleted(topic));
            }
        }
    }

    private void declare(TopologyRecord.ExchangeDeclared declared) {
        ExchangeSpec exchange = declared.exchange();
        Policies policies = vhost(declared.vhost()).rules().compiled();
        VhostImage vhost = route(
                declared.vhost(),
                List.of(
                        new RoutingDelta.ExchangeDeclared(exchange),
                        new RoutingDelta.AlternateByPolicy(exchange.name(), alternate(policies, exchange.name()))));
        if (!exchange.durable()) {
            put(vhost.withTransientExchanges(
                    vhost.transientExchanges().with(exchange.name(), declared.sinceNodeEpoch())));
        }
    }

    private void declare(TopologyRecord.QueueDeclared declared) {
        QueueRef ref = declared.queue().ref();
        if (DelayQueue.exchangeOf(ref.name()).isPresent() || CommitQueue.is(ref.name())) {
            declareHidden(declared);
            return;
        }
        VhostImage vhost = route(ref.vhost(), new RoutingDelta.QueueDeclared(ref.name()));
        EffectivePolicy policy = vhost.rules().compiled().of(declared.queue());
        QueueView queue = new QueueView(declared.queue(), declared.id(), declared.home(), declared.owner(), policy);
        PersistentTree<QueueName, QueueView> queues = vhost.queuesByName().with(ref.name(), queue);
        if (queues.size() == vhost.queuesByName().size()) {
            throw new InvariantViolation("declared twice: " + ref);
        }
        put(vhost.withQueues(queues));
        remember(queue);
    }

    /// Not in the routing table, and without policies.
    private void declareHidden(TopologyRecord.QueueDeclared declared) {
        QueueRef ref = declared.queue().ref();
        VhostImage vhost = vhost(ref.vhost());
        if (vhost.delays().get(ref.name()) != null) {
            throw new InvariantViolation("declared twice: " + ref);
        }
        QueueView queue =
                new QueueView(declared.queue(), declared.id(), declared.home(), declared.owner(), EffectivePolicy.NONE);
        put(vhost.withDelays(vhost.delays().with(ref.name(), queue)));
        remember(queue);
    }

    /// A delayed exchange has gone, and with it what waits in it.
    private void deleteDelays(VhostName name, ExchangeName exchange) {
        VhostImage vhost = vhost(name);
        QueueName queue = Delay.queueOf(exchange);
        QueueView view = vhost.delays().get(queue);
        if (view != null) {
            put(vhost.withDelays(vhost.delays().without(queue)));
            orphan(view);
        }
    }

    private void orphan(QueueView delays) {
        forget(delays);
        if (delays.home() instanceof Home.OnLog(String _, TopicId topic)) {
            orphans.add(topic);
        }
    }

    private static Place place(Home.InMemory home, QueueView queue) {
        long connection = queue.owner().map(ConnectionId::number).orElse(Place.NOBODY);
        return new Place(home.nodeId(), home.nodeEpoch(), connection, queue.ref());
    }

    /// As one step in each virtual host: the memory of a node may hold ten thousands.
    private void deleteQueues(List<QueueRef> refs) {
        Map<VhostName, List<RoutingDelta>> routes = new TreeMap<>();
        for (QueueRef ref : refs) {
            VhostImage vhost = vhost(ref.vhost());
            QueueView queue = vhost.queuesByName().get(ref.name());
            if (queue == null) {
                throw new InvariantViolation("deleted and not there: " + ref);
            }
            forget(queue);
            put(vhost.withQueues(vhost.queuesByName().without(ref.name())));
            routes.computeIfAbsent(ref.vhost(), _ -> new ArrayList<>()).add(new RoutingDelta.QueueDeleted(ref.name()));
        }
        routes.forEach(this::route);
    }

    private void remember(QueueView queue) {
        touched.add(queue.ref());
        switch (queue.home()) {
            case Home.InMemory home -> {
                Place place = place(home, queue);
                inMemory = inMemory.with(place, place);
            }
            case Home.OnLog home -> onTopics = onTopics.with(home.topicId(), queue.ref());
        }
    }

    private void forget(QueueView queue) {
        touched.add(queue.ref());
        switch (queue.home()) {
            case Home.InMemory home -> inMemory = inMemory.without(place(home, queue));
            case Home.OnLog home -> onTopics = onTopics.without(home.topicId());
        }
    }

    private void delete(TopologyRecord.TopicPermissionDeleted deleted) {
        VhostImage vhost = vhost(deleted.vhost());
        VhostRules rules = vhost.rules();
        put(vhost.withRules(deleted.exchange()
                .map(exchange -> rules.withTopicPermissions(
                        rules.topicPermissions().without(new VhostRules.OfUser(deleted.user(), exchange))))
                .orElseGet(() -> rules.without(deleted.user()))));
    }

    /// Looks at every queue of the virtual host once, with the pattern of the policy that changed alone.
    private void putPolicies(
            VhostName name,
            boolean operator,
            String changed,
            UnaryOperator<PersistentTree<String, PolicyView>> change) {
        VhostImage before = vhost(name);
        VhostRules rules = before.rules()
                .withPolicies(operator, change.apply(before.rules().policies(operator)));
        PersistentTree<QueueName, QueueView> queues = before.queuesByName().mapped(queue -> {
            EffectivePolicy policy = rules.compiled().after(operator, changed, queue.spec(), queue.policy());
            if (policy.equals(queue.policy())) {
                return queue;
            }
            touched.add(queue.ref());
            return new QueueView(queue.spec(), queue.id(), queue.home(), queue.owner(), policy);
        });
        put(before.withRules(rules).withQueues(queues));
        route(name, alternates(before, rules.compiled()));
    }

    private static List<RoutingDelta> alternates(VhostImage before, Policies now) {
        Policies then = before.rules().compiled();
        if (!then.define(ExchangeSpec.ALTERNATE_EXCHANGE) && !now.define(ExchangeSpec.ALTERNATE_EXCHANGE)) {
            return List.of();
        }
        List<RoutingDelta> changed = new ArrayList<>();
        before.routing().forEachExchange(exchange -> {
            ExchangeName alternate = alternate(now, exchange.name());
            if (!Objects.equals(alternate, alternate(then, exchange.name()))) {
                changed.add(new RoutingDelta.AlternateByPolicy(exchange.name(), alternate));
            }
        });
        return changed;
    }

    private static @Nullable ExchangeName alternate(Policies policies, ExchangeName exchange) {
        return policies.of(exchange)
                .definition()
                .text(ExchangeSpec.ALTERNATE_EXCHANGE)
                .map(ExchangeName::new)
                .orElse(null);
    }

    private void deleteVhost(VhostName name) {
        vhost(name).queuesByName().values().forEach(this::forget);
        vhost(name).delays().values().forEach(this::orphan);
        vhosts = vhosts.without(name);
        for (ParameterKey key : parameters.keys()) {
            if (key.vhost().filter(name::equals).isPresent()) {
                parameters = parameters.without(key);
            }
        }
    }

    private void deleteUser(String user) {
        users = users.without(user);
        parameters = parameters.without(ParameterKey.limitsOf(user));
        for (VhostImage vhost : List.copyOf(vhosts.values())) {
            VhostRules rules = vhost.rules().without(user);
            if (vhost.permission(user).isPresent() || rules != vhost.rules()) {
                put(vhost.withPermissions(vhost.permissions().without(user)).withRules(rules));
            }
        }
    }

    private VhostImage route(VhostName name, RoutingDelta delta) {
        return route(name, List.of(delta));
    }

    /// Changes the exchanges and bindings of a virtual host, and answers what it is then.
    private VhostImage route(VhostName name, List<RoutingDelta> deltas) {
        VhostImage vhost = vhost(name);
        if (deltas.isEmpty()) {
            return vhost;
        }
        RoutingTable.Change change = vhost.routing().with(deltas);
        PersistentTree<ExchangeName, Long> transients = vhost.transientExchanges();
        for (ExchangeName gone : change.autoDeleted()) {
            transients = transients.without(gone);
        }
        for (RoutingDelta delta : deltas) {
            if (delta instanceof RoutingDelta.ExchangeDeleted(ExchangeName gone)) {
                transients = transients.without(gone);
            }
        }
        put(vhost.withRouting(change.table()).withTransientExchanges(transients));
        change.autoDeleted().forEach(gone -> deleteDelays(name, gone));
        for (RoutingDelta delta : deltas) {
            if (delta instanceof RoutingDelta.ExchangeDeleted(ExchangeName gone)) {
                deleteDelays(name, gone);
            }
        }
        return vhost(name);
    }

    private VhostImage vhost(VhostName name) {
        VhostImage vhost = vhosts.get(name);
        if (vhost == null) {
            throw new InvariantViolation("record for virtual host '" + name + "', which does not exist");
        }
        return vhost;
    }

    private void put(VhostImage vhost) {
        vhosts = vhosts.with(vhost.name(), vhost);
    }
}
