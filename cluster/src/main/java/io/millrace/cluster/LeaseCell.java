package io.millrace.cluster;

import java.util.TreeMap;
import java.util.TreeSet;

/// Where the end of this node's lease, and what it sees of the quorum, are put for everyone to see. The metadata loop
/// sets them; any thread reads them.
public interface LeaseCell {
    /// A lease that does not end: a node alone.
    long FOREVER = Long.MAX_VALUE;

    /// No lease.
    long NEVER = Long.MIN_VALUE;

    /// Monotonic milliseconds until which the node may lead.
    long untilMs();

    void set(long untilMs);

    /// Nothing is seen before the start.
    QuorumSight NOTHING_SEEN = new QuorumSight(new TreeSet<>(), new TreeMap<>(), FOREVER, 0);

    QuorumSight quorum();

    void see(QuorumSight sight);
}
