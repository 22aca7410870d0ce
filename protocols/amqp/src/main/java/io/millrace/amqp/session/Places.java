package io.millrace.amqp.session;

import io.millrace.amqp.session.Occupancy.Place;
import io.millrace.broker.topology.ParameterKey;
import io.millrace.model.VhostName;
import java.util.ArrayList;
import java.util.List;

/// The places one connection and its channels take of those that its user and its virtual host may have.
///
/// Owned by: one connection's loop.
/// Invariant: what was taken is left once.
final class Places {
    private final AmqpPorts ports;
    private final List<Place> taken = new ArrayList<>();
    private String user = "";

    Places(AmqpPorts ports) {
        this.ports = ports;
    }

    /// The connection enters a virtual host.
    void enter(String name, VhostName vhost) throws Refused {
        user = name;
        long ofVhost = limit(ParameterKey.limitsOf(vhost), "max-connections");
        if (!take(new Place.VhostConnection(vhost.value()), ofVhost)) {
            throw Refused.notAllowed("access to vhost '" + vhost + "' refused for user '" + user
                    + "': connection limit (" + ofVhost + ") is reached");
        }
        long ofUser = limit(ParameterKey.limitsOf(user), "max-connections");
        if (!take(new Place.UserConnection(user), ofUser)) {
            throw Refused.notAllowed(
                    "connection refused for user '" + user + "': user connection limit (" + ofUser + ") is reached");
        }
    }

    private boolean take(Place place, long most) {
        boolean isTaken = ports.occupancy().enter(place, most);
        if (isTaken) {
            taken.add(place);
        }
        return isTaken;
    }

    /// A channel opens.
    void enterChannel() throws Refused {
        long most = limit(ParameterKey.limitsOf(user), "max-channels");
        if (!ports.occupancy().enter(new Place.UserChannel(user), most)) {
            throw Refused.notAllowed("number of channels opened for user '" + user
                    + "' has reached the maximum allowed user limit of (" + most + ")");
        }
    }

    void leaveChannel() {
        ports.occupancy().leave(new Place.UserChannel(user));
    }

    private long limit(ParameterKey key, String name) {
        return ports.topology().topology().limit(key, name).orElse(Long.MAX_VALUE);
    }

    /// The connection has ended.
    void leave() {
        taken.forEach(ports.occupancy()::leave);
        taken.clear();
    }
}
