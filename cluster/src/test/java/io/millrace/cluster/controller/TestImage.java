package io.millrace.cluster.controller;

import io.millrace.broker.catalog.CatalogChanges.NewTopic;
import io.millrace.broker.catalog.CatalogChanges.NewTopicReply;
import io.millrace.broker.catalog.FeatureRange;
import io.millrace.broker.catalog.NodeView.Standing;
import io.millrace.broker.catalog.Outcome;
import io.millrace.cluster.metadata.MetadataImage;
import io.millrace.cluster.metadata.MetadataLevel;
import io.millrace.cluster.metadata.MetadataRecord;
import io.millrace.model.TopicId;
import io.millrace.testkit.SeededRandomness;
import java.util.List;
import java.util.Map;

/// Images to decide on, at the newest level unless told otherwise.
final class TestImage {
    private TestImage() {}

    /// What every node of these images can work at.
    static final Map<String, FeatureRange> SUPPORTED = Map.of(
            "metadata.version",
            new FeatureRange(7, 33),
            MetadataLevel.FEATURE,
            MetadataLevel.newest().range());

    /// Nodes 1 to `nodeCount`, each in a rack of its own, without topics.
    static MetadataImage ofNodes(int nodeCount) {
        return ofNodes(nodeCount, Map.of());
    }

    static MetadataImage ofNodes(int nodeCount, Map<String, String> fixedConfigs) {
        return ofNodes(nodeCount, fixedConfigs, MetadataLevel.newest());
    }

    static MetadataImage ofNodes(int nodeCount, Map<String, String> fixedConfigs, MetadataLevel level) {
        MetadataImage image = MetadataImage.empty("cluster", 1, fixedConfigs)
                .withController(1)
                .with(List.of(
                        new MetadataRecord.FeatureLevelSet("metadata.version", 33, 1),
                        new MetadataRecord.FeatureLevelSet(MetadataLevel.FEATURE, level.number(), 2)));
        for (int node = 1; node <= nodeCount; node++) {
            image = image.with(List.of(registered(node)));
        }
        return image;
    }

    static MetadataRecord registered(int node) {
        return new MetadataRecord.NodeRegistered(
                node,
                node,
                new TopicId(node, 1),
                new TopicId(node, 2),
                List.of(),
                "rack-" + node,
                Standing.ACTIVE,
                List.of(),
                SUPPORTED);
    }

    /// The registration of a node with one disk.
    static RegisterNode register(int node, TopicId incarnation, TopicId directory) {
        return new RegisterNode(node, incarnation, directory, List.of(), "", List.of(), SUPPORTED);
    }

    static MetadataImage with(MetadataImage image, NewTopic... topics) {
        return create(image, topics).after();
    }

    static Decision<List<NewTopicReply>> create(MetadataImage image, NewTopic... topics) {
        return new CreateTopics(List.of(topics), false).decide(image, new SeededRandomness(1));
    }

    /// How the creation of one topic ends.
    static Outcome outcome(MetadataImage image, NewTopic topic) {
        return create(image, topic).reply().getFirst().outcome();
    }

    static NewTopic topic(String name) {
        return topic(name, 1, 1);
    }

    static NewTopic topic(String name, int partitions, int replicationFactor) {
        return new NewTopic(name, partitions, replicationFactor, Map.of(), Map.of());
    }
}
