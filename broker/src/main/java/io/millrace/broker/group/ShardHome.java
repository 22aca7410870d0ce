package io.millrace.broker.group;

import io.millrace.broker.partition.Partitions;
import io.millrace.model.Loop;
import java.util.function.BooleanSupplier;

/// Where a shard lives.
///
/// @param loop the loop that owns the log of the shard's partition
/// @param partitions the partitions as seen from that loop: it is called there and answers there
/// @param mayLead whether this node may speak for what it leads and others could lead instead; not while it is cut off
public record ShardHome(Loop loop, Partitions partitions, BooleanSupplier mayLead) {}
