package io.millrace.log.batch;

/// Who hands batches to a log, which decides what is checked and what is assigned.
public enum AppendOrigin {
    /// A client's produce: everything is validated and offsets are assigned here.
    CLIENT,
    /// A coordinator inside this broker (group offsets, later transactions): offsets are assigned here, sequences are
    /// not checked.
    COORDINATOR,
    /// A leader's batches fetched by a follower: offsets and epochs are already in them and must continue this log.
    LEADER
}
