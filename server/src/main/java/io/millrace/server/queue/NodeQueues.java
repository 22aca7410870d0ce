package io.millrace.server.queue;

import io.millrace.broker.catalog.PartitionView;
import io.millrace.broker.catalog.TopicView;
import io.millrace.broker.message.Message;
import io.millrace.broker.message.MessageFormats;
import io.millrace.broker.partition.Partitions;
import io.millrace.broker.queue.ClusterQueues;
import io.millrace.broker.queue.CommitRouter;
import io.millrace.broker.queue.DeadLetterRouter;
import io.millrace.broker.queue.LocalQueues;
import io.millrace.broker.queue.QueueLogs;
import io.millrace.broker.queue.QueueRecordCodec;
import io.millrace.broker.queue.QueueShard;
import io.millrace.broker.queue.QueueSite;
import io.millrace.broker.queue.QueueSurroundings;
import io.millrace.broker.queue.Queues;
import io.millrace.broker.routing.Router;
import io.millrace.broker.stream.TopicStreams;
import io.millrace.broker.topology.QueueView;
import io.millrace.broker.topology.QueueView.Home;
import io.millrace.broker.topology.TopologyChanges;
import io.millrace.broker.topology.TopologySource;
import io.millrace.cluster.metadata.CatalogDelta;
import io.millrace.cluster.queue.QueueDesk;
import io.millrace.cluster.queue.QueueLine;
import io.millrace.cluster.queue.QueueLink;
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
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.IntPredicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The queues of this node, a shard for each loop; and those of the other nodes, links for each loop. Made at the
/// start; [#onChange] is called inside the metadata loop.
public final class NodeQueues {
    private static final Logger LOG = LoggerFactory.getLogger(NodeQueues.class);
    private static final long STOP_SECONDS = 10;

    /// How long clients wait for a queue that nobody leads.
    private static final long PATIENCE_MS = 10_000;

    /// Makes connections to other nodes.
    @FunctionalInterface
    public interface Lines {
        QueueLine.Dialler to(EventLoop loop, int nodeId);
    }

    /// What the queues are made of.
    ///
    /// @param nodeId this node
    /// @param lines to the queues of other nodes
    /// @param partitions as seen from a loop
    /// @param routers each loop's own
    /// @param memory what queues without a log hold
    /// @param cache what queues on logs keep of theirs
    /// @param disksHaveRoom whether what is settled may take its time to go
    /// @param keepsFates whether another node is not told what became of its messages, so that its publishers wait
    /// @param transit room for messages between nodes
    /// @param topics that are seen as queues
    /// @param streams puts those before a loop's queues that are no queues
    public record Parts(
            int nodeId,
            Lines lines,
            List<EventLoop> loops,
            NodeQueuePlaces places,
            TopologySource topology,
            TopologyChanges changes,
            Function<EventLoop, Partitions> partitions,
            Function<EventLoop, Router> routers,
            QueueRecordCodec codec,
            MessageFormats formats,
            Clock clock,
            SharedQueueMemory memory,
            SharedQueueMemory cache,
            BooleanSupplier disksHaveRoom,
            IntPredicate keepsFates,
            SharedTransitRoom transit,
            TopicStreams topics,
            BiFunction<EventLoop, Queues, Queues> streams) {}

    private final Parts parts;
    private final List<QueueShard> shards = new ArrayList<>();
    private final LostMessages lost;
    private final Map<Loop, OfLoop> queues = new HashMap<>();
    /// Queues to which time matters although nobody uses them, by their topic. Belongs to the metadata loop.
    private final Map<TopicId, QueueView> timed = new HashMap<>();

    public NodeQueues(Parts parts) {
        this.parts = parts;
        this.lost = new LostMessages(parts.clock);
        for (EventLoop loop : parts.loops) {
            var letters = new DeadLetterRouter(
                    parts.clock,
                    parts.topology,
                    parts.routers.apply(loop),
                    parts.formats,
                    parts.topics::find,
                    () -> on(loop),
                    lost);
            var logs = new QueueLogs(
                    parts.partitions.apply(loop),
                    parts.codec,
                    parts.cache,
                    lost,
                    () -> !parts.disksHaveRoom.getAsBoolean(),
                    true);
            var commits = new CommitRouter(parts.clock, parts.topology, parts.topics::find, () -> on(loop), lost);
            var around = new QueueSurroundings(
                    loop, parts.clock, parts.formats, parts.memory, letters, commits, parts.changes, logs);
            shards.add(new QueueShard(around, parts.places));
        }
        for (EventLoop loop : parts.loops) {
            queues.put(loop, new OfLoop(loop));
        }
    }

    /// The queues of the whole cluster as one loop uses them.
    ///
    /// Owned by: that loop.
    private final class OfLoop {
        private final EventLoop loop;
        private final QueueSite local;
        private final Map<Integer, QueueLink> links = new HashMap<>();
        private final ClusterQueues cluster;
        private final Queues queues;

        OfLoop(EventLoop loop) {
            this.loop = loop;
            this.local = localQueues(loop);
            this.cluster = new ClusterQueues(loop, parts.clock, parts.places, this::site, parts.changes, PATIENCE_MS);
            this.queues = parts.streams.apply(loop, cluster);
        }

        private QueueSite site(int nodeId) {
            return nodeId == parts.nodeId ? local : link(nodeId);
        }

        QueueLink link(int nodeId) {
            return links.computeIfAbsent(nodeId, id -> new QueueLink(loop, parts.lines.to(loop, id), parts.transit));
        }

        /// May be called from any thread.
        void onMoved(List<TopicId> moved) {
            loop.run(() -> cluster.onMoved(moved));
        }

        /// May be called from any thread.
        ///
        /// @param active nodes that are there
        void onNodes(Set<Integer> active) {
            loop.run(() -> {
                List.copyOf(links.entrySet()).forEach(link -> {
                    if (!active.contains(link.getKey())) {
                        link.getValue().drop("the node is fenced");
                    }
                });
                cluster.onNodes();
            });
        }
    }

    private LocalQueues localQueues(Loop loop) {
        return new LocalQueues(loop, shards, parts.places, parts.changes);
    }

    /// All queues, as connections of `loop` use them.
    public Queues on(Loop loop) {
        return ofLoop(loop).queues;
    }

    private OfLoop ofLoop(Loop loop) {
        OfLoop ofLoop = queues.get(loop);
        if (ofLoop == null) {
            throw new IllegalArgumentException("no loop of this node: " + loop);
        }
        return ofLoop;
    }

    /// The queues of this node for another one, by a connection on `loop`.
    ///
    /// @param replies takes answers for whoever waits for them here
    public QueueDesk desk(Loop loop, int nodeId, QueueLine line, BiConsumer<String, Message> replies) {
        return new QueueDesk(
                loop,
                parts.clock,
                parts.places::known,
                localQueues(loop),
                replies,
                () -> parts.keepsFates.test(nodeId),
                parts.transit,
                line);
    }

    /// Takes an answer to whoever waits for it on another node. Called on `loop`.
    public void reply(Loop loop, int nodeId, String name, Message message) {
        ofLoop(loop).link(nodeId).reply(name, message);
    }

    /// Queues that were deleted let go of what they hold, those that are led elsewhere now are let go, and those to
    /// which time matters are loaded where they are led.
    public void onChange(CatalogDelta delta) {
        delta.topology().deleted().forEach(this::deleted);
        delta.topology().created().forEach(this::created);
        delta.topology().changed().forEach(this::changed);
        List<TopicId> moved = new ArrayList<>();
        delta.changed().stream().filter(NodeQueues::isLedAnew).forEach(topic -> {
            moved.add(topic.after().id());
            ledAnew(topic.after());
        });
        if (!moved.isEmpty()) {
            queues.values().forEach(ofLoop -> ofLoop.onMoved(moved));
        }
        if (delta.nodesChanged()) {
            Set<Integer> active = parts.places.activeNodes();
            queues.values().forEach(ofLoop -> ofLoop.onNodes(active));
        }
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

    private static boolean isLedAnew(CatalogDelta.Changed topic) {
        PartitionView before = topic.before().partitions().getFirst();
        PartitionView after = topic.after().partitions().getFirst();
        return before.leader() != after.leader() || before.leaderEpoch() != after.leaderEpoch();
    }

    private void ledAnew(TopicView topic) {
        int loop = parts.places.loopOf(topic.name());
        shards.get(loop).onLeader(topic.id(), Optional.ofNullable(timed.get(topic.id())));
    }

    /// What the queues hold, for whoever watches.
    public QueueTallies tallies(int nodeId) {
        List<SharedTallies.Shard> all = new ArrayList<>();
        for (int at = 0; at < shards.size(); at++) {
            EventLoop loop = parts.loops.get(at);
            all.add(new SharedTallies.Shard(loop, shards.get(at), parts.routers.apply(loop)));
        }
        return new SharedTallies(nodeId, all, parts.clock);
    }

    public long memoryBytes() {
        return parts.memory.bytes();
    }

    /// Messages between nodes, whole or not.
    public long transitBytes() {
        return parts.transit.octets();
    }

    public long cacheBytes() {
        return parts.cache.bytes();
    }

    /// How many messages were dropped because their queue had one of the same value.
    public long duplicates() {
        return lost.duplicates();
    }

    /// How many dead letters and delayed messages a topic could never take.
    public long lettersDropped() {
        return lost.lettersDropped();
    }

    /// How many dead letters and delayed messages wait to be sent again.
    public long lettersWaiting() {
        return lost.lettersWaiting();
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
