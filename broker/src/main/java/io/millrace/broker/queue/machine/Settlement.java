package io.millrace.broker.queue.machine;

/// Whether a delivery could be settled.
public enum Settlement {
    /// It is settled, or back in the queue.
    DONE,
    /// This consumer does not hold that message: settled before, never delivered, or somebody else's. Nothing changed.
    UNKNOWN
}
