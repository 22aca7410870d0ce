package io.millrace.server.stream;

import io.millrace.broker.catalog.CatalogSource;
import io.millrace.broker.message.MessageFormats;
import io.millrace.broker.partition.Partitions;
import io.millrace.broker.queue.Queues;
import io.millrace.broker.stream.StreamAudience;
import io.millrace.broker.stream.StreamCodec;
import io.millrace.broker.stream.StreamEvents;
import io.millrace.broker.stream.StreamSurroundings;
import io.millrace.broker.stream.Streams;
import io.millrace.broker.topology.TopologyChanges;
import io.millrace.model.Clock;
import io.millrace.model.Randomness;
import io.millrace.server.loop.EventLoop;
import io.millrace.server.queue.SharedQueueMemory;
import java.util.function.Function;

/// Makes a loop's queues serve streams, too.
///
/// @param partitions as seen from a loop, wherever they are led
/// @param memory shared with the queues on logs
public record NodeStreams(
        CatalogSource catalog,
        TopologyChanges changes,
        Function<EventLoop, Partitions> partitions,
        StreamCodec codec,
        MessageFormats formats,
        SharedQueueMemory memory,
        StreamAudience audience,
        StreamEvents events,
        Clock clock,
        Randomness randomness) {
    /// @param others serves what is no stream
    public Queues on(EventLoop loop, Queues others) {
        var around = new StreamSurroundings(
                loop,
                clock,
                randomness,
                catalog,
                changes,
                partitions.apply(loop),
                codec,
                formats,
                memory,
                audience,
                events);
        return new Streams(around, others);
    }
}
