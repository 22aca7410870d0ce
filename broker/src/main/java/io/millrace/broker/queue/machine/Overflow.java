package io.millrace.broker.queue.machine;

/// What gives way when a queue is as long as it may be.
public enum Overflow {
    /// The oldest ready message goes.
    DROP_HEAD,
    /// The publisher is told no.
    REJECT_PUBLISH,
    /// The publisher is told no, and what it sent is dead-lettered.
    REJECT_PUBLISH_DLX
}
