package io.millrace.broker.queue.machine;

/// What comes of asking to consume.
public enum Consuming {
    /// It gets messages from now on (or waits for its turn where only one is active).
    STARTED,
    /// Another consumer has the queue for itself.
    HELD_EXCLUSIVELY,
    /// It wants the queue for itself, and there are consumers, or only one of many is to be active.
    NOT_ALONE
}
