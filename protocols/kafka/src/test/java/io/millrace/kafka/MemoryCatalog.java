package io.millrace.kafka;

import io.millrace.broker.catalog.Catalog;
import io.millrace.broker.catalog.CatalogChanges;
import io.millrace.broker.catalog.CatalogSource;
import io.millrace.broker.catalog.ConfigEntry;
import io.millrace.broker.catalog.ConfigResource;
import io.millrace.broker.catalog.FeatureRange;
import io.millrace.broker.catalog.NodeView;
import io.millrace.broker.catalog.Outcome;
import io.millrace.broker.catalog.PartitionView;
import io.millrace.broker.catalog.TopicSettings;
import io.millrace.broker.catalog.TopicView;
import io.millrace.log.config.LogConfig;
import io.millrace.model.ErrorKind;
import io.millrace.model.TopicId;
import io.millrace.testkit.SeededRandomness;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;

/// [CatalogSource] and [CatalogChanges] in memory. Changes are visible and answered at once, unless a test holds the
/// answers.
public final class MemoryCatalog implements CatalogSource, CatalogChanges {
    public static final String CLUSTER_ID = "memory-cluster-0123456";

    private final SeededRandomness randomness = new SeededRandomness(1);
    private final Map<String, TopicView> topics = new TreeMap<>();
    private final List<NodeView> nodes = new ArrayList<>();
    private final Map<String, Integer> features = new TreeMap<>();
    private final List<ConfigChanges> alterations = new ArrayList<>();
    private final Map<ConfigResource, List<ConfigEntry>> configs = new LinkedHashMap<>();
    private final List<Runnable> held = new ArrayList<>();
    private boolean holding;
    private boolean refusingBlocks;
    private int nodeCountLimit = 1;
    private long nextProducerId = 1_000;
    private int blockSize = 3;
    private int blocks;
    private Catalog current;

    public MemoryCatalog() {
        nodes.add(new NodeView(1, "", false, List.of(new NodeView.Endpoint("kafka", "localhost", 9092))));
        features.put("metadata.version", 30);
        current = snapshot();
    }

    public void addNode(NodeView node) {
        nodes.add(node);
        nodeCountLimit = nodes.size();
        current = snapshot();
    }

    public void setFeature(String name, int level) {
        features.put(name, level);
        current = snapshot();
    }

    public TopicView addTopic(String name, int partitions) {
        return addTopic(name, partitions, LogConfig.DEFAULT, false);
    }

    public TopicView addTopic(String name, int partitions, LogConfig log, boolean internal) {
        TopicView topic = view(name, partitions, TopicId.random(randomness), log, internal);
        topics.put(name, topic);
        current = snapshot();
        return topic;
    }

    public void removeTopic(String name) {
        topics.remove(name);
        current = snapshot();
    }

    public void putTopic(TopicView topic) {
        topics.put(topic.name(), topic);
        current = snapshot();
    }

    public void setConfigs(ConfigResource resource, List<ConfigEntry> entries) {
        configs.put(resource, entries);
    }

    /// Answers wait from now on for [#answer()].
    public void hold() {
        holding = true;
    }

    public void answer() {
        List<Runnable> due = new ArrayList<>(held);
        held.clear();
        due.forEach(Runnable::run);
    }

    public void refuseBlocks() {
        refusingBlocks = true;
    }

    public int blocks() {
        return blocks;
    }

    public List<ConfigChanges> alterations() {
        return alterations;
    }

    private static TopicView view(String name, int partitions, TopicId id, LogConfig log, boolean internal) {
        List<PartitionView> views = new ArrayList<>();
        for (int i = 0; i < partitions; i++) {
            views.add(new PartitionView(i, 1, 5, 0, List.of(1), List.of(1), List.of(), List.of()));
        }
        TopicSettings settings = new TopicSettings(log, TopicSettings.Durability.FSYNC, 1, false, 1 << 20);
        return new TopicView(name, id, internal, List.copyOf(views), Map.of(), settings);
    }

    private Catalog snapshot() {
        return new Snapshot(List.copyOf(nodes), new TreeMap<>(topics), new TreeMap<>(features));
    }

    private void reply(Runnable answer) {
        if (holding) {
            held.add(answer);
        } else {
            answer.run();
        }
    }

    @Override
    public Catalog current() {
        return current;
    }

    @Override
    public void createTopics(List<NewTopic> wanted, boolean validateOnly, Consumer<List<NewTopicReply>> reply) {
        List<NewTopicReply> replies = new ArrayList<>();
        for (NewTopic topic : wanted) {
            replies.add(create(topic, validateOnly));
        }
        reply(() -> reply.accept(replies));
    }

    private NewTopicReply create(NewTopic topic, boolean validateOnly) {
        if (topics.containsKey(topic.name())) {
            return new NewTopicReply(
                    topic.name(), Outcome.refused(ErrorKind.TOPIC_ALREADY_EXISTS, "Topic exists."), null);
        }
        if (topic.replicationFactor() > nodeCountLimit) {
            return new NewTopicReply(
                    topic.name(), Outcome.refused(ErrorKind.INVALID_REPLICATION_FACTOR, "Too few nodes."), null);
        }
        int partitions = topic.assignment().isEmpty()
                ? Math.max(1, topic.partitions())
                : topic.assignment().size();
        TopicView view = view(topic.name(), partitions, TopicId.random(randomness), LogConfig.DEFAULT, false);
        if (!validateOnly) {
            topics.put(topic.name(), view);
            current = snapshot();
        }
        return new NewTopicReply(topic.name(), Outcome.OK, view);
    }

    @Override
    public void deleteTopics(List<TopicRef> wanted, Consumer<List<DeletedTopicReply>> reply) {
        List<DeletedTopicReply> replies = new ArrayList<>();
        for (TopicRef ref : wanted) {
            Optional<TopicView> topic = ref.name().isEmpty() ? current.topic(ref.id()) : current.topic(ref.name());
            if (topic.isPresent()) {
                removeTopic(topic.get().name());
                replies.add(
                        new DeletedTopicReply(topic.get().name(), topic.get().id(), Outcome.OK));
            } else {
                ErrorKind error =
                        ref.name().isEmpty() ? ErrorKind.UNKNOWN_TOPIC_ID : ErrorKind.UNKNOWN_TOPIC_OR_PARTITION;
                replies.add(new DeletedTopicReply(ref.name(), ref.id(), Outcome.refused(error, "")));
            }
        }
        reply(() -> reply.accept(replies));
    }

    @Override
    public void createPartitions(List<MorePartitions> wanted, boolean validateOnly, Consumer<List<Outcome>> reply) {
        List<Outcome> outcomes = new ArrayList<>();
        for (MorePartitions more : wanted) {
            TopicView old = topics.get(more.topic());
            if (old == null) {
                outcomes.add(Outcome.refused(ErrorKind.UNKNOWN_TOPIC_OR_PARTITION, ""));
            } else if (more.total() <= old.partitions().size()) {
                outcomes.add(Outcome.refused(ErrorKind.INVALID_PARTITIONS, "Not more than there are."));
            } else {
                putTopic(view(old.name(), more.total(), old.id(), LogConfig.DEFAULT, false));
                outcomes.add(Outcome.OK);
            }
        }
        reply(() -> reply.accept(outcomes));
    }

    @Override
    public void alterConfigs(List<ConfigChanges> changes, boolean validateOnly, Consumer<List<Outcome>> reply) {
        alterations.addAll(changes);
        List<Outcome> outcomes = new ArrayList<>();
        for (ConfigChanges change : changes) {
            boolean missing = change.resource().kind() == ConfigResource.Kind.TOPIC
                    && !topics.containsKey(change.resource().name());
            outcomes.add(missing ? Outcome.refused(ErrorKind.UNKNOWN_TOPIC_OR_PARTITION, "") : Outcome.OK);
        }
        reply(() -> reply.accept(outcomes));
    }

    @Override
    public Optional<List<ConfigEntry>> describeConfigs(ConfigResource resource, List<String> names) {
        List<ConfigEntry> entries = configs.get(resource);
        if (entries == null && resource.kind() == ConfigResource.Kind.TOPIC && topics.containsKey(resource.name())) {
            return Optional.of(List.of());
        }
        return Optional.ofNullable(entries)
                .map(all -> all.stream()
                        .filter(entry -> names == null || names.contains(entry.name()))
                        .toList());
    }

    @Override
    public List<ConfigResource> configResources(ConfigResource.Kind kind) {
        return configs.keySet().stream().filter(r -> r.kind() == kind).toList();
    }

    @Override
    public void allocateProducerIds(Consumer<ProducerIdBlock> reply) {
        blocks++;
        if (refusingBlocks) {
            reply(() ->
                    reply.accept(new ProducerIdBlock(Outcome.refused(ErrorKind.COORDINATOR_NOT_AVAILABLE, ""), -1, 0)));
            return;
        }
        long first = nextProducerId;
        nextProducerId += blockSize;
        reply(() -> reply.accept(new ProducerIdBlock(Outcome.OK, first, blockSize)));
    }

    private record Snapshot(List<NodeView> nodes, TreeMap<String, TopicView> byName, Map<String, Integer> features)
            implements Catalog {
        @Override
        public String clusterId() {
            return CLUSTER_ID;
        }

        @Override
        public int controllerId() {
            return 1;
        }

        @Override
        public Optional<TopicView> topic(String name) {
            return Optional.ofNullable(byName.get(name));
        }

        @Override
        public Optional<TopicView> topic(TopicId id) {
            return byName.values().stream().filter(t -> t.id().equals(id)).findFirst();
        }

        @Override
        public Collection<TopicView> topics() {
            return byName.values();
        }

        @Override
        public Collection<TopicView> topicsFrom(String from) {
            return byName.tailMap(from).values();
        }

        @Override
        public Map<String, FeatureRange> supportedFeatures() {
            return Map.of("metadata.version", new FeatureRange(7, 33), "new.version", new FeatureRange(1, 2));
        }

        @Override
        public long featuresEpoch() {
            return 9;
        }
    }
}
