package io.millrace.broker.topology;

import io.millrace.broker.routing.Binding;
import io.millrace.broker.routing.ExchangeSpec;
import io.millrace.model.ArgumentValue;
import io.millrace.model.Arguments;
import io.millrace.model.ExchangeName;
import io.millrace.model.TopicId;
import io.millrace.model.VhostName;
import java.util.Optional;

/// A change of what exists. All of them may be asked again without harm.
public sealed interface TopologyChange {
    record DeclareExchange(VhostName vhost, ExchangeSpec exchange) implements TopologyChange {}

    record DeleteExchange(VhostName vhost, ExchangeName exchange, boolean ifUnused) implements TopologyChange {}

    record Bind(VhostName vhost, Binding binding) implements TopologyChange {}

    record Unbind(VhostName vhost, Binding binding) implements TopologyChange {}

    /// A durable queue gets its topic in the same step; another one lives where the declaring node is.
    ///
    /// @param owner the connection it is exclusive to
    record DeclareQueue(QueueSpec queue, int nodeId, Optional<ConnectionId> owner) implements TopologyChange {}

    /// Deletes that queue and no later one of the same name, with its bindings and its topic. Conditions (if-unused,
    /// if-empty) were asked of the queue itself before.
    record DeleteQueue(QueueRef queue, TopicId id) implements TopologyChange {}

    /// A connection has gone: its exclusive queues go.
    record ConnectionGone(ConnectionId connection) implements TopologyChange {}

    /// @param traits `description`, `tags`, `default_queue_type`, `tracing`
    record PutVhost(VhostName vhost, Arguments traits) implements TopologyChange {}

    /// With everything in it.
    record DeleteVhost(VhostName vhost) implements TopologyChange {}

    record PutUser(UserView user) implements TopologyChange {}

    record DeleteUser(String user) implements TopologyChange {}

    record PutPermission(VhostName vhost, PermissionView permission) implements TopologyChange {}

    record DeletePermission(VhostName vhost, String user) implements TopologyChange {}

    record PutTopicPermission(VhostName vhost, TopicPermissionView permission) implements TopologyChange {}

    /// @param exchange empty for all exchanges
    record DeleteTopicPermission(VhostName vhost, String user, Optional<ExchangeName> exchange)
            implements TopologyChange {}

    /// @param operator whether it is an operator policy
    record PutPolicy(VhostName vhost, boolean operator, PolicyView policy) implements TopologyChange {}

    record DeletePolicy(VhostName vhost, boolean operator, String name) implements TopologyChange {}

    record PutParameter(ParameterKey key, ArgumentValue value) implements TopologyChange {}

    record DeleteParameter(ParameterKey key) implements TopologyChange {}
}
