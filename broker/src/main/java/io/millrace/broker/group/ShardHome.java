package io.millrace.broker.group;

import io.millrace.broker.partition.Partitions;
import io.millrace.model.Loop;

/// Where a shard lives.
///
/// @param loop the loop that owns the log of the shard's partition
/// @param partitions the partitions as seen from that loop: it is called there and answers there
public record ShardHome(Loop loop, Partitions partitions) {}
