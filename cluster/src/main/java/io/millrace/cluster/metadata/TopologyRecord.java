package io.millrace.cluster.metadata;

import io.millrace.broker.routing.Binding;
import io.millrace.broker.routing.ExchangeSpec;
import io.millrace.broker.topology.ConnectionId;
import io.millrace.broker.topology.ParameterKey;
import io.millrace.broker.topology.PermissionView;
import io.millrace.broker.topology.PolicyView;
import io.millrace.broker.topology.QueueRef;
import io.millrace.broker.topology.QueueSpec;
import io.millrace.broker.topology.QueueView.Home;
import io.millrace.broker.topology.TopicPermissionView;
import io.millrace.broker.topology.UserView;
import io.millrace.model.ArgumentValue;
import io.millrace.model.Arguments;
import io.millrace.model.ExchangeName;
import io.millrace.model.TopicId;
import io.millrace.model.VhostName;
import java.util.Optional;

/// One fact about virtual hosts and users, part of the metadata log as [MetadataRecord.TopologyRecorded].
///
/// What follows from a fact has no record of its own: exchanges that delete themselves go with their last binding,
/// everything of a virtual host goes with it, and what lives in the memory of one life of a node goes when the node
/// registers anew or is unregistered.
///
/// Invariant: the meaning of a record that was ever written never changes; new needs get a new record or version.
public sealed interface TopologyRecord {
    /// A virtual host is there; replaces what was known about it itself.
    ///
    /// @param traits `description`, `tags`, `default_queue_type`, `tracing`
    record VhostPut(VhostName vhost, Arguments traits) implements TopologyRecord {}

    /// Goes with everything in it. Topics of its queues go with records of their own.
    record VhostDeleted(VhostName vhost) implements TopologyRecord {}

    /// @param sinceNodeEpoch the highest epoch a node had then: one that is not durable goes when all nodes have
    ///     registered again, and no other is up when the last of them does
    record ExchangeDeclared(VhostName vhost, ExchangeSpec exchange, long sinceNodeEpoch) implements TopologyRecord {}

    /// The exchange goes with its bindings.
    record ExchangeDeleted(VhostName vhost, ExchangeName exchange) implements TopologyRecord {}

    /// A binding is there.
    record Bound(VhostName vhost, Binding binding) implements TopologyRecord {}

    /// A binding is gone.
    record Unbound(VhostName vhost, Binding binding) implements TopologyRecord {}

    /// @param id tells apart two queues that had the same name one after the other
    /// @param owner the connection it is exclusive to
    record QueueDeclared(QueueSpec queue, TopicId id, Home home, Optional<ConnectionId> owner)
            implements TopologyRecord {}

    /// The queue goes with its bindings.
    record QueueDeleted(QueueRef queue) implements TopologyRecord {}

    /// A connection has gone, and with it the queues that were exclusive to it.
    record ConnectionEnded(ConnectionId connection) implements TopologyRecord {}

    /// A user is there; replaces what was known of the same name.
    record UserPut(UserView user) implements TopologyRecord {}

    /// The user goes with all permissions.
    record UserDeleted(String user) implements TopologyRecord {}

    /// Replaces what the user may do in the virtual host.
    record PermissionPut(VhostName vhost, PermissionView permission) implements TopologyRecord {}

    /// The user may not enter the virtual host.
    record PermissionDeleted(VhostName vhost, String user) implements TopologyRecord {}

    /// Replaces what the user may do with routing keys of the exchange.
    record TopicPermissionPut(VhostName vhost, TopicPermissionView permission) implements TopologyRecord {}

    /// @param exchange empty for all exchanges
    record TopicPermissionDeleted(VhostName vhost, String user, Optional<ExchangeName> exchange)
            implements TopologyRecord {}

    /// Replaces what was known under the name. What it comes to for queues and exchanges follows from all policies.
    record PolicyPut(VhostName vhost, boolean operator, PolicyView policy) implements TopologyRecord {}

    /// The policy is gone.
    record PolicyDeleted(VhostName vhost, boolean operator, String name) implements TopologyRecord {}

    /// Replaces a parameter's value. Those of a virtual host go with it, a user's limits with the user.
    record ParameterPut(ParameterKey key, ArgumentValue value) implements TopologyRecord {}

    /// The parameter is gone.
    record ParameterDeleted(ParameterKey key) implements TopologyRecord {}
}
