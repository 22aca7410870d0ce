package io.millrace.server.partition;

import io.millrace.cluster.LocalCluster;
import io.millrace.cluster.config.CordonedFolders;
import io.millrace.cluster.config.NodeDefinitions;
import io.millrace.cluster.replica.Throttle;
import io.millrace.model.Clock;
import io.millrace.server.metrics.Metrics;
import java.util.Set;
import java.util.function.Supplier;

/// What an operator says of this node's disks while it runs. May be asked from any thread.
///
/// @param moves how much may be copied in a second from one disk to another
/// @param cordoned the folders that get no new replicas, by name; none when the whole node gets none
public record DiskSettings(Throttle moves, Supplier<Set<String>> cordoned) {
    static final DiskSettings NONE = new DiskSettings(Throttle.NONE, Set::of);

    /// @param metrics before the node serves
    public static DiskSettings of(LocalCluster cluster, Clock clock, Metrics metrics) {
        var moves = new SharedThrottle(() -> cluster.settings().longValue(NodeDefinitions.MOVE_THROTTLE), clock);
        metrics.counter(
                "log_move_bytes",
                "Bytes copied from one disk of this node to another for replicas that move",
                moves::moved);
        return new DiskSettings(
                moves,
                () -> CordonedFolders.named(
                        cluster.settings().text(CordonedFolders.SETTING).orElse("")));
    }
}
