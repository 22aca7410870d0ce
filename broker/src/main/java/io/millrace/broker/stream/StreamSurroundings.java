package io.millrace.broker.stream;

import io.millrace.broker.catalog.CatalogSource;
import io.millrace.broker.message.MessageFormats;
import io.millrace.broker.partition.Partitions;
import io.millrace.broker.queue.QueueMemory;
import io.millrace.broker.topology.TopologyChanges;
import io.millrace.model.Clock;
import io.millrace.model.Loop;
import io.millrace.model.Randomness;

/// What all streams have that connections of one loop use.
///
/// @param loop owns them
/// @param partitions as seen from it, wherever they are led
/// @param memory what consumers have read and not sent yet; a full one is no harm, only slower
/// @param changes by which streams are deleted
/// @param events hears what consumers miss
public record StreamSurroundings(
        Loop loop,
        Clock clock,
        Randomness randomness,
        CatalogSource catalog,
        TopologyChanges changes,
        Partitions partitions,
        StreamCodec codec,
        MessageFormats formats,
        QueueMemory memory,
        StreamAudience audience,
        StreamEvents events) {}
