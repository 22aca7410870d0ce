package io.millrace.console;

import io.millrace.broker.routing.Binding;
import io.millrace.broker.routing.RoutingDelta;
import io.millrace.broker.routing.RoutingRefusal;
import io.millrace.broker.routing.RoutingRules;
import io.millrace.broker.routing.RoutingTable;
import io.millrace.broker.topology.EffectivePolicy;
import io.millrace.broker.topology.ParameterKey;
import io.millrace.broker.topology.PermissionView;
import io.millrace.broker.topology.Policies;
import io.millrace.broker.topology.PolicyView;
import io.millrace.broker.topology.QueueRules;
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
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/// Virtual hosts and users that a test changes in place.
final class TestNode implements Topology {
    private final NavigableMap<VhostName, Vhost> vhosts = new TreeMap<>();
    private final NavigableMap<String, UserView> users = new TreeMap<>();
    private final NavigableMap<ParameterKey, ArgumentValue> parameters = new TreeMap<>();
    private long nextId = 1;

    TopologyReply change(TopologyChange change) {
        return switch (change) {
            case TopologyChange.PutVhost put -> {
                vhosts.computeIfAbsent(put.vhost(), Vhost::new).traits = put.traits();
                yield done();
            }
            case TopologyChange.DeleteVhost delete -> {
                vhosts.remove(delete.vhost());
                yield done();
            }
            case TopologyChange.PutUser put -> {
                users.put(put.user().name(), put.user());
                yield done();
            }
            case TopologyChange.DeleteUser delete -> {
                users.remove(delete.user());
                yield done();
            }
            case TopologyChange.PutPermission put -> {
                in(put.vhost()).permissions.put(put.permission().user(), put.permission());
                yield done();
            }
            case TopologyChange.DeletePermission delete -> {
                in(delete.vhost()).permissions.remove(delete.user());
                yield done();
            }
            case TopologyChange.DeclareExchange declare ->
                routed(
                        in(declare.vhost()),
                        RoutingRules.declare(in(declare.vhost()).routing, declare.exchange()),
                        new RoutingDelta.ExchangeDeclared(declare.exchange()));
            case TopologyChange.DeleteExchange delete ->
                routed(
                        in(delete.vhost()),
                        RoutingRules.delete(in(delete.vhost()).routing, delete.exchange(), delete.ifUnused()),
                        new RoutingDelta.ExchangeDeleted(delete.exchange()));
            case TopologyChange.Bind bind ->
                routed(
                        in(bind.vhost()),
                        RoutingRules.bind(in(bind.vhost()).routing, bind.binding()),
                        new RoutingDelta.Bound(bind.binding()));
            case TopologyChange.Unbind unbind ->
                routed(
                        in(unbind.vhost()),
                        RoutingRules.unbind(unbind.binding()),
                        new RoutingDelta.Unbound(unbind.binding()));
            case TopologyChange.DeclareQueue declare -> declared(declare);
            case TopologyChange.DeleteQueue delete -> {
                Vhost vhost = in(delete.queue().vhost());
                vhost.queues.remove(delete.queue().name());
                vhost.routing = vhost.routing.with(
                        new RoutingDelta.QueueDeleted(delete.queue().name()));
                yield done();
            }
            case TopologyChange.PutPolicy put -> {
                in(put.vhost()).policies(put.operator()).put(put.policy().name(), put.policy());
                yield done();
            }
            case TopologyChange.DeletePolicy delete -> {
                in(delete.vhost()).policies(delete.operator()).remove(delete.name());
                yield done();
            }
            case TopologyChange.PutTopicPermission put -> {
                in(put.vhost())
                        .topics
                        .removeIf(each -> each.user().equals(put.permission().user())
                                && each.exchange().equals(put.permission().exchange()));
                in(put.vhost()).topics.add(put.permission());
                yield done();
            }
            case TopologyChange.DeleteTopicPermission delete -> {
                in(delete.vhost())
                        .topics
                        .removeIf(each -> each.user().equals(delete.user())
                                && delete.exchange()
                                        .map(each.exchange()::equals)
                                        .orElse(true));
                yield done();
            }
            case TopologyChange.PutParameter put -> {
                parameters.put(put.key(), put.value());
                yield done();
            }
            case TopologyChange.DeleteParameter delete -> {
                parameters.remove(delete.key());
                yield done();
            }
            case TopologyChange.ConnectionGone _ -> throw new AssertionError("the API does not ask for " + change);
        };
    }

    /// As bindings were made before topics were kept to their virtual host.
    void bindUnchecked(String vhost, Binding binding) {
        Vhost in = in(new VhostName(vhost));
        in.routing = in.routing.with(new RoutingDelta.Bound(binding));
    }

    private static TopologyReply done() {
        return new TopologyReply.Done(true);
    }

    private Vhost in(VhostName name) {
        return vhosts.get(name);
    }

    private static TopologyReply routed(Vhost vhost, Optional<RoutingRefusal> refusal, RoutingDelta delta) {
        if (refusal.isPresent()) {
            return new TopologyReply.Refused(refusal.get());
        }
        vhost.routing = vhost.routing.with(delta);
        return done();
    }

    private TopologyReply declared(TopologyChange.DeclareQueue declare) {
        Vhost vhost = in(declare.queue().ref().vhost());
        QueueName name = declare.queue().ref().name();
        QueueView before = vhost.queues.get(name);
        if (before != null) {
            return QueueRules.difference(before.spec(), declare.queue())
                    .<TopologyReply>map(difference ->
                            new TopologyReply.QueueInequivalent(declare.queue().ref(), difference))
                    .orElseGet(() -> new TopologyReply.Done(false));
        }
        vhost.queues.put(
                name,
                new QueueView(
                        declare.queue(),
                        new TopicId(7, nextId++),
                        new QueueView.Home.InMemory(declare.nodeId(), 1),
                        Optional.empty(),
                        EffectivePolicy.NONE));
        vhost.routing = vhost.routing.with(new RoutingDelta.QueueDeclared(name));
        return done();
    }

    @Override
    public Optional<VhostView> vhost(VhostName name) {
        return Optional.ofNullable(vhosts.get(name));
    }

    @Override
    public Collection<VhostView> vhosts() {
        return List.copyOf(vhosts.values());
    }

    @Override
    public Optional<UserView> user(String name) {
        return Optional.ofNullable(users.get(name));
    }

    @Override
    public Collection<UserView> users() {
        return users.values();
    }

    @Override
    public Optional<ArgumentValue> parameter(ParameterKey key) {
        return Optional.ofNullable(parameters.get(key));
    }

    @Override
    public List<ParameterKey> parameters() {
        return List.copyOf(parameters.keySet());
    }

    private static final class Vhost implements VhostView {
        private final VhostName name;
        private final NavigableMap<QueueName, QueueView> queues = new TreeMap<>();
        private final NavigableMap<String, PermissionView> permissions = new TreeMap<>();
        private final NavigableMap<String, PolicyView> policies = new TreeMap<>();
        private final NavigableMap<String, PolicyView> operatorPolicies = new TreeMap<>();
        private final List<TopicPermissionView> topics = new ArrayList<>();
        private Arguments traits = Arguments.NONE;
        private RoutingTable routing;

        Vhost(VhostName name) {
            this.name = name;
            this.routing = RoutingTable.empty(name);
        }

        NavigableMap<String, PolicyView> policies(boolean operator) {
            return operator ? operatorPolicies : policies;
        }

        @Override
        public VhostName name() {
            return name;
        }

        @Override
        public Arguments traits() {
            return traits;
        }

        @Override
        public RoutingTable routing() {
            return routing;
        }

        @Override
        public Optional<QueueView> queue(QueueName queue) {
            return Optional.ofNullable(queues.get(queue));
        }

        @Override
        public Collection<QueueView> queuesFrom(String from) {
            return queues.tailMap(new QueueName(from)).values();
        }

        @Override
        public int queueCount() {
            return queues.size();
        }

        @Override
        public QueueType defaultQueueType() {
            return QueueType.CLASSIC;
        }

        @Override
        public Optional<PermissionView> permission(String user) {
            return Optional.ofNullable(permissions.get(user));
        }

        @Override
        public Collection<PermissionView> allPermissions() {
            return permissions.values();
        }

        @Override
        public Optional<TopicPermissionView> topicPermission(String user, ExchangeName exchange) {
            return topics.stream()
                    .filter(each -> each.user().equals(user) && each.exchange().equals(exchange))
                    .findFirst();
        }

        @Override
        public Collection<TopicPermissionView> topicPermissions() {
            return List.copyOf(topics);
        }

        @Override
        public Collection<PolicyView> policies() {
            return policies.values();
        }

        @Override
        public Collection<PolicyView> operatorPolicies() {
            return operatorPolicies.values();
        }

        @Override
        public EffectivePolicy policyOf(ExchangeName exchange) {
            return new Policies(policies.values(), operatorPolicies.values()).of(exchange);
        }
    }
}
