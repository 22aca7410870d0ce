package io.millrace.broker.topology;

import io.millrace.model.QueueName;
import io.millrace.model.VhostName;

/// A queue by name.
public record QueueRef(VhostName vhost, QueueName name) {
    /// As error texts name it: `queue 'orders' in vhost '/'`.
    @Override
    public String toString() {
        return "queue '" + name + "' in vhost '" + vhost + "'";
    }
}
