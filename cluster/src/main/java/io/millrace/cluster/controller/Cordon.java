package io.millrace.cluster.controller;

import io.millrace.broker.catalog.ConfigResource;
import io.millrace.broker.catalog.Outcome;
import io.millrace.cluster.config.CordonedFolders;
import io.millrace.cluster.metadata.MetadataImage;
import io.millrace.cluster.metadata.MetadataLevel;
import io.millrace.cluster.metadata.MetadataRecord.NodeCordoned;
import java.util.Optional;

/// A node that gets no new replicas. Kafka's tools see and change it as the node's setting `cordoned.log.dirs`
/// (KIP-1066) where that names all directories; single ones are the node's own business.
///
/// Invariant: the record and the setting are written together, so that they say the same.
final class Cordon {
    static final String SETTING = CordonedFolders.SETTING;

    private Cordon() {}

    /// Why nodes can not be cordoned, if they can not.
    static Optional<Outcome> refusal(MetadataImage image) {
        return image.level().has(MetadataLevel.CORDONS)
                ? Optional.empty()
                : Optional.of(image.level().tooLowFor(MetadataLevel.CORDONS));
    }

    /// The settings of `resource` were changed: if it is a node, its cordon is what they say.
    static void follow(Decision.Draft draft, ConfigResource resource) {
        if (resource.kind() != ConfigResource.Kind.NODE || resource.name().isEmpty()) {
            return;
        }
        int nodeId = Integer.parseInt(resource.name());
        boolean wanted = isSetting(draft.image(), resource);
        if (draft.image().cordoned().contains(nodeId) != wanted) {
            draft.add(new NodeCordoned(nodeId, wanted));
        }
    }

    private static boolean isSetting(MetadataImage image, ConfigResource node) {
        return CordonedFolders.ALL.equals(
                image.configs(node).getOrDefault(SETTING, "").strip());
    }
}
