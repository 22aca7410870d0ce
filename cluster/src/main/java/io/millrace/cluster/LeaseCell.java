package io.millrace.cluster;

/// Where the end of this node's lease is put for everyone to see. The metadata loop sets it; any thread reads it.
public interface LeaseCell {
    /// A lease that does not end: a node alone.
    long FOREVER = Long.MAX_VALUE;

    /// No lease.
    long NEVER = Long.MIN_VALUE;

    /// Monotonic milliseconds until which the node may lead.
    long untilMs();

    void set(long untilMs);
}
