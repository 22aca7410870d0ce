package io.millrace.cluster.metadata;

import io.millrace.broker.catalog.ConfigResource;
import io.millrace.broker.catalog.ConfigResource.Kind;
import io.millrace.broker.catalog.NodeView;
import io.millrace.broker.catalog.NodeView.Standing;
import io.millrace.broker.catalog.TopicSettings;
import io.millrace.broker.catalog.TopicView;
import io.millrace.cluster.config.NodeConfigs;
import io.millrace.cluster.config.TopicSettingsReader;
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
import io.millrace.cluster.metadata.MetadataRecord.TopologyRecorded;
import io.millrace.model.InvariantViolation;
import io.millrace.model.TopicId;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// An image in the making: the only place where records change anything.
///
/// Owned by: the call that made it; never published. Invariant: applying never decides. A record that does not fit what
/// is there is a bug of the controller and stops the node.
public final class ImageDraft {
    final String clusterId;
    final int nodeId;
    int controllerId;
    PersistentTree<Integer, NodeRegistered> nodes;
    SortedSet<Integer> cordoned;
    long lastNodeEpoch;
    PersistentTree<String, TopicView> topicsByName;
    PersistentTree<TopicId, TopicView> topicsById;
    PersistentTree<String, String> collidableNames;
    PersistentTree<ConfigResource, Map<String, String>> configs;
    NodeConfigs nodeConfigs;
    Map<String, Integer> features;
    long featuresEpoch;
    long nextProducerId;
    final TopologyDraft topology;

    private final Set<TopicId> touched = new LinkedHashSet<>();
    private TopicSettings inherited;
    private SettingsMemo memo;
    private List<NodeView> nodeViews = List.of();
    private boolean nodesChanged;
    /// The topic made last, which is not in the trees before its partitions are known: they come next.
    private @Nullable TopicView young;

    ImageDraft(String clusterId, int nodeId, NodeConfigs nodeConfigs) {
        this.clusterId = clusterId;
        this.nodeId = nodeId;
        this.controllerId = MetadataImage.NO_CONTROLLER;
        this.nodes = PersistentTree.empty(Integer::compare);
        this.cordoned = Collections.emptySortedSet();
        this.topicsByName = PersistentTree.empty(String::compareTo);
        this.topicsById = PersistentTree.empty(MetadataImage.ID_ORDER);
        this.collidableNames = PersistentTree.empty(String::compareTo);
        this.configs = PersistentTree.empty(MetadataImage.RESOURCE_ORDER);
        this.nodeConfigs = nodeConfigs;
        this.features = Map.of();
        this.topology = new TopologyDraft(TopologyImage.EMPTY);
        this.inherited = TopicSettingsReader.read(Map.of(), nodeConfigs);
        this.memo = new SettingsMemo(Map.of(), nodeConfigs, inherited);
    }

    ImageDraft(MetadataImage image) {
        this.clusterId = image.clusterId;
        this.nodeId = image.nodeId;
        this.controllerId = image.controllerId;
        this.nodes = image.nodes;
        this.cordoned = image.cordoned;
        this.lastNodeEpoch = image.lastNodeEpoch;
        this.topicsByName = image.topicsByName;
        this.topicsById = image.topicsById;
        this.collidableNames = image.collidableNames;
        this.configs = image.configs;
        this.nodeConfigs = image.nodeConfigs;
        this.features = image.features;
        this.featuresEpoch = image.featuresEpoch;
        this.nextProducerId = image.nextProducerId;
        this.topology = new TopologyDraft(image.topology);
        this.inherited = image.inherited;
        this.memo = image.memo;
        this.nodeViews = image.nodeViews;
    }

    public MetadataImage image() {
        settleYoung();
        return new MetadataImage(this);
    }

    /// Where this draft may differ from the image it began as. Nothing is applied to it afterwards.
    public ImageChanges changes() {
        return new ImageChanges(touched, topology.touched(), nodesChanged);
    }

    /// What this draft is, compared with an image it did not begin as. Looks at everything.
    public CatalogDelta deltaFromAll(MetadataImage before, MetadataImage after) {
        if (before.nodes().isEmpty() && before.topics().isEmpty() && before.topology.queueCount() == 0) {
            return CatalogDelta.of(after);
        }
        Set<TopicId> either = new TreeSet<>(MetadataImage.ID_ORDER);
        either.addAll(touched);
        before.topics().forEach(topic -> either.add(topic.id()));
        return CatalogDelta.between(before, after, either, true, TopologyDelta.all(before.topology, after.topology));
    }

    /// What the metadata log may hold after the records applied so far.
    public MetadataLevel level() {
        return MetadataLevel.finalised(features);
    }

    List<NodeView> nodeViews() {
        return nodeViews;
    }

    TopicSettings inherited() {
        return inherited;
    }

    SettingsMemo memo() {
        return memo;
    }

    public void apply(MetadataRecord record) {
        if (!(record instanceof PartitionsCreated)) {
            settleYoung();
        }
        switch (record) {
            case NodeRegistered node -> {
                lastNodeEpoch = Math.max(lastNodeEpoch, node.epoch());
                put(node);
                topology.onNode(node.nodeId(), forgottenBefore(node.nodeId()));
            }
            case NodeFenced fenced -> put(node(fenced.nodeId()).withStanding(Standing.FENCED));
            case NodeUnfenced unfenced -> put(node(unfenced.nodeId()).withStanding(Standing.ACTIVE));
            case NodeLeaving leaving -> put(node(leaving.nodeId()).withStanding(Standing.LEAVING));
            case NodeCordoned changed -> cordon(changed);
            case NodeEpochReached reached -> lastNodeEpoch = Math.max(lastNodeEpoch, reached.epoch());
            case NodeUnregistered gone -> {
                node(gone.nodeId());
                putNodes(nodes.without(gone.nodeId()));
                topology.onNode(gone.nodeId(), forgottenBefore(gone.nodeId()));
            }
            case TopicCreated topic -> createTopic(topic);
            case PartitionsCreated partitions -> createPartitions(partitions);
            case PartitionChanged changed -> {
                TopicView topic = topic(changed.topicId());
                putTopic(withPartitions(
                        topic, partitions(topic).with(changed.state().view(changed.partition()))));
            }
            case TopicDeleted deleted -> deleteTopic(deleted.topicId());
            case ConfigChanged config -> changeConfig(config);
            case FeatureLevelSet feature -> setFeature(feature);
            case ProducerIdsAllocated ids -> {
                require(ids.next() > nextProducerId, "producer ids handed out twice");
                nextProducerId = ids.next();
            }
            case TopologyRecorded(TopologyRecord fact) -> topology.apply(fact);
        }
        for (TopicId orphan : topology.takeOrphans()) {
            if (topicsById.get(orphan) != null) {
                deleteTopic(orphan);
            }
        }
    }

    /// What was before this epoch, nobody remembers. While another node is up nothing is forgotten: who comes back
    /// learns from it, so that nodes may be started anew one after the other.
    private long forgottenBefore(int nodeId) {
        boolean anotherIsUp =
                nodes.values().stream().anyMatch(node -> node.nodeId() != nodeId && node.standing() == Standing.ACTIVE);
        return anotherIsUp
                ? 0
                : nodes.values().stream().mapToLong(NodeRegistered::epoch).min().orElse(lastNodeEpoch + 1);
    }

    private void put(NodeRegistered node) {
        putNodes(nodes.with(node.nodeId(), node));
    }

    private void cordon(NodeCordoned changed) {
        SortedSet<Integer> next = new TreeSet<>(cordoned);
        if (changed.cordoned()) {
            next.add(changed.nodeId());
        } else {
            next.remove(changed.nodeId());
        }
        cordoned = Collections.unmodifiableSortedSet(next);
        putNodes(nodes);
    }

    private void putNodes(PersistentTree<Integer, NodeRegistered> next) {
        nodes = next;
        nodeViews = next.values().stream().map(this::view).toList();
        nodesChanged = true;
    }

    private NodeView view(NodeRegistered node) {
        return new NodeView(
                node.nodeId(),
                node.epoch(),
                node.rack(),
                node.standing(),
                cordoned.contains(node.nodeId()),
                node.endpoints());
    }

    private NodeRegistered node(int id) {
        NodeRegistered node = nodes.get(id);
        if (node == null) {
            throw new InvariantViolation("record for node " + id + ", which is not registered");
        }
        return node;
    }

    private void createTopic(TopicCreated created) {
        MetadataImage.collisionKey(created.name())
                .ifPresent(key -> collidableNames = collidableNames.with(key, created.name()));
        Map<String, String> overrides = memo.overrides(created.configs());
        young = new TopicView(
                created.name(),
                created.topicId(),
                created.internal(),
                PartitionList.EMPTY,
                overrides,
                settings(overrides));
    }

    private void createPartitions(PartitionsCreated created) {
        TopicView made = young;
        if (made == null || !made.id().equals(created.topicId())) {
            settleYoung();
            TopicView topic = topic(created.topicId());
            putTopic(withPartitions(topic, appended(topic, created)));
        } else {
            young = withPartitions(made, appended(made, created));
        }
    }

    private static PartitionList appended(TopicView topic, PartitionsCreated created) {
        require(created.first() == topic.partitions().size(), "partitions created out of order");
        return partitions(topic).withAppended(created.partitions());
    }

    private void settleYoung() {
        TopicView made = young;
        if (made != null) {
            young = null;
            int before = topicsByName.size();
            putTopic(made);
            require(topicsByName.size() == before + 1, "topic created twice");
            require(topicsById.size() == before + 1, "topic id used twice");
        }
    }

    private void deleteTopic(TopicId id) {
        TopicView topic = topic(id);
        MetadataImage.collisionKey(topic.name()).ifPresent(key -> collidableNames = collidableNames.without(key));
        topicsByName = topicsByName.without(topic.name());
        topicsById = topicsById.without(id);
        touched.add(id);
        topology.onTopicDeleted(topic.name());
    }

    private TopicView topic(TopicId id) {
        TopicView topic = topicsById.get(id);
        if (topic == null) {
            throw new InvariantViolation("record for topic " + id + ", which does not exist");
        }
        return topic;
    }

    private static PartitionList partitions(TopicView topic) {
        return (PartitionList) topic.partitions();
    }

    private static TopicView withPartitions(TopicView topic, PartitionList partitions) {
        return new TopicView(
                topic.name(), topic.id(), topic.internal(), partitions, topic.overrides(), topic.settings());
    }

    private void putTopic(TopicView topic) {
        topicsByName = topicsByName.with(topic.name(), topic);
        topicsById = topicsById.with(topic.id(), topic);
        touched.add(topic.id());
    }

    private void changeConfig(ConfigChanged change) {
        if (change.resource().kind() == Kind.TOPIC) {
            changeTopicConfig(change);
            return;
        }
        SortedMap<String, String> changed =
                changed(Objects.requireNonNullElse(configs.get(change.resource()), Map.of()), change);
        configs = changed.isEmpty() ? configs.without(change.resource()) : configs.with(change.resource(), changed);
        if (change.resource().kind() == Kind.NODE) {
            changeNodeConfig(change.resource().name(), changed);
        }
    }

    private void changeTopicConfig(ConfigChanged change) {
        TopicView topic = topicsByName.get(change.resource().name());
        if (topic == null) {
            throw new InvariantViolation("setting of topic " + change.resource().name() + ", which does not exist");
        }
        SortedMap<String, String> overrides = changed(topic.overrides(), change);
        putTopic(new TopicView(
                topic.name(), topic.id(), topic.internal(), topic.partitions(), overrides, settings(overrides)));
    }

    private static SortedMap<String, String> changed(Map<String, String> own, ConfigChanged change) {
        SortedMap<String, String> next = new TreeMap<>(own);
        change.value().ifPresentOrElse(value -> next.put(change.name(), value), () -> next.remove(change.name()));
        return Collections.unmodifiableSortedMap(next);
    }

    /// Topics inherit from the node they are looked at from, so a change there is a change of all of them.
    private void changeNodeConfig(String node, Map<String, String> changed) {
        if (node.isEmpty()) {
            nodeConfigs = new NodeConfigs(nodeConfigs.node(), changed, nodeConfigs.fixed());
        } else if (node.equals(Integer.toString(nodeId))) {
            nodeConfigs = new NodeConfigs(changed, nodeConfigs.cluster(), nodeConfigs.fixed());
        } else {
            return;
        }
        TopicSettings next = TopicSettingsReader.read(Map.of(), nodeConfigs);
        if (next.equals(inherited)) {
            return;
        }
        inherited = next;
        for (TopicView topic : List.copyOf(topicsByName.values())) {
            putTopic(new TopicView(
                    topic.name(),
                    topic.id(),
                    topic.internal(),
                    topic.partitions(),
                    topic.overrides(),
                    settings(topic.overrides())));
        }
    }

    /// Topics without settings of their own share one object, and so do those made one after the other with the same.
    private TopicSettings settings(Map<String, String> overrides) {
        if (overrides.isEmpty()) {
            return inherited;
        }
        memo = memo.with(overrides, nodeConfigs);
        return memo.settings();
    }

    private void setFeature(FeatureLevelSet feature) {
        SortedMap<String, Integer> next = new TreeMap<>(features);
        if (feature.level() == 0) {
            next.remove(feature.feature());
        } else {
            next.put(feature.feature(), feature.level());
        }
        features = Collections.unmodifiableSortedMap(next);
        featuresEpoch = feature.epoch();
    }

    private static void require(boolean holds, String what) {
        if (!holds) {
            throw new InvariantViolation("metadata record does not fit: " + what);
        }
    }
}
