package io.millrace.broker.queue;

import io.millrace.broker.partition.Partitions;
import java.util.function.BooleanSupplier;

/// What queues on logs need beside what all queues need.
///
/// @param partitions as seen from the queues' loop: called there, answers there
/// @param cache what all of them together keep of their messages in memory; a full one is no harm, only slower
/// @param events who hears what can not be mended
/// @param roomIsShort whether a disk has little room: what is settled goes as soon as it can then
/// @param placesEarly whether messages are the queue's before they are safe, where there is no other replica
public record QueueLogs(
        Partitions partitions,
        QueueRecordCodec codec,
        QueueMemory cache,
        QueueEvents events,
        BooleanSupplier roomIsShort,
        boolean placesEarly) {
    /// For queues whose messages wait too long to be kept in memory.
    QueueLogs withoutCache() {
        return new QueueLogs(partitions, codec, QueueMemory.NO_ROOM, events, roomIsShort, placesEarly);
    }

    /// For a queue that does nothing about messages that are not safe.
    QueueLogs placingLate() {
        return new QueueLogs(partitions, codec, cache, events, roomIsShort, false);
    }
}
