package io.millrace.cluster.metadata;

import io.millrace.broker.catalog.ConfigResource;
import io.millrace.broker.catalog.FeatureRange;
import io.millrace.broker.catalog.NodeView;
import io.millrace.broker.catalog.NodeView.Standing;
import io.millrace.model.TopicId;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// One fact about the cluster, decided by the controller and replicated by the metadata log. Records are named in the
/// past tense and carry everything needed to apply them: applying never decides, draws chance or reads a clock.
///
/// Invariant: the meaning of a record that was ever written never changes; new needs get a new record or version.
public sealed interface MetadataRecord {
    /// A node announced itself; replaces what was known of the same id.
    ///
    /// @param epoch above that of every registration before; 0 in records of the first version
    /// @param incarnation drawn at every start of the node, so that two lives of it can be told apart
    /// @param directoryId the disk the node votes with
    /// @param otherDirectories its other disks; empty in records of the first two versions
    /// @param features the levels it can work at; empty in records before the fourth version
    record NodeRegistered(
            int nodeId,
            long epoch,
            TopicId incarnation,
            TopicId directoryId,
            List<TopicId> otherDirectories,
            String rack,
            Standing standing,
            List<NodeView.Endpoint> endpoints,
            Map<String, FeatureRange> features)
            implements MetadataRecord {
        public NodeRegistered {
            otherDirectories = List.copyOf(otherDirectories);
            endpoints = List.copyOf(endpoints);
            features = Map.copyOf(features);
        }

        /// A node with one disk that does not say what it can work at.
        public NodeRegistered(
                int nodeId,
                long epoch,
                TopicId incarnation,
                TopicId directoryId,
                String rack,
                Standing standing,
                List<NodeView.Endpoint> endpoints) {
            this(nodeId, epoch, incarnation, directoryId, List.of(), rack, standing, endpoints, Map.of());
        }

        public NodeRegistered withStanding(Standing changed) {
            return new NodeRegistered(
                    nodeId, epoch, incarnation, directoryId, otherDirectories, rack, changed, endpoints, features);
        }

        public boolean fenced() {
            return standing == Standing.FENCED;
        }
    }

    /// A node went silent: it leads nothing until it is unfenced.
    record NodeFenced(int nodeId) implements MetadataRecord {}

    /// A fenced node caught up.
    record NodeUnfenced(int nodeId) implements MetadataRecord {}

    /// A node is about to stop: it gets no leadership and joins no in-sync set.
    record NodeLeaving(int nodeId) implements MetadataRecord {}

    /// A node gets no new replicas, or gets them again. Holds over its restarts.
    record NodeCordoned(int nodeId, boolean cordoned) implements MetadataRecord {}

    /// Node epochs up to this one are taken, by nodes that are gone.
    record NodeEpochReached(long epoch) implements MetadataRecord {}

    /// A node was removed for good.
    record NodeUnregistered(int nodeId) implements MetadataRecord {}

    /// A topic came into being, still without partitions.
    ///
    /// @param internal kept by the broker for itself
    /// @param configs the topic's own settings
    record TopicCreated(TopicId topicId, String name, boolean internal, Map<String, String> configs)
            implements MetadataRecord {
        public TopicCreated {
            configs = Map.copyOf(configs);
        }
    }

    /// Partitions were appended to a topic, numbered from `first`.
    record PartitionsCreated(TopicId topicId, int first, List<PartitionState> partitions) implements MetadataRecord {
        public PartitionsCreated {
            partitions = List.copyOf(partitions);
        }
    }

    /// One partition's leader, replicas or in-sync set changed.
    record PartitionChanged(TopicId topicId, int partition, PartitionState state) implements MetadataRecord {}

    /// A topic and its settings are gone.
    record TopicDeleted(TopicId topicId) implements MetadataRecord {}

    /// A setting of a resource got a value, or lost its own.
    ///
    /// @param value empty when the setting went back to what it inherits
    record ConfigChanged(ConfigResource resource, String name, Optional<String> value) implements MetadataRecord {}

    /// A feature was finalised at a level; level 0 removes it.
    ///
    /// @param epoch how many changes of features there have been with this one
    record FeatureLevelSet(String feature, int level, long epoch) implements MetadataRecord {}

    /// Producer ids below `next` are spoken for.
    record ProducerIdsAllocated(int nodeId, long next) implements MetadataRecord {}

    /// A fact about virtual hosts and users.
    record TopologyRecorded(TopologyRecord record) implements MetadataRecord {}
}
