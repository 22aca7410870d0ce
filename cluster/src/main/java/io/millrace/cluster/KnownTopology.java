package io.millrace.cluster;

import io.millrace.broker.catalog.NodeView;
import io.millrace.broker.topology.Topology;
import io.millrace.cluster.metadata.MetadataImage;
import java.util.List;

/// What exists, and the nodes that are known to know it.
///
/// Invariant: images share what did not change, so that the same objects mean that nothing has. A node that came or was
/// let in since may know less than the others.
public record KnownTopology(Topology topology, List<NodeView> nodes) {
    static KnownTopology of(MetadataImage image) {
        return new KnownTopology(image.topology(), image.nodes());
    }

    boolean isOf(MetadataImage image) {
        return topology == image.topology() && nodes == image.nodes();
    }
}
