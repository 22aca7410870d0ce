package io.millrace.server.queue;

import io.millrace.broker.catalog.PartitionView;
import io.millrace.broker.message.MessageFormats;
import io.millrace.broker.partition.Partitions;
import io.millrace.broker.queue.DeadLetterRouter;
import io.millrace.broker.queue.LocalQueues;
import io.millrace.broker.queue.QueueLogs;
import io.millrace.broker.queue.QueuePlaces;
import io.millrace.broker.queue.QueueRecordCodec;
import io.millrace.broker.queue.QueueShard;
import io.millrace.broker.queue.QueueSurroundings;
import io.millrace.broker.queue.Queues;
import io.millrace.broker.routing.Router;
import io.millrace.broker.topology.QueueView;
import io.millrace.broker.topology.QueueView.Home;
import io.millrace.broker.topology.TopologyChanges;
import io.millrace.broker.topology.TopologySource;
import io.millrace.cluster.metadata.CatalogDelta;
import io.millrace.console.port.QueueTallies;
import io.millrace.model.Clock;
import io.millrace.model.Loop;
import io.millrace.model.TopicId;
import io.millrace.server.loop.EventLoop;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The queues of this node: a shard for each loop. Made at the start; [#onChange] is called inside the metadata loop.
public final class NodeQueues {
    private static final Logger LOG = LoggerFactory.getLogger(NodeQueues.class);
    private static final long STOP_SECONDS = 10;

    /// What the queues are made of.
    ///
    /// @param partitions as seen from a loop
    /// @param routers each loop's own
    /// @param memory what queues without a log hold
    /// @param cache what queues on logs keep of theirs
    /// @param streams puts those before a loop's queues that are no queues
    public record Parts(
            List<EventLoop> loops,
            QueuePlaces places,
            TopologySource topology,
            TopologyChanges changes,
            Function<EventLoop, Partitions> partitions,
            Function<EventLoop, Router> routers,
            QueueRecordCodec codec,
            MessageFormats formats,
            Clock clock,
            SharedQueueMemory memory,
            SharedQueueMemory cache,
            BiFunction<EventLoop, Queues, Queues> streams) {}

    private final Parts parts;
    private final List<QueueShard> shards = new ArrayList<>();
    private final LostMessages lost = new LostMessages();
    private final Map<Loop, Queues> queues = new HashMap<>();
    /// Queues to which time matters although nobody uses them, by their topic. Belongs to the metadata loop.
    private final Map<TopicId, QueueView> timed = new HashMap<>();

    public NodeQueues(Parts parts) {
        this.parts = parts;
        for (EventLoop loop : parts.loops) {
            var letters = new DeadLetterRouter(
                    parts.clock, parts.topology, parts.routers.apply(loop), parts.formats, () -> on(loop));
            var logs = new QueueLogs(parts.partitions.apply(loop), parts.codec, parts.cache, lost);
            var around =
                    new QueueSurroundings(loop, parts.clock, parts.formats, parts.memory, letters, parts.changes, logs);
            shards.add(new QueueShard(around, parts.places));
        }
        for (EventLoop loop : parts.loops) {
            queues.put(loop, parts.streams.apply(loop, new LocalQueues(loop, shards, parts.places, parts.changes)));
        }
    }

    /// All queues, as connections of `loop` use them.
    public Queues on(Loop loop) {
        Queues ofLoop = queues.get(loop);
        if (ofLoop == null) {
            throw new IllegalArgumentException("no loop of this node: " + loop);
        }
        return ofLoop;
    }

    /// Queues that were deleted let go of what they hold, those that are led elsewhere now are let go, and those to
    /// which time matters are loaded where they are led.
    public void onChange(CatalogDelta delta) {
        delta.topology().deleted().forEach(this::deleted);
        delta.topology().created().forEach(this::created);
        delta.topology().changed().forEach(this::changed);
        delta.changed().forEach(this::leader);
    }

    private QueueShard shardOf(QueueView queue) {
        return shards.get(parts.places.loopOf(queue));
    }

    private void deleted(QueueView queue) {
        timed.remove(queue.id());
        shardOf(queue).onDeleted(queue);
    }

    private void created(QueueView queue) {
        if (remember(queue)) {
            shardOf(queue).onCreated(queue);
        }
    }

    private void changed(QueueView queue) {
        remember(queue);
        shardOf(queue).onChanged(queue);
    }

    private boolean remember(QueueView queue) {
        boolean isTimed = QueueShard.isTimed(queue);
        if (isTimed && queue.home() instanceof Home.OnLog(String _, TopicId topicId)) {
            timed.put(topicId, queue);
        } else {
            timed.remove(queue.id());
        }
        return isTimed;
    }

    private void leader(CatalogDelta.Changed topic) {
        PartitionView before = topic.before().partitions().getFirst();
        PartitionView after = topic.after().partitions().getFirst();
        if (before.leader() != after.leader() || before.leaderEpoch() != after.leaderEpoch()) {
            TopicId id = topic.after().id();
            int loop = parts.places.loopOf(topic.after().name());
            shards.get(loop).onLeader(id, Optional.ofNullable(timed.get(id)));
        }
    }

    /// What the queues hold, for whoever watches.
    public QueueTallies tallies(int nodeId) {
        return new SharedTallies(nodeId, parts.loops, shards, parts.clock);
    }

    public long memoryBytes() {
        return parts.memory.bytes();
    }

    public long cacheBytes() {
        return parts.cache.bytes();
    }

    /// How many messages damaged logs have cost.
    public long messagesLost() {
        return lost.count();
    }

    /// Brings home what is on its way and writes down how things stand, so that the next start knows what was
    /// delivered. Connections are closed by now.
    public void stop() throws InterruptedException {
        CountDownLatch left = new CountDownLatch(shards.size());
        shards.forEach(shard -> shard.stop(left::countDown));
        if (!left.await(STOP_SECONDS, TimeUnit.SECONDS)) {
            LOG.warn("event=queues-not-closed reason=\"what they wrote last is not confirmed\"");
        }
    }
}
