package io.millrace.cluster.controller;

import io.millrace.broker.catalog.NodeView.Standing;
import io.millrace.cluster.metadata.MetadataImage;
import io.millrace.cluster.metadata.MetadataRecord.NodeRegistered;

/// Which nodes can be counted on, as an election sees them.
interface NodeStandings {
    /// Whether the node may lead and be in sync.
    boolean isActive(int nodeId);

    /// Whether the node is there, if only to stop soon.
    boolean isAlive(int nodeId);

    /// As the image has them.
    static NodeStandings of(MetadataImage image) {
        return new NodeStandings() {
            @Override
            public boolean isActive(int nodeId) {
                return image.isActive(nodeId);
            }

            @Override
            public boolean isAlive(int nodeId) {
                return image.registration(nodeId)
                        .map(NodeRegistered::standing)
                        .filter(standing -> standing != Standing.FENCED)
                        .isPresent();
            }
        };
    }
}
