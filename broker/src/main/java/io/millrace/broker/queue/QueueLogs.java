package io.millrace.broker.queue;

import io.millrace.broker.partition.Partitions;

/// What queues on logs need beside what all queues need.
///
/// @param partitions as seen from the queues' loop: called there, answers there
/// @param cache what all of them together keep of their messages in memory; a full one is no harm, only slower
/// @param events who hears what can not be mended
public record QueueLogs(Partitions partitions, QueueRecordCodec codec, QueueMemory cache, QueueEvents events) {}
