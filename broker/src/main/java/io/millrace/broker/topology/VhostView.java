package io.millrace.broker.topology;

import io.millrace.broker.routing.RoutingTable;
import io.millrace.model.Arguments;
import io.millrace.model.ExchangeName;
import io.millrace.model.QueueName;
import io.millrace.model.VhostName;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/// One virtual host. Immutable: any thread may keep and read it.
public interface VhostView {
    VhostName name();

    /// `description`, `tags`, `default_queue_type`, `tracing`, as far as somebody gave them.
    Arguments traits();

    /// Exchanges and bindings.
    RoutingTable routing();

    Optional<QueueView> queue(QueueName name);

    /// As [#queue], and also one in which messages of a delayed exchange wait ([DelayQueue]), or commits
    /// ([CommitQueue]), which no client may see.
    default Optional<QueueView> anyQueue(QueueName name) {
        return queue(name);
    }

    /// In name order, at and after `from`, for pages.
    Collection<QueueView> queuesFrom(String from);

    int queueCount();

    /// The type of a queue declared without one.
    QueueType defaultQueueType();

    /// What `user` may do here; empty when the user may not enter.
    Optional<PermissionView> permission(String user);

    /// Of all users who may enter, in name order.
    Collection<PermissionView> allPermissions();

    /// What `user` may do with routing keys of the topic exchange `exchange`; empty when nothing is said, which means
    /// everything.
    default Optional<TopicPermissionView> topicPermission(String user, ExchangeName exchange) {
        return Optional.empty();
    }

    /// Of all users.
    default Collection<TopicPermissionView> topicPermissions() {
        return List.of();
    }

    /// By name.
    default Collection<PolicyView> policies() {
        return List.of();
    }

    /// By name.
    default Collection<PolicyView> operatorPolicies() {
        return List.of();
    }

    /// The policies in force for an exchange.
    default EffectivePolicy policyOf(ExchangeName exchange) {
        return EffectivePolicy.NONE;
    }
}
