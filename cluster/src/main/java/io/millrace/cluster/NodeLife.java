package io.millrace.cluster;

import io.millrace.model.TopicId;

/// One start of a node, as the metadata knows it.
///
/// @param epoch given by the controller when it registered; 0 for none
/// @param incarnation drawn at the start
public record NodeLife(int nodeId, long epoch, TopicId incarnation) {}
