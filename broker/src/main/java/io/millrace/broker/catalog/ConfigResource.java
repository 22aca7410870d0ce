package io.millrace.broker.catalog;

/// Something that carries settings.
///
/// @param name the topic's name, the node id as text (empty for the cluster-wide default), the group id, ...
public record ConfigResource(Kind kind, String name) {
    /// What kind of thing.
    public enum Kind {
        TOPIC,
        NODE,
        NODE_LOGGER,
        GROUP,
        CLIENT_METRICS
    }
}
