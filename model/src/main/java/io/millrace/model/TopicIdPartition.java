package io.millrace.model;

/// A partition as nodes name it to each other: one of a topic that was deleted and made again is another one.
public record TopicIdPartition(TopicId topicId, int partition) {}
