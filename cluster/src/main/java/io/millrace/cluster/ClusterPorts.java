package io.millrace.cluster;

import io.millrace.cluster.metadata.MetadataLog;
import io.millrace.model.Clock;
import io.millrace.model.Loop;
import io.millrace.model.Randomness;
import java.util.function.Supplier;

/// Everything a [LocalCluster] reaches the rest of the world through.
///
/// @param loop owns the metadata; the log is started on it
/// @param callerLoop the loop replies to the calling thread go to
/// @param controller how another node is asked when it is the controller
/// @param published where the image is put; holds [LocalCluster#empty(NodeIdentity, ClusterSettings)] before the start
/// @param lease where the end of this node's lease is put
public record ClusterPorts(
        MetadataLog log,
        ControllerLink controller,
        Loop loop,
        Supplier<Loop> callerLoop,
        CatalogCell published,
        LeaseCell lease,
        Clock clock,
        Randomness randomness) {}
