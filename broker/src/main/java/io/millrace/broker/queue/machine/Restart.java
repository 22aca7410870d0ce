package io.millrace.broker.queue.machine;

/// What is known of the time between a snapshot and the restart from it.
public enum Restart {
    /// Nothing happened after the snapshot: only what was unsettled then can have been seen by a consumer.
    CLEAN,
    /// Anything may have been delivered after it: all that comes back is marked as redelivered.
    CRASHED
}
