package io.millrace.broker.topology;

import io.millrace.model.ArgumentValue;
import io.millrace.model.TopicId;
import io.millrace.model.VhostName;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/// All virtual hosts and users, at one point of the metadata log. Immutable: any thread may keep and read it.
public interface Topology {
    ArgumentValue NO_LIMITS = new ArgumentValue.Nothing();

    Optional<VhostView> vhost(VhostName name);

    /// In name order.
    Collection<VhostView> vhosts();

    Optional<UserView> user(String name);

    /// In name order.
    Collection<UserView> users();

    /// The queue whose messages are in a topic.
    default Optional<QueueRef> queueOn(TopicId topic) {
        return Optional.empty();
    }

    /// A runtime parameter, or a limit (see [ParameterKey]): a table of `max-queues`, `max-connections`, ...
    default Optional<ArgumentValue> parameter(ParameterKey key) {
        return Optional.empty();
    }

    /// All of them, in order of their keys.
    default List<ParameterKey> parameters() {
        return List.of();
    }

    /// A limit of a virtual host or user; nothing when there is none, or it is negative.
    default OptionalLong limit(ParameterKey key, String name) {
        return parameter(key).orElse(NO_LIMITS) instanceof ArgumentValue.Table(var limits)
                        && limits.find(name).orElse(NO_LIMITS) instanceof ArgumentValue.Whole whole
                        && whole.value() >= 0
                ? OptionalLong.of(whole.value())
                : OptionalLong.empty();
    }
}
