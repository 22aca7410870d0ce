package io.millrace.cluster.bulletin;

/// What clients take, each node counts, and a limit may be set for in the whole cluster.
///
/// @param name of the virtual host or user
public record Seat(Kind kind, String name) {
    /// Who takes it of whom.
    public enum Kind {
        VHOST_CONNECTION,
        USER_CONNECTION,
        USER_CHANNEL
    }
}
