package io.millrace.cluster.replica;

import io.millrace.model.TopicId;

/// A partition as nodes name it to each other: a topic that was deleted and made again is another one.
public record ReplicaKey(TopicId topicId, int partition) {}
