package io.millrace.broker.queue;

import io.millrace.model.TopicPartition;

/// Tells operators what befell queues. Called on a queue's loop.
public interface QueueEvents {
    /// Messages can not be had any more: their log is damaged where they were, and nobody else has it, or it begins
    /// behind them.
    ///
    /// @param end the offset behind the last one that is lost
    /// @param messages how many of the queue's were there, as far as is known
    void lost(TopicPartition log, long first, long end, long messages);

    /// A message was not taken because the queue has one of the same value.
    default void duplicate() {}
}
