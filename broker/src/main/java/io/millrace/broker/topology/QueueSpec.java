package io.millrace.broker.topology;

import io.millrace.model.Arguments;

/// A queue as it was declared.
public record QueueSpec(
        QueueRef ref, QueueType type, boolean durable, boolean exclusive, boolean autoDelete, Arguments arguments) {}
