package io.millrace.broker.stream;

import io.millrace.model.TopicPartition;

/// Tells operators what befell consumers of streams. May be called on any loop.
@FunctionalInterface
public interface StreamEvents {
    /// Consumers at one place go on behind what is damaged in the log and nobody else has.
    ///
    /// @param end the offset behind the last one that is passed over
    void skipped(TopicPartition log, long first, long end);
}
