package io.millrace.simulator.node;

/// A bug built in on purpose: a simulator that has never found anything proves nothing. Only tests ask for one.
public enum Sabotage {
    /// The code under test as it is.
    NONE,
    /// The disk says it has synced, and has not: the high watermark passes what a power cut takes away.
    LYING_DISK,
    /// An append is acknowledged when the leader has written it.
    EARLY_ACKNOWLEDGEMENT,
    /// A follower does not say which epoch its log ends with, so that no leader finds where the logs part.
    NO_TRUNCATION,
    /// A damaged log is cut at once, without waiting until nobody counts on it.
    HASTY_REPAIR,
    /// A leader goes on serving when it must assume that others lead.
    UNFENCED_LEADER
}
