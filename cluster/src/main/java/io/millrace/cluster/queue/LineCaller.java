package io.millrace.cluster.queue;

/// Who has a line to another node's queues. Each has one at a time: when the same one calls again, it has given the
/// line before up, and what still comes by that is not to come in between.
///
/// @param loop which one of that node
public record LineCaller(int nodeId, int loop, LineUse use) {}
