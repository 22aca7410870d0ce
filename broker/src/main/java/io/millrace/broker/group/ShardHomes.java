package io.millrace.broker.group;

import io.millrace.model.TopicPartition;

/// The port that says which loop owns a partition's log. Known before the partition exists, and the same for the life
/// of the process. May be called from any thread.
public interface ShardHomes {
    ShardHome homeOf(TopicPartition partition);
}
