package io.millrace.broker.group;

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
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A catalog in memory whose topics are led by node 1 until the test says otherwise.
final class FakeNode implements CatalogSource, CatalogChanges {
    static final int NODE_ID = 1;

    final List<NewTopic> created = new ArrayList<>();
    /// Goes up when a topic is deleted and made again.
    int life;
    List<Integer> replicas = List.of(NODE_ID);
    private final TreeMap<String, TopicView> topics = new TreeMap<>();

    void lead(String topic, int partitions, int leader, int epoch) {
        List<PartitionView> views = new ArrayList<>();
        for (int index = 0; index < partitions; index++) {
            views.add(new PartitionView(index, leader, epoch, 0, replicas, replicas, List.of(), List.of()));
        }
        topics.put(
                topic,
                new TopicView(
                        topic,
                        new TopicId(1, life),
                        true,
                        views,
                        Map.of(),
                        new TopicSettings(LogConfig.DEFAULT, TopicSettings.Durability.FSYNC, 1, false, 1 << 20)));
    }

    @Override
    public Catalog current() {
        return new View();
    }

    @Override
    public void createTopics(List<NewTopic> wanted, boolean validateOnly, Consumer<List<NewTopicReply>> reply) {
        NewTopic topic = wanted.get(0);
        if (topics.containsKey(topic.name())) {
            reply.accept(List.of(
                    new NewTopicReply(topic.name(), Outcome.refused(ErrorKind.TOPIC_ALREADY_EXISTS, ""), null)));
            return;
        }
        created.add(topic);
        lead(topic.name(), topic.partitions(), NODE_ID, 0);
        reply.accept(List.of(new NewTopicReply(topic.name(), Outcome.OK, topics.get(topic.name()))));
    }

    @Override
    public void deleteTopics(List<TopicRef> refs, Consumer<List<DeletedTopicReply>> reply) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void createPartitions(List<MorePartitions> more, boolean validateOnly, Consumer<List<Outcome>> reply) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void alterConfigs(List<ConfigChanges> changes, boolean validateOnly, Consumer<List<Outcome>> reply) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Optional<List<ConfigEntry>> describeConfigs(ConfigResource resource, @Nullable List<String> names) {
        return Optional.empty();
    }

    @Override
    public List<ConfigResource> configResources(ConfigResource.Kind kind) {
        return List.of();
    }

    @Override
    public void allocateProducerIds(Consumer<ProducerIdBlock> reply) {
        throw new UnsupportedOperationException();
    }

    private final class View implements Catalog {
        @Override
        public String clusterId() {
            return "cluster";
        }

        @Override
        public int controllerId() {
            return NODE_ID;
        }

        @Override
        public List<NodeView> nodes() {
            return List.of();
        }

        @Override
        public Optional<TopicView> topic(String name) {
            return Optional.ofNullable(topics.get(name));
        }

        @Override
        public Optional<TopicView> topic(TopicId id) {
            return Optional.empty();
        }

        @Override
        public Collection<TopicView> topics() {
            return topics.values();
        }

        @Override
        public Collection<TopicView> topicsFrom(String from) {
            return topics.tailMap(from).values();
        }

        @Override
        public Map<String, Integer> features() {
            return Map.of();
        }

        @Override
        public Map<String, FeatureRange> supportedFeatures() {
            return Map.of();
        }

        @Override
        public long featuresEpoch() {
            return 0;
        }
    }
}
