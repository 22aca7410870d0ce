package io.millrace.broker.queue.machine;

/// Whether a publish may be appended.
public enum Admission {
    /// Append it; room is kept for it until [QueueMachine#enqueue] or [QueueMachine#withdraw].
    ACCEPTED,
    /// The queue is full: a negative confirm.
    REFUSED,
    /// The queue is full: a negative confirm, and the message goes to the dead-letter exchange with the reason
    /// `maxlen`.
    REFUSED_TO_DEAD_LETTERS
}
