package io.millrace.cluster.replica;

import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Which replica a consumer is to read from (KIP-392), as Kafka's `RackAwareReplicaSelector` has it: the leader when it
/// stands in the consumer's rack, or when nobody does who has what is asked for; otherwise who has come furthest.
final class NearestReplica {
    private static final Comparator<FollowerProgress> FURTHEST = Comparator.comparingLong(FollowerProgress::endOffset)
            .thenComparingLong(FollowerProgress::caughtUpMs)
            .thenComparingInt(FollowerProgress::nodeId);

    private NearestReplica() {}

    /// @param followers of the leader that is asked
    /// @param rack the consumer's, not empty
    /// @return the follower the consumer is better off with, null for none
    static @Nullable FollowerProgress find(
            ReplicaContext context, List<FollowerProgress> followers, String rack, long fetchOffset) {
        if (rack.equals(context.racks().rackOf(context.nodeId()))) {
            return null;
        }
        FollowerProgress best = null;
        for (FollowerProgress follower : followers) {
            if (follower.has(fetchOffset)
                    && rack.equals(context.racks().rackOf(follower.nodeId()))
                    && isServing(context, follower)
                    && (best == null || FURTHEST.compare(follower, best) > 0)) {
                best = follower;
            }
        }
        return best;
    }

    private static boolean isServing(ReplicaContext context, FollowerProgress follower) {
        return follower.isInSync() && context.standings().isEligible(follower.nodeId(), follower.nodeEpoch());
    }
}
