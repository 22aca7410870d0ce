package io.millrace.cli.experiment.history;

/// What must never be seen of a replicated log, whatever is killed, paused or cut off.
public enum Violation {
    /// It was acknowledged, and the log does not hold it.
    LOST,
    /// The records of one producer are not in the order in which it sent them.
    REORDERED,
    /// An idempotent producer's record is in the log twice.
    DUPLICATED,
    /// It was acknowledged at one offset and lies at another.
    MOVED,
    /// One offset showed different records at different times: replicas diverged, or what a reader saw was not agreed.
    CHANGED,
    /// A reader got it, and at the end its offset holds nothing.
    VANISHED,
    /// Offsets are not dense.
    GAP,
    /// A reader's next record was not the one after its last: its log ended earlier than it had been told.
    JUMPED,
    /// The producer was told that it can not be stored, and it was.
    STORED_THOUGH_REFUSED,
    /// Nobody sent it, or not to this partition.
    INVENTED
}
