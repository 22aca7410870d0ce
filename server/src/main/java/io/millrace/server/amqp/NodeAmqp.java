package io.millrace.server.amqp;

import io.millrace.amqp.mapping.AmqpFormat;
import io.millrace.amqp.session.AmqpConfig;
import io.millrace.amqp.session.AmqpOutput;
import io.millrace.amqp.session.AmqpPeer;
import io.millrace.amqp.session.AmqpPorts;
import io.millrace.amqp.session.AmqpSession;
import io.millrace.broker.message.FormatId;
import io.millrace.broker.message.MessageFormats;
import io.millrace.broker.partition.Partitions;
import io.millrace.broker.routing.Router;
import io.millrace.broker.stream.TopicStreams;
import io.millrace.broker.topology.ConnectionId;
import io.millrace.broker.topology.PasswordHash;
import io.millrace.cluster.LocalCluster;
import io.millrace.cluster.bulletin.Alarms;
import io.millrace.cluster.metadata.CatalogDelta;
import io.millrace.cluster.queue.QueueDesk;
import io.millrace.cluster.queue.QueueLine;
import io.millrace.console.port.ConnectionsView;
import io.millrace.console.port.QueueAccess;
import io.millrace.console.port.QueueTallies;
import io.millrace.kafka.mapping.KafkaFormat;
import io.millrace.kafka.mapping.QueueTopicCodec;
import io.millrace.kafka.mapping.TopicCodec;
import io.millrace.model.Clock;
import io.millrace.model.Randomness;
import io.millrace.server.config.AmqpLimits;
import io.millrace.server.config.ServerConfig;
import io.millrace.server.loop.EventLoop;
import io.millrace.server.net.AmqpEnds;
import io.millrace.server.net.AmqpSessions;
import io.millrace.server.partition.PartitionHosts;
import io.millrace.server.queue.NodeQueuePlaces;
import io.millrace.server.queue.NodeQueues;
import io.millrace.server.queue.SharedQueueMemory;
import io.millrace.server.queue.SharedTransitRoom;
import io.millrace.server.stream.NodeStreams;
import io.millrace.server.stream.SharedAudience;
import io.millrace.server.stream.SkippedOffsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.function.Function;

/// What AMQP's sessions use on this node, made once for each loop.
public final class NodeAmqp implements AmqpSessions {
    /// Of the heap, for messages of queues that are in memory only.
    private static final int MEMORY_SHARE = 4;

    /// Of the heap, for messages of queues on logs, so that young ones need not be read back.
    private static final int CACHE_SHARE = 8;

    /// Of the heap, for messages between their publishers and their queues.
    private static final int UNDER_WAY_SHARE = 8;

    /// Of the heap, for what de-duplicating exchanges remember.
    private static final int SEEN_SHARE = 32;

    /// Of the heap, for messages from other nodes on their way to queues here, or from queues there.
    private static final int TRANSIT_SHARE = 8;

    private static final int REMEMBERED_TARGETS_MAX = 100_000;

    private final int nodeId;
    private final LocalCluster cluster;
    private final NodeQueues queues;
    private final PublisherMemory publishers;
    private final AlarmWatch alarms;
    private final NodeConnections connections;
    private final NodeReplies replies;
    private final SeenByExchanges seen;
    private final SkippedOffsets skipped = new SkippedOffsets();
    private final Map<EventLoop, AmqpPorts> ports = new LinkedHashMap<>();
    private final AtomicLong nextConnection = new AtomicLong();

    /// @param lines to the queues of other nodes
    /// @param partitions those led here
    /// @param anywhere those led by other nodes, too
    public NodeAmqp(
            ServerConfig config,
            LocalCluster cluster,
            NodeQueues.Lines lines,
            PartitionHosts hosts,
            Function<EventLoop, Partitions> partitions,
            Function<EventLoop, Partitions> anywhere,
            List<EventLoop> loops,
            BooleanSupplier disksHaveRoom,
            Clock clock,
            Randomness randomness) {
        this.nodeId = config.node().id();
        this.cluster = cluster;
        NodeQueuePlaces places = new NodeQueuePlaces(nodeId, cluster, cluster, hosts);
        SharedQueueMemory memory = new SharedQueueMemory(Runtime.getRuntime().maxMemory() / MEMORY_SHARE);
        SharedQueueMemory cache = new SharedQueueMemory(Runtime.getRuntime().maxMemory() / CACHE_SHARE);
        NodeOccupancy occupancy = new NodeOccupancy();
        this.alarms = new AlarmWatch(
                loops.getFirst(),
                nodeId,
                cluster,
                () -> new OwnAlarms.Room(memory.isFull(), memory.isEased(), disksHaveRoom.getAsBoolean()),
                occupancy,
                clock);
        MessageFormats formats =
                new MessageFormats(Map.of(FormatId.AMQP_0_9_1, new AmqpFormat(), FormatId.KAFKA, new KafkaFormat()));
        NodeStreams streams = new NodeStreams(
                cluster,
                cluster,
                anywhere,
                new TopicCodec(formats),
                formats,
                cache,
                new SharedAudience(),
                skipped,
                clock,
                randomness);
        SharedTransitRoom transit = new SharedTransitRoom(Runtime.getRuntime().maxMemory() / TRANSIT_SHARE);
        TopicStreams topics = new TopicStreams(cluster, cluster);
        Map<EventLoop, Router> routers = new LinkedHashMap<>();
        this.seen = new SeenByExchanges(cluster, clock, Runtime.getRuntime().maxMemory() / SEEN_SHARE);
        loops.forEach(loop -> routers.put(loop, new Router(randomness, queue -> true, seen, REMEMBERED_TARGETS_MAX)));
        this.queues = new NodeQueues(new NodeQueues.Parts(
                nodeId,
                lines,
                loops,
                places,
                cluster,
                cluster,
                partitions,
                loop -> Objects.requireNonNull(routers.get(loop), "no router of this loop"),
                new QueueTopicCodec(formats),
                formats,
                clock,
                memory,
                cache,
                disksHaveRoom,
                node -> (memory.isFull() || !disksHaveRoom.getAsBoolean()) && !alarms.holds(node),
                transit,
                topics,
                streams::on));
        this.publishers = new PublisherMemory(
                memory,
                transit::octets,
                Runtime.getRuntime().maxMemory() / MEMORY_SHARE,
                Runtime.getRuntime().maxMemory() / UNDER_WAY_SHARE,
                disksHaveRoom,
                alarms);
        alarms.watch();
        this.connections = new NodeConnections(nodeId, loops, clock);
        this.replies = new NodeReplies(nodeId, id -> places.activeNodes().contains(id), queues::reply);
        for (EventLoop loop : loops) {
            ports.put(
                    loop,
                    new AmqpPorts(
                            cluster,
                            new LastingChanges(loop, cluster),
                            queues.on(loop),
                            topics,
                            formats,
                            Objects.requireNonNull(routers.get(loop), "no router of this loop"),
                            replies.on(loop),
                            PasswordHash::matches,
                            publishers,
                            occupancy,
                            clock,
                            randomness,
                            limits(config.amqp()),
                            nodeId,
                            cluster.current().clusterId()));
        }
    }

    private static AmqpConfig limits(AmqpLimits wanted) {
        AmqpConfig standard = AmqpConfig.DEFAULT;
        return new AmqpConfig(
                wanted.heartbeatSeconds(),
                wanted.channelMax(),
                wanted.frameMax(),
                wanted.messageBytesMax(),
                standard.consumersMax(),
                wanted.unackedMax(),
                standard.unconfirmedBytesMax(),
                standard.transactionBytesMax(),
                wanted.consumerTimeoutMs());
    }

    @Override
    public AmqpSession open(EventLoop loop, AmqpEnds ends, AmqpOutput output) {
        AmqpPorts ofLoop = Objects.requireNonNull(ports.get(loop), "no ports on this loop");
        AmqpPeer peer = new AmqpPeer(
                new ConnectionId(nodeId, epoch(), nextConnection.incrementAndGet()),
                ends.remoteHost(),
                ends.remote().getAddress().isLoopbackAddress(),
                ends.certificateName());
        AmqpSession session = new AmqpSession(ofLoop, peer, output);
        connections.opened(loop, session, ends);
        return session;
    }

    @Override
    public void closed(EventLoop loop, AmqpSession session) {
        connections.closed(loop, session);
    }

    /// Who is connected.
    public ConnectionsView connections() {
        return connections;
    }

    /// This node's registration: exclusive queues go with it.
    private long epoch() {
        return cluster.lives().stream()
                .filter(life -> life.nodeId() == nodeId)
                .mapToLong(life -> life.epoch())
                .findFirst()
                .orElse(0);
    }

    /// Called inside the metadata loop.
    public void onChange(CatalogDelta delta) {
        queues.onChange(delta);
    }

    /// The queues of this node for another one.
    public QueueDesk desk(EventLoop loop, int caller, QueueLine line) {
        return queues.desk(loop, caller, line, replies::arrived);
    }

    /// The queues and a router for whoever is on no loop: used on the first.
    public QueueAccess access() {
        Map.Entry<EventLoop, AmqpPorts> first = ports.entrySet().iterator().next();
        return new QueueAccess(
                first.getKey(),
                first.getValue().queues(),
                first.getValue().router(),
                first.getValue().topics()::find);
    }

    /// What the queues hold, for whoever watches.
    public QueueTallies tallies() {
        return queues.tallies(nodeId);
    }

    /// For which publishers wait, by node.
    public SortedMap<Integer, Alarms> alarms() {
        return alarms.all();
    }

    /// Nodes for which publishers wait.
    public long memoryAlarms() {
        return alarms.all().values().stream().filter(Alarms::memory).count();
    }

    /// Nodes for which publishers wait.
    public long diskAlarms() {
        return alarms.all().values().stream().filter(Alarms::disk).count();
    }

    public long publishedBytes() {
        return publishers.bytes();
    }

    public long queueMemoryBytes() {
        return queues.memoryBytes();
    }

    public long transitBytes() {
        return queues.transitBytes();
    }

    public long queueCacheBytes() {
        return queues.cacheBytes();
    }

    /// Messages that queues and exchanges dropped because they had one of the same value.
    public long duplicates() {
        return queues.duplicates() + seen.duplicates();
    }

    /// Values that de-duplicating exchanges remember.
    public long valuesSeen() {
        return seen.size();
    }

    /// Offsets of streams that consumers missed.
    public long streamOffsetsSkipped() {
        return skipped.count();
    }

    /// See [NodeQueues#lettersDropped].
    public long lettersDropped() {
        return queues.lettersDropped();
    }

    /// See [NodeQueues#lettersWaiting].
    public long lettersWaiting() {
        return queues.lettersWaiting();
    }

    public long queueMessagesLost() {
        return queues.messagesLost();
    }

    /// Connections are closed: queues write down how things stand.
    public void stop() throws InterruptedException {
        alarms.end();
        queues.stop();
    }
}
