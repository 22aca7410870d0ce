package io.millrace.broker.queue;

import io.millrace.broker.routing.Destination.Target;
import io.millrace.broker.topology.QueueRef;
import io.millrace.model.TopicPartition;
import java.util.Set;

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

    /// A dead letter or a delayed message was dropped, as far as this target goes, which can never take it.
    default void unfit(QueueRef from, Target target) {}

    /// So many more dead letters of a queue wait to be sent again: fewer, if less than zero.
    default void lettersWait(int more) {}

    /// One waits for about a minute. Told for one letter of the queue a minute, at most.
    ///
    /// @param left the queues and topics that do not have it yet
    /// @param letters how many of the queue's wait, those behind it included
    default void letterWaits(QueueRef from, Set<Target> left, int letters) {}
}
