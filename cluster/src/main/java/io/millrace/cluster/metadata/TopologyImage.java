package io.millrace.cluster.metadata;

import io.millrace.broker.topology.ConnectionId;
import io.millrace.broker.topology.ParameterKey;
import io.millrace.broker.topology.QueueRef;
import io.millrace.broker.topology.Topology;
import io.millrace.broker.topology.UserView;
import io.millrace.broker.topology.VhostView;
import io.millrace.model.ArgumentValue;
import io.millrace.model.QueueName;
import io.millrace.model.TopicId;
import io.millrace.model.VhostName;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/// All virtual hosts and users at one point of the metadata log. Immutable, shares what did not change; changed only
/// through a [TopologyDraft].
public final class TopologyImage implements Topology {
    static final TopologyImage EMPTY = new TopologyImage(
            PersistentTree.empty(VhostName::compareTo),
            PersistentTree.empty(String::compareTo),
            PersistentTree.empty(Place::compareTo),
            PersistentTree.empty(MetadataImage.ID_ORDER),
            PersistentTree.empty(ParameterKey::compareTo));

    final PersistentTree<VhostName, VhostImage> vhosts;
    final PersistentTree<String, UserView> users;

    /// The queues that live in a node's memory, found by node and by the connection that owns them.
    final PersistentTree<Place, Place> inMemory;

    /// The queues whose messages are in a topic, by its id.
    final PersistentTree<TopicId, QueueRef> onTopics;

    final PersistentTree<ParameterKey, ArgumentValue> parameters;

    TopologyImage(
            PersistentTree<VhostName, VhostImage> vhosts,
            PersistentTree<String, UserView> users,
            PersistentTree<Place, Place> inMemory,
            PersistentTree<TopicId, QueueRef> onTopics,
            PersistentTree<ParameterKey, ArgumentValue> parameters) {
        this.vhosts = vhosts;
        this.users = users;
        this.inMemory = inMemory;
        this.onTopics = onTopics;
        this.parameters = parameters;
    }

    /// Where a queue in memory is, and whose it is.
    ///
    /// @param connection the number of the connection that owns it, [#NOBODY] when it is not exclusive
    record Place(int nodeId, long nodeEpoch, long connection, QueueRef queue) implements Comparable<Place> {
        static final long NOBODY = -1;

        @Override
        public int compareTo(Place other) {
            if (nodeId != other.nodeId) {
                return Integer.compare(nodeId, other.nodeId);
            }
            if (nodeEpoch != other.nodeEpoch) {
                return Long.compare(nodeEpoch, other.nodeEpoch);
            }
            return connection != other.connection
                    ? Long.compare(connection, other.connection)
                    : queue.compareTo(other.queue);
        }

        /// Before every queue of this connection.
        static Place first(int nodeId, long nodeEpoch, long connection) {
            return new Place(nodeId, nodeEpoch, connection, new QueueRef(new VhostName(""), new QueueName("")));
        }
    }

    @Override
    public Optional<VhostView> vhost(VhostName name) {
        return Optional.ofNullable(vhosts.get(name));
    }

    @Override
    public Collection<VhostView> vhosts() {
        return Collections.unmodifiableCollection(vhosts.values());
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
        return parameters.keys();
    }

    /// The queues exclusive to one connection.
    public List<QueueRef> queuesOf(ConnectionId connection) {
        return queuesOf(connection, Integer.MAX_VALUE);
    }

    /// The first `max` of them.
    public List<QueueRef> queuesOf(ConnectionId connection, int max) {
        return inMemory(
                max,
                Place.first(connection.nodeId(), connection.nodeEpoch(), connection.number()),
                place -> place.connection() == connection.number() && place.nodeEpoch() == connection.nodeEpoch());
    }

    @Override
    public Optional<QueueRef> queueOn(TopicId topic) {
        return Optional.ofNullable(onTopics.get(topic));
    }

    /// The queues in a node's memory, of all its lives.
    List<QueueRef> inMemoryOf(int nodeId) {
        return inMemoryOf(nodeId, Integer.MAX_VALUE);
    }

    /// The first `max` of them.
    public List<QueueRef> inMemoryOf(int nodeId, int max) {
        return inMemory(max, Place.first(nodeId, 0, Place.NOBODY), _ -> true);
    }

    /// As many as `among` holds for without a gap, from `first` on, of the same node.
    private List<QueueRef> inMemory(int max, Place first, Predicate<Place> among) {
        List<QueueRef> found = new ArrayList<>();
        for (Place place : inMemory.valuesFrom(first)) {
            if (found.size() == max || place.nodeId() != first.nodeId() || !among.test(place)) {
                break;
            }
            found.add(place.queue());
        }
        return found;
    }

    int queueCount() {
        return inMemory.size() + onTopics.size();
    }

    /// How many records it takes to write all of it down, about.
    long size() {
        long size = users.size() + (long) parameters.size();
        for (VhostImage vhost : vhosts.values()) {
            size += 1L
                    + vhost.queuesByName().size()
                    + vhost.delays().size()
                    + vhost.routing().bindingCount()
                    + vhost.routing().exchangeCount();
        }
        return size;
    }
}
