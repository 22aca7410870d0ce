package io.millrace.broker.topology;

import io.millrace.model.QueueName;
import io.millrace.model.VhostName;
import java.util.Comparator;

/// A queue by name.
///
/// The order is that of the names. It also keeps the JDK's maps quick when names were made to have the same hash code.
public record QueueRef(VhostName vhost, QueueName name) implements Comparable<QueueRef> {
    private static final Comparator<QueueRef> ORDER =
            Comparator.comparing(QueueRef::vhost).thenComparing(QueueRef::name);

    @Override
    public int compareTo(QueueRef other) {
        return ORDER.compare(this, other);
    }

    /// As error texts name it: `queue 'orders' in vhost '/'`.
    @Override
    public String toString() {
        return "queue '" + name + "' in vhost '" + vhost + "'";
    }
}
