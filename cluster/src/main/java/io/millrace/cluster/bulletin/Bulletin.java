package io.millrace.cluster.bulletin;

import java.util.List;

/// What one node tells another of itself: its alarms, and as many of the counts that the other does not know as go into
/// one message. Counts are absolute, so that one told twice does no harm.
///
/// @param nodeEpoch of the life of the node that tells
/// @param number goes up with every bulletin of that life: one that comes late says nothing new
/// @param isFirst whether what was told before counts no more
/// @param counts those that changed; 0 for what nobody takes any more
public record Bulletin(int nodeId, long nodeEpoch, long number, boolean isFirst, Alarms alarms, List<Count> counts) {
    /// Counts in one bulletin: at most about 256 KiB of names.
    public static final int COUNTS_MAX = 1_000;

    public Bulletin {
        counts = List.copyOf(counts);
    }

    /// So many clients of the node have such a seat.
    public record Count(Seat seat, long taken) {}
}
