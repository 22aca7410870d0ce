package io.millrace.broker.catalog;

import io.millrace.model.TopicId;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What exists, at one point of the metadata log. Immutable: any thread may keep and read it.
/// Iteration is in name order, so that answers are the same on every node.
public interface Catalog {
    String clusterId();

    /// The node that currently decides, or -1 while there is none.
    int controllerId();

    /// Nodes in id order, fenced ones included.
    List<NodeView> nodes();

    Optional<TopicView> topic(String name);

    Optional<TopicView> topic(TopicId id);

    /// All topics in name order.
    Collection<TopicView> topics();

    /// Names at and after `from` in name order, for paged descriptions.
    Collection<TopicView> topicsFrom(String from);

    /// Finalised feature levels, by feature name (`metadata.version`, `group.version`, ...).
    Map<String, Integer> features();

    /// The levels the node asked can work at, by feature name.
    Map<String, FeatureRange> supportedFeatures();

    /// Goes up by one with every change of [#features()].
    long featuresEpoch();
}
