package io.millrace.cluster.metadata;

import io.millrace.broker.catalog.Catalog;
import io.millrace.broker.catalog.ConfigResource;
import io.millrace.broker.catalog.FeatureRange;
import io.millrace.broker.catalog.NodeView;
import io.millrace.broker.catalog.NodeView.Standing;
import io.millrace.broker.catalog.TopicSettings;
import io.millrace.broker.catalog.TopicView;
import io.millrace.cluster.config.NodeConfigs;
import io.millrace.cluster.metadata.MetadataRecord.NodeRegistered;
import io.millrace.model.TopicId;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;

/// Everything the records applied so far add up to. Immutable, shares what did not change with the images before and
/// after it; changed only through an [ImageDraft].
public final class MetadataImage implements Catalog {
    /// Written out, for it is asked for every step to every topic.
    static final Comparator<TopicId> ID_ORDER = (one, other) -> {
        int high = Long.compare(one.mostSignificantBits(), other.mostSignificantBits());
        return high != 0 ? high : Long.compare(one.leastSignificantBits(), other.leastSignificantBits());
    };
    static final Comparator<ConfigResource> RESOURCE_ORDER =
            Comparator.comparing(ConfigResource::kind).thenComparing(ConfigResource::name);

    /// Stands for "no controller".
    public static final int NO_CONTROLLER = -1;

    final String clusterId;
    final int nodeId;
    final int controllerId;
    final PersistentTree<Integer, NodeRegistered> nodes;
    final SortedSet<Integer> cordoned;
    final long lastNodeEpoch;
    final PersistentTree<String, TopicView> topicsByName;
    final PersistentTree<TopicId, TopicView> topicsById;
    final PersistentTree<String, String> collidableNames;
    final PersistentTree<ConfigResource, Map<String, String>> configs;
    final NodeConfigs nodeConfigs;
    final Map<String, Integer> features;
    final long featuresEpoch;
    final long nextProducerId;
    final TopicSettings inherited;
    final SettingsMemo memo;
    final TopologyImage topology;

    final List<NodeView> nodeViews;

    MetadataImage(ImageDraft draft) {
        this.clusterId = draft.clusterId;
        this.nodeId = draft.nodeId;
        this.controllerId = draft.controllerId;
        this.nodes = draft.nodes;
        this.cordoned = draft.cordoned;
        this.lastNodeEpoch = draft.lastNodeEpoch;
        this.topicsByName = draft.topicsByName;
        this.topicsById = draft.topicsById;
        this.collidableNames = draft.collidableNames;
        this.configs = draft.configs;
        this.nodeConfigs = draft.nodeConfigs;
        this.features = draft.features;
        this.featuresEpoch = draft.featuresEpoch;
        this.nextProducerId = draft.nextProducerId;
        this.inherited = draft.inherited();
        this.memo = draft.memo();
        this.nodeViews = draft.nodeViews();
        this.topology = draft.topology.image();
    }

    /// Nothing yet, as seen by node `nodeId`.
    ///
    /// @param fixedConfigs settings given at this node's start, by Kafka's names; topics inherit from them
    public static MetadataImage empty(String clusterId, int nodeId, Map<String, String> fixedConfigs) {
        return new MetadataImage(new ImageDraft(clusterId, nodeId, new NodeConfigs(Map.of(), Map.of(), fixedConfigs)));
    }

    /// A copy to apply records to.
    public ImageDraft draft() {
        return new ImageDraft(this);
    }

    /// This image with everything `records` say.
    public MetadataImage with(List<MetadataRecord> records) {
        if (records.isEmpty()) {
            return this;
        }
        ImageDraft draft = draft();
        records.forEach(draft::apply);
        return draft.image();
    }

    /// The same nodes and settings, and nothing on them: what a topic looks like that does not exist here.
    public MetadataImage withoutTopics() {
        ImageDraft draft = draft();
        draft.topicsByName = PersistentTree.empty(String::compareTo);
        draft.topicsById = PersistentTree.empty(ID_ORDER);
        draft.collidableNames = PersistentTree.empty(String::compareTo);
        return draft.image();
    }

    public MetadataImage withController(int controllerId) {
        if (controllerId == this.controllerId) {
            return this;
        }
        ImageDraft draft = draft();
        draft.controllerId = controllerId;
        return draft.image();
    }

    @Override
    public String clusterId() {
        return clusterId;
    }

    /// The node that looks at this image: its own settings are what topics inherit.
    public int nodeId() {
        return nodeId;
    }

    @Override
    public int controllerId() {
        return controllerId;
    }

    @Override
    public List<NodeView> nodes() {
        return nodeViews;
    }

    /// What a node announced, if it is registered.
    public Optional<NodeRegistered> registration(int nodeId) {
        return Optional.ofNullable(nodes.get(nodeId));
    }

    /// Whether a node may lead and follow now.
    public boolean isActive(int nodeId) {
        NodeRegistered node = nodes.get(nodeId);
        return node != null && node.standing() == Standing.ACTIVE;
    }

    /// Nodes that get no new replicas, whether they are registered or not.
    public SortedSet<Integer> cordoned() {
        return cordoned;
    }

    /// The highest epoch a node was ever given.
    public long lastNodeEpoch() {
        return lastNodeEpoch;
    }

    @Override
    public Optional<TopicView> topic(String name) {
        return Optional.ofNullable(topicsByName.get(name));
    }

    @Override
    public Optional<TopicView> topic(TopicId id) {
        return Optional.ofNullable(topicsById.get(id));
    }

    /// Another topic whose name differs from `name` only by `.` for `_`: metric names could not tell them apart.
    public Optional<String> topicCollidingWith(String name) {
        return collisionKey(name).map(collidableNames::get).filter(existing -> !existing.equals(name));
    }

    static Optional<String> collisionKey(String topic) {
        return topic.indexOf('.') >= 0 || topic.indexOf('_') >= 0
                ? Optional.of(topic.replace('.', '_'))
                : Optional.empty();
    }

    @Override
    public Collection<TopicView> topics() {
        return topicsByName.values();
    }

    @Override
    public Collection<TopicView> topicsFrom(String from) {
        return topicsByName.valuesFrom(from);
    }

    @Override
    public Map<String, Integer> features() {
        return features;
    }

    /// What the metadata log may hold now.
    public MetadataLevel level() {
        return MetadataLevel.finalised(features);
    }

    @Override
    public Map<String, FeatureRange> supportedFeatures() {
        return registration(nodeId).map(NodeRegistered::features).orElse(Map.of());
    }

    @Override
    public long featuresEpoch() {
        return featuresEpoch;
    }

    /// Settings of a resource other than a topic; empty when it has none of its own.
    public Map<String, String> configs(ConfigResource resource) {
        Map<String, String> own = configs.get(resource);
        return own == null ? Map.of() : own;
    }

    /// Resources of a kind other than a topic that carry settings of their own.
    public List<ConfigResource> configResources(ConfigResource.Kind kind) {
        return configs.keys().stream()
                .filter(resource -> resource.kind() == kind)
                .toList();
    }

    /// What this node's settings were given: what topics inherit here.
    public NodeConfigs nodeConfigs() {
        return nodeConfigs;
    }

    /// Virtual hosts and users.
    public TopologyImage topology() {
        return topology;
    }

    /// The first producer id nobody was given.
    public long nextProducerId() {
        return nextProducerId;
    }
}
