package io.millrace.broker.queue;

/// What a client says about deliveries.
public enum Settlement {
    /// Done with them.
    ACKNOWLEDGE,
    /// Back to their old places.
    REQUEUE,
    /// Not wanted: dead-lettered or dropped.
    REJECT
}
