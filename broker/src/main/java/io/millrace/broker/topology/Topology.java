package io.millrace.broker.topology;

import io.millrace.model.VhostName;
import java.util.Collection;
import java.util.Optional;

/// All virtual hosts and users, at one point of the metadata log. Immutable: any thread may keep and read it.
public interface Topology {
    Optional<VhostView> vhost(VhostName name);

    /// In name order.
    Collection<VhostView> vhosts();

    Optional<UserView> user(String name);

    /// In name order.
    Collection<UserView> users();
}
