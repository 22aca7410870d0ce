package io.millrace.cluster.metadata;

import io.millrace.broker.catalog.FeatureRange;
import io.millrace.broker.catalog.Outcome;
import io.millrace.cluster.metadata.MetadataRecord.ConfigChanged;
import io.millrace.cluster.metadata.MetadataRecord.FeatureLevelSet;
import io.millrace.cluster.metadata.MetadataRecord.NodeCordoned;
import io.millrace.cluster.metadata.MetadataRecord.NodeEpochReached;
import io.millrace.cluster.metadata.MetadataRecord.NodeFenced;
import io.millrace.cluster.metadata.MetadataRecord.NodeLeaving;
import io.millrace.cluster.metadata.MetadataRecord.NodeRegistered;
import io.millrace.cluster.metadata.MetadataRecord.NodeUnfenced;
import io.millrace.cluster.metadata.MetadataRecord.NodeUnregistered;
import io.millrace.cluster.metadata.MetadataRecord.PartitionChanged;
import io.millrace.cluster.metadata.MetadataRecord.PartitionsCreated;
import io.millrace.cluster.metadata.MetadataRecord.ProducerIdsAllocated;
import io.millrace.cluster.metadata.MetadataRecord.TopicCreated;
import io.millrace.cluster.metadata.MetadataRecord.TopicDeleted;
import io.millrace.model.ErrorKind;
import java.util.Map;

/// What the metadata log, and the calls between nodes, may hold, as levels of the feature `millrace.version`. A cluster
/// works at the level that was finalised last; a build knows all levels up to its newest. What came with a level is not
/// written before that level is finalised, which nobody can do while a node is registered that does not know it: so no
/// node ever has to read what it does not know (KIP-584 has the idea, ADR 0020 the rules).
///
/// A new kind of record, or a new field of one, gets its level in [#since(MetadataRecord)]; a new call gets it in its
/// shape. What a level brought never changes afterwards. `docs/protocols/nodes.md` has all of it as a table.
public enum MetadataLevel {
    /// What the first clusters write and say. Nodes register with calls of this level, for one that joins does not know
    /// what the others work at.
    FIRST(1),

    /// Nodes that get no new replicas: [NodeCordoned].
    CORDONS(2);

    /// Clients and tools know the levels by this name. Kafka's `metadata.version` is about Kafka's own records: what
    /// clients choose by it is none of our forms.
    public static final String FEATURE = "millrace.version";

    private final int number;

    MetadataLevel(int number) {
        this.number = number;
    }

    /// The highest level this build knows.
    public static MetadataLevel newest() {
        return values()[values().length - 1];
    }

    /// What a cluster with these finalised features works at. One that says nothing has just begun.
    public static MetadataLevel finalised(Map<String, Integer> features) {
        int finalised = features.getOrDefault(FEATURE, FIRST.number);
        MetadataLevel reached = FIRST;
        for (MetadataLevel level : values()) {
            if (level.number <= finalised) {
                reached = level;
            }
        }
        return reached;
    }

    /// As tools name it.
    public int number() {
        return number;
    }

    /// The levels a build knows of which this one is the highest.
    public FeatureRange range() {
        return new FeatureRange(FIRST.number, number);
    }

    public boolean has(MetadataLevel other) {
        return number >= other.number;
    }

    /// Whether `record` may be written at this level, and is read by a build that knows no higher one.
    public boolean has(MetadataRecord record) {
        return number >= since(record);
    }

    /// The number of the level that brought a record of this form. The record that finalises a level comes with it: who
    /// does not know the level reads nothing behind that record.
    static int since(MetadataRecord record) {
        return switch (record) {
            case NodeCordoned _ -> CORDONS.number;
            case FeatureLevelSet(String feature, int level, long _) when feature.equals(FEATURE) -> level;
            case NodeRegistered _,
                    NodeFenced _,
                    NodeUnfenced _,
                    NodeLeaving _,
                    NodeEpochReached _,
                    NodeUnregistered _,
                    TopicCreated _,
                    PartitionsCreated _,
                    PartitionChanged _,
                    TopicDeleted _,
                    ConfigChanged _,
                    FeatureLevelSet _,
                    ProducerIdsAllocated _ -> FIRST.number;
        };
    }

    /// The answer to who asks, at this level, for something that came with `wanted`.
    public Outcome tooLowFor(MetadataLevel wanted) {
        return Outcome.refused(
                ErrorKind.UNSUPPORTED_VERSION,
                "This needs level " + wanted.number + " of " + FEATURE + ", and the cluster works at level " + number
                        + ". The level can be raised once all nodes run a release that knows it.");
    }
}
