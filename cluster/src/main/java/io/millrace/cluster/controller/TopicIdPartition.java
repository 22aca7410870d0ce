package io.millrace.cluster.controller;

import io.millrace.model.TopicId;

/// One partition of one life of a topic.
public record TopicIdPartition(TopicId topicId, int partition) {}
