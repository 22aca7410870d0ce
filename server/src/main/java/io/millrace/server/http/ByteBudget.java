package io.millrace.server.http;

/// Memory that all connections share.
///
/// Owned by: the management loop.
final class ByteBudget {
    private final long max;
    private long taken;

    ByteBudget(long max) {
        this.max = max;
    }

    /// Whether there was room; nothing is taken when there was not.
    boolean take(long bytes) {
        if (taken + bytes > max) {
            return false;
        }
        taken += bytes;
        return true;
    }

    void giveBack(long bytes) {
        taken -= bytes;
    }
}
