package io.millrace.broker.topology;

import io.millrace.model.QueueName;
import io.millrace.model.VhostName;

/// A queue by name.
///
/// The order is that of the names. It also keeps the JDK's maps quick when names were made to have the same hash code.
public record QueueRef(VhostName vhost, QueueName name) implements Comparable<QueueRef> {
    @Override
    public int compareTo(QueueRef other) {
        int byVhost = vhost.compareTo(other.vhost);
        return byVhost != 0 ? byVhost : name.compareTo(other.name);
    }

    /// As error texts name it: `queue 'orders' in vhost '/'`.
    @Override
    public String toString() {
        return "queue '" + name + "' in vhost '" + vhost + "'";
    }
}
