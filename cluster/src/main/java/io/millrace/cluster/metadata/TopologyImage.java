package io.millrace.cluster.metadata;

import io.millrace.broker.topology.QueueRef;
import io.millrace.broker.topology.Topology;
import io.millrace.broker.topology.UserView;
import io.millrace.broker.topology.VhostView;
import io.millrace.model.QueueName;
import io.millrace.model.VhostName;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// All virtual hosts and users at one point of the metadata log. Immutable, shares what did not change; changed only
/// through a [TopologyDraft].
public final class TopologyImage implements Topology {
    static final TopologyImage EMPTY = new TopologyImage(
            PersistentTree.empty(VhostName::compareTo),
            PersistentTree.empty(String::compareTo),
            PersistentTree.empty(Place.ORDER));

    final PersistentTree<VhostName, VhostImage> vhosts;
    final PersistentTree<String, UserView> users;

    /// The queues that live in a node's memory, found by node and by the connection that owns them.
    final PersistentTree<Place, Place> inMemory;

    TopologyImage(
            PersistentTree<VhostName, VhostImage> vhosts,
            PersistentTree<String, UserView> users,
            PersistentTree<Place, Place> inMemory) {
        this.vhosts = vhosts;
        this.users = users;
        this.inMemory = inMemory;
    }

    /// Where a queue in memory is, and whose it is.
    ///
    /// @param connection the number of the connection that owns it, [#NOBODY] when it is not exclusive
    record Place(int nodeId, long nodeEpoch, long connection, QueueRef queue) {
        static final long NOBODY = -1;

        static final Comparator<Place> ORDER = Comparator.comparingInt(Place::nodeId)
                .thenComparingLong(Place::nodeEpoch)
                .thenComparingLong(Place::connection)
                .thenComparing(place -> place.queue.vhost())
                .thenComparing(place -> place.queue.name());

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

    /// The queues exclusive to one connection.
    public List<QueueRef> queuesOf(int nodeId, long nodeEpoch, long connection) {
        return between(
                Place.first(nodeId, nodeEpoch, connection),
                Place.first(nodeId, nodeEpoch, Math.addExact(connection, 1)));
    }

    List<QueueRef> between(Place from, Place to) {
        List<QueueRef> found = new ArrayList<>();
        for (Place place : inMemory.valuesFrom(from)) {
            if (Place.ORDER.compare(place, to) >= 0) {
                break;
            }
            found.add(place.queue());
        }
        return found;
    }
}
