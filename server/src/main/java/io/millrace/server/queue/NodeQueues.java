package io.millrace.server.queue;

import io.millrace.broker.message.MessageFormats;
import io.millrace.broker.queue.DeadLetters;
import io.millrace.broker.queue.LocalQueues;
import io.millrace.broker.queue.QueuePlaces;
import io.millrace.broker.queue.QueueShard;
import io.millrace.broker.queue.QueueSurroundings;
import io.millrace.broker.queue.Queues;
import io.millrace.broker.topology.TopologyChanges;
import io.millrace.cluster.metadata.TopologyDelta;
import io.millrace.model.Clock;
import io.millrace.model.Loop;
import io.millrace.server.loop.EventLoop;
import java.util.List;

/// The queues of this node: a shard for each loop. Made at the start; [#onChange] is called inside the metadata loop.
public final class NodeQueues {
    private final List<QueueShard> shards;
    private final QueuePlaces places;
    private final TopologyChanges changes;
    private final SharedQueueMemory memory;

    public NodeQueues(
            List<EventLoop> loops,
            QueuePlaces places,
            TopologyChanges changes,
            Clock clock,
            MessageFormats formats,
            SharedQueueMemory memory,
            DeadLetters deadLetters) {
        this.places = places;
        this.changes = changes;
        this.memory = memory;
        this.shards = loops.stream()
                .map(loop -> new QueueShard(new QueueSurroundings(loop, clock, formats, memory, deadLetters), places))
                .toList();
    }

    /// All queues, as connections of `loop` use them.
    public Queues on(Loop loop) {
        return new LocalQueues(loop, shards, places, changes);
    }

    /// Queues that were deleted let go of what they hold.
    public void onChange(TopologyDelta delta) {
        delta.deleted().forEach(queue -> shards.get(places.loopOf(queue)).onDeleted(queue));
    }

    public long memoryBytes() {
        return memory.bytes();
    }
}
