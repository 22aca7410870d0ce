package io.millrace.cluster.metadata;

import io.millrace.broker.routing.RoutingTable;
import io.millrace.broker.topology.EffectivePolicy;
import io.millrace.broker.topology.PermissionView;
import io.millrace.broker.topology.PolicyView;
import io.millrace.broker.topology.QueueType;
import io.millrace.broker.topology.QueueView;
import io.millrace.broker.topology.TopicPermissionView;
import io.millrace.broker.topology.VhostView;
import io.millrace.model.Arguments;
import io.millrace.model.ExchangeName;
import io.millrace.model.QueueName;
import io.millrace.model.VhostName;
import java.util.Collection;
import java.util.Optional;

/// One virtual host at one point of the metadata log. Immutable, shares what did not change.
///
/// @param traits `description`, `tags`, `default_queue_type`, `tracing`
/// @param delays where messages of delayed exchanges wait ([io.millrace.broker.topology.DelayQueue]), and commits
///     ([io.millrace.broker.topology.CommitQueue]), beside the others
/// @param transientExchanges those that are not durable, with the highest epoch a node had when they were declared
record VhostImage(
        VhostName name,
        Arguments traits,
        RoutingTable routing,
        PersistentTree<QueueName, QueueView> queuesByName,
        PersistentTree<QueueName, QueueView> delays,
        PersistentTree<String, PermissionView> permissions,
        PersistentTree<ExchangeName, Long> transientExchanges,
        VhostRules rules)
        implements VhostView {
    static VhostImage empty(VhostName name) {
        return new VhostImage(
                name,
                Arguments.NONE,
                RoutingTable.empty(name),
                PersistentTree.empty(QueueName::compareTo),
                PersistentTree.empty(QueueName::compareTo),
                PersistentTree.empty(String::compareTo),
                PersistentTree.empty(ExchangeName::compareTo),
                VhostRules.NONE);
    }

    VhostImage withTraits(Arguments changed) {
        return new VhostImage(name, changed, routing, queuesByName, delays, permissions, transientExchanges, rules);
    }

    VhostImage withRouting(RoutingTable changed) {
        return new VhostImage(name, traits, changed, queuesByName, delays, permissions, transientExchanges, rules);
    }

    VhostImage withQueues(PersistentTree<QueueName, QueueView> changed) {
        return new VhostImage(name, traits, routing, changed, delays, permissions, transientExchanges, rules);
    }

    VhostImage withDelays(PersistentTree<QueueName, QueueView> changed) {
        return new VhostImage(name, traits, routing, queuesByName, changed, permissions, transientExchanges, rules);
    }

    VhostImage withPermissions(PersistentTree<String, PermissionView> changed) {
        return new VhostImage(name, traits, routing, queuesByName, delays, changed, transientExchanges, rules);
    }

    VhostImage withTransientExchanges(PersistentTree<ExchangeName, Long> changed) {
        return new VhostImage(name, traits, routing, queuesByName, delays, permissions, changed, rules);
    }

    VhostImage withRules(VhostRules changed) {
        return new VhostImage(name, traits, routing, queuesByName, delays, permissions, transientExchanges, changed);
    }

    @Override
    public Optional<QueueView> queue(QueueName queue) {
        return Optional.ofNullable(queuesByName.get(queue));
    }

    @Override
    public Optional<QueueView> anyQueue(QueueName queue) {
        return queue(queue).or(() -> Optional.ofNullable(delays.get(queue)));
    }

    @Override
    public Collection<QueueView> queuesFrom(String from) {
        return queuesByName.valuesFrom(new QueueName(from));
    }

    @Override
    public int queueCount() {
        return queuesByName.size();
    }

    @Override
    public QueueType defaultQueueType() {
        return traits.text("default_queue_type").flatMap(QueueType::find).orElse(QueueType.CLASSIC);
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
        return Optional.ofNullable(rules.topicPermissions().get(new VhostRules.OfUser(user, exchange)));
    }

    @Override
    public Collection<TopicPermissionView> topicPermissions() {
        return rules.topicPermissions().values();
    }

    @Override
    public Collection<PolicyView> policies() {
        return rules.policies().values();
    }

    @Override
    public Collection<PolicyView> operatorPolicies() {
        return rules.operatorPolicies().values();
    }

    @Override
    public EffectivePolicy policyOf(ExchangeName exchange) {
        return rules.compiled().of(exchange);
    }
}
