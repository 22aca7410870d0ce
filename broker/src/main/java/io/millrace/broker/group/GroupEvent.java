package io.millrace.broker.group;

/// Something operators may want to read in the log of the broker.
///
/// @param detail why, in words
public record GroupEvent(String groupId, int generation, Kind kind, String detail) {
    /// What happened.
    public enum Kind {
        REBALANCING,
        STABLE,
        EMPTY,
        MEMBER_REMOVED,
        OFFSETS_EXPIRED,
        REMOVED,
        WRITE_FAILED
    }
}
