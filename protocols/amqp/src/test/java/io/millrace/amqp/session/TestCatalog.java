package io.millrace.amqp.session;

import io.millrace.broker.catalog.Catalog;
import io.millrace.broker.catalog.FeatureRange;
import io.millrace.broker.catalog.NodeView;
import io.millrace.broker.catalog.TopicSettings;
import io.millrace.broker.catalog.TopicView;
import io.millrace.log.config.LogConfig;
import io.millrace.model.TopicId;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Topics by name and nothing else.
record TestCatalog(List<TopicView> topics) implements Catalog {
    static TestCatalog of(Map<String, TopicId> ids) {
        var settings = new TopicSettings(LogConfig.DEFAULT, TopicSettings.Durability.FSYNC, 1, false, 1 << 20);
        return new TestCatalog(ids.entrySet().stream()
                .map(entry -> new TopicView(entry.getKey(), entry.getValue(), false, List.of(), Map.of(), settings))
                .toList());
    }

    @Override
    public Optional<TopicView> topic(String name) {
        return topics.stream().filter(topic -> topic.name().equals(name)).findFirst();
    }

    @Override
    public Optional<TopicView> topic(TopicId id) {
        return topics.stream().filter(topic -> topic.id().equals(id)).findFirst();
    }

    @Override
    public String clusterId() {
        return "test";
    }

    @Override
    public int controllerId() {
        return 1;
    }

    @Override
    public List<NodeView> nodes() {
        return List.of();
    }

    @Override
    public Collection<TopicView> topicsFrom(String from) {
        return topics;
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
