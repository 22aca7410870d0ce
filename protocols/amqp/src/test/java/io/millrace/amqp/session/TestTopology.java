package io.millrace.amqp.session;

import io.millrace.broker.routing.RoutingDelta;
import io.millrace.broker.routing.RoutingRefusal;
import io.millrace.broker.routing.RoutingRules;
import io.millrace.broker.routing.RoutingTable;
import io.millrace.broker.topology.EffectivePolicy;
import io.millrace.broker.topology.ParameterKey;
import io.millrace.broker.topology.PermissionView;
import io.millrace.broker.topology.PolicyView;
import io.millrace.broker.topology.QueueType;
import io.millrace.broker.topology.QueueView;
import io.millrace.broker.topology.TopicPermissionView;
import io.millrace.broker.topology.Topology;
import io.millrace.broker.topology.TopologyChange;
import io.millrace.broker.topology.TopologyReply;
import io.millrace.broker.topology.UserView;
import io.millrace.broker.topology.VhostView;
import io.millrace.model.ArgumentValue;
import io.millrace.model.Arguments;
import io.millrace.model.ExchangeName;
import io.millrace.model.QueueName;
import io.millrace.model.TopicId;
import io.millrace.model.VhostName;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// One virtual host `/` with guest, who may do all, and others with permissions of their own. Every change is another
/// object, as in the metadata.
final class TestTopology implements Topology, VhostView {
    static final VhostName ROOT = new VhostName("/");

    private final RoutingTable routing;
    private final Map<QueueName, QueueView> queues;
    private final Map<String, PermissionView> permissions;
    private final long nextId;
    private final List<TopicPermissionView> topicPermissions = new ArrayList<>();
    private final Map<ParameterKey, ArgumentValue> parameters = new HashMap<>();
    private QueueType defaultQueueType = QueueType.CLASSIC;

    TestTopology() {
        this(RoutingTable.empty(ROOT), Map.of(), Map.of("guest", new PermissionView("guest", ".*", ".*", ".*")), 1);
    }

    private TestTopology(
            RoutingTable routing,
            Map<QueueName, QueueView> queues,
            Map<String, PermissionView> permissions,
            long nextId) {
        this.routing = routing;
        this.queues = queues;
        this.permissions = permissions;
        this.nextId = nextId;
    }

    /// With a limit of a virtual host or user.
    TestTopology limit(ParameterKey key, String name, long most) {
        TestTopology next = new TestTopology(routing, queues, permissions, nextId);
        next.topicPermissions.addAll(topicPermissions);
        next.parameters.putAll(parameters);
        next.parameters.put(key, new ArgumentValue.Table(Arguments.of(name, ArgumentValue.whole(most))));
        return next;
    }

    /// Until the next change.
    TestTopology withDefault(QueueType type) {
        TestTopology next = new TestTopology(routing, queues, permissions, nextId);
        next.defaultQueueType = type;
        return next;
    }

    TestTopology withoutUser(String user) {
        Map<String, PermissionView> fewer = new HashMap<>(permissions);
        fewer.remove(user);
        return new TestTopology(routing, queues, fewer, nextId);
    }

    TestTopology with(TopicPermissionView permission) {
        TestTopology next = new TestTopology(routing, queues, permissions, nextId);
        next.topicPermissions.add(permission);
        return next;
    }

    TestTopology with(PermissionView permission) {
        Map<String, PermissionView> more = new HashMap<>(permissions);
        more.put(permission.user(), permission);
        return new TestTopology(routing, queues, more, nextId);
    }

    /// What came of a change.
    record Changed(TestTopology topology, TopologyReply reply) {}

    Changed with(TopologyChange change) {
        return switch (change) {
            case TopologyChange.DeclareExchange declare ->
                routed(
                        new RoutingDelta.ExchangeDeclared(declare.exchange()),
                        RoutingRules.declare(routing, declare.exchange()));
            case TopologyChange.DeleteExchange delete ->
                routed(
                        new RoutingDelta.ExchangeDeleted(delete.exchange()),
                        RoutingRules.delete(routing, delete.exchange(), delete.ifUnused()));
            case TopologyChange.Bind bind ->
                routed(new RoutingDelta.Bound(bind.binding()), RoutingRules.bind(routing, bind.binding()));
            case TopologyChange.Unbind unbind ->
                routed(new RoutingDelta.Unbound(unbind.binding()), RoutingRules.unbind(unbind.binding()));
            case TopologyChange.DeclareQueue declare -> declared(declare);
            case TopologyChange.DeleteQueue delete -> without(delete.queue().name());
            case TopologyChange.ConnectionGone gone -> {
                TestTopology left = this;
                for (QueueView queue : queues.values()) {
                    if (queue.owner().filter(gone.connection()::equals).isPresent()) {
                        left = left.without(queue.ref().name()).topology();
                    }
                }
                yield new Changed(left, new TopologyReply.Done(true));
            }
            default -> throw new AssertionError("a session does not ask for " + change);
        };
    }

    private Changed routed(RoutingDelta delta, Optional<RoutingRefusal> refusal) {
        if (refusal.isPresent()) {
            return new Changed(this, new TopologyReply.Refused(refusal.get()));
        }
        return new Changed(
                new TestTopology(routing.with(delta), queues, permissions, nextId), new TopologyReply.Done(true));
    }

    private Changed declared(TopologyChange.DeclareQueue declare) {
        QueueName name = declare.queue().ref().name();
        if (queues.containsKey(name)) {
            return new Changed(this, new TopologyReply.Done(false));
        }
        Map<QueueName, QueueView> more = new HashMap<>(queues);
        more.put(
                name,
                new QueueView(
                        declare.queue(),
                        new TopicId(0, nextId),
                        declare.queue().durable()
                                ? new QueueView.Home.OnLog("queue." + name, new TopicId(0, nextId))
                                : new QueueView.Home.InMemory(declare.nodeId(), 1),
                        declare.owner(),
                        EffectivePolicy.NONE));
        RoutingTable routed = routing.with(new RoutingDelta.QueueDeclared(name));
        return new Changed(new TestTopology(routed, more, permissions, nextId + 1), new TopologyReply.Done(true));
    }

    TestTopology movedTo(QueueName name, int nodeId) {
        Map<QueueName, QueueView> moved = new HashMap<>(queues);
        moved.computeIfPresent(
                name,
                (_, queue) -> new QueueView(
                        queue.spec(),
                        queue.id(),
                        new QueueView.Home.InMemory(nodeId, 1),
                        queue.owner(),
                        queue.policy()));
        return new TestTopology(routing, moved, permissions, nextId);
    }

    private Changed without(QueueName name) {
        Map<QueueName, QueueView> fewer = new HashMap<>(queues);
        fewer.remove(name);
        RoutingTable routed = routing.with(new RoutingDelta.QueueDeleted(name));
        return new Changed(new TestTopology(routed, fewer, permissions, nextId), new TopologyReply.Done(true));
    }

    @Override
    public Optional<VhostView> vhost(VhostName name) {
        return name.equals(ROOT) ? Optional.of(this) : Optional.empty();
    }

    @Override
    public Collection<VhostView> vhosts() {
        return List.of(this);
    }

    /// The password is the name, and so is the tag.
    @Override
    public Optional<UserView> user(String name) {
        return permissions.containsKey(name) || name.equals("stranger")
                ? Optional.of(new UserView(name, name, "plain", List.of(name)))
                : Optional.empty();
    }

    @Override
    public Collection<UserView> users() {
        return List.of();
    }

    @Override
    public VhostName name() {
        return ROOT;
    }

    @Override
    public RoutingTable routing() {
        return routing;
    }

    @Override
    public Optional<QueueView> queue(QueueName name) {
        return Optional.ofNullable(queues.get(name));
    }

    @Override
    public Collection<QueueView> queuesFrom(String from) {
        return queues.values();
    }

    @Override
    public int queueCount() {
        return queues.size();
    }

    @Override
    public QueueType defaultQueueType() {
        return defaultQueueType;
    }

    @Override
    public Optional<PermissionView> permission(String user) {
        return Optional.ofNullable(permissions.get(user));
    }

    @Override
    public Arguments traits() {
        return Arguments.NONE;
    }

    @Override
    public Collection<PermissionView> allPermissions() {
        return permissions.values();
    }

    @Override
    public Optional<TopicPermissionView> topicPermission(String user, ExchangeName exchange) {
        return topicPermissions.stream()
                .filter(each -> each.user().equals(user) && each.exchange().equals(exchange))
                .findFirst();
    }

    @Override
    public Collection<TopicPermissionView> topicPermissions() {
        return topicPermissions;
    }

    @Override
    public Collection<PolicyView> policies() {
        return List.of();
    }

    @Override
    public Collection<PolicyView> operatorPolicies() {
        return List.of();
    }

    @Override
    public EffectivePolicy policyOf(ExchangeName exchange) {
        return EffectivePolicy.NONE;
    }

    @Override
    public Optional<ArgumentValue> parameter(ParameterKey key) {
        return Optional.ofNullable(parameters.get(key));
    }

    @Override
    public List<ParameterKey> parameters() {
        return List.of();
    }
}
