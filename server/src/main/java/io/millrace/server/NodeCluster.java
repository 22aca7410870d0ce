package io.millrace.server;

import io.millrace.broker.catalog.ClusterChanges.Member;
import io.millrace.broker.catalog.ClusterChanges.QuorumReply;
import io.millrace.broker.catalog.NodeView;
import io.millrace.broker.partition.Partitions;
import io.millrace.cluster.ClusterSettings;
import io.millrace.cluster.LocalCluster;
import io.millrace.cluster.MetadataFailure;
import io.millrace.cluster.NodeIdentity;
import io.millrace.cluster.metadata.MetadataLevel;
import io.millrace.cluster.peer.PeerAddress;
import io.millrace.cluster.peer.PeerChannel;
import io.millrace.cluster.peer.PeerLink;
import io.millrace.cluster.queue.QueueLine;
import io.millrace.cluster.raft.RaftNode;
import io.millrace.cluster.raft.RaftSettings;
import io.millrace.log.LogDirectory;
import io.millrace.model.Clock;
import io.millrace.model.InvariantViolation;
import io.millrace.model.Loop;
import io.millrace.model.Randomness;
import io.millrace.model.TopicId;
import io.millrace.server.census.Census;
import io.millrace.server.config.Endpoint;
import io.millrace.server.config.ServerConfig;
import io.millrace.server.loop.EventLoop;
import io.millrace.server.metrics.Metrics;
import io.millrace.server.net.NetworkLoops;
import io.millrace.server.partition.ClusterReplicas;
import io.millrace.server.partition.DiskSettings;
import io.millrace.server.partition.ReplicaPorts;
import io.millrace.server.peer.GoneNodes;
import io.millrace.server.peer.LivesFile;
import io.millrace.server.peer.Neighbours;
import io.millrace.server.peer.NettyPeers;
import io.millrace.server.stream.ClusterPartitions;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The node's part in its cluster: the metadata, and the other nodes if there are any.
///
/// Owned by: the thread that starts and stops the node.
final class NodeCluster {
    private static final Logger LOG = LoggerFactory.getLogger(NodeCluster.class);
    private static final String LEVEL_MAX = "millrace.test.level-max";
    private static final long TELL_MS = 5_000;
    private static final long LOOK_MS = 50;

    /// Without a controller for so long, a node that stops does not wait for one.
    private static final long HEADLESS_MS_MAX = 1_000;

    private final RaftNode raft;
    private final @Nullable Neighbours neighbours;
    private final @Nullable GoneNodes gone;
    private final boolean autoVote;
    private final int knownSize;

    private NodeCluster(
            RaftNode raft, @Nullable Neighbours neighbours, @Nullable GoneNodes gone, boolean autoVote, int knownSize) {
        this.raft = raft;
        this.knownSize = knownSize;
        this.neighbours = neighbours;
        this.gone = gone;
        this.autoVote = autoVote;
    }

    /// What it is made from.
    ///
    /// @param kafka what Kafka clients are told to connect to
    /// @param directories the first one has the metadata
    /// @param callerLoop the loop replies to the calling thread go to
    /// @param onWaiting told what a first start among others waits for
    /// @param onFailure told when the metadata can not go on
    record Parts(
            ServerConfig config,
            Endpoint kafka,
            List<LogDirectory> directories,
            NetworkLoops loops,
            Supplier<Loop> callerLoop,
            Clock clock,
            Randomness randomness,
            Consumer<String> onWaiting,
            Consumer<Throwable> onFailure) {}

    /// Takes the port for other nodes and finds the cluster; at a first start among others that takes until they are
    /// there.
    static NodeCluster open(Parts parts) throws IOException, InterruptedException {
        return parts.config().cluster().isAmongOthers() ? among(parts) : alone(parts);
    }

    private static NodeCluster alone(Parts parts) throws IOException {
        LogDirectory first = parts.directories().getFirst();
        Neighbours.requireNone(first);
        List<TopicId> others = parts.directories().stream()
                .skip(1)
                .map(LogDirectory::directoryId)
                .toList();
        NodeIdentity identity =
                new NodeIdentity(first.clusterId(), parts.config().node().id(), first.directoryId(), others);
        RaftSettings settings = RaftSettings.alone(identity, Path.of(first.path()));
        return new NodeCluster(RaftNode.alone(parts(parts, settings)), null, null, false, 1);
    }

    private static NodeCluster among(Parts parts) throws IOException, InterruptedException {
        Neighbours neighbours = Neighbours.open(
                parts.config(),
                parts.loops(),
                parts.clock(),
                parts.directories().getFirst(),
                TopicId.random(parts.randomness()));
        LOG.info("event=listening-for-nodes address={}", neighbours.address());
        RaftSettings settings = neighbours.join(parts.directories(), parts.onWaiting());
        RaftNode raft = RaftNode.among(parts(parts, settings), neighbours.peers(), neighbours.loop());
        GoneNodes gone = new GoneNodes(
                raft.cluster(),
                neighbours.peers(),
                neighbours.loop(),
                parts.config().node().id());
        raft.whenLeading(gone::lookAtAll);
        keepLives(neighbours.lives(), raft);
        neighbours.serveMetadata(raft.metadataDesk());
        neighbours.serveCalls(raft.cluster(), gone);
        int named = parts.config().cluster().nodes().size();
        return new NodeCluster(
                raft,
                neighbours,
                gone,
                parts.config().cluster().autoVote(),
                Math.max(named, settings.initialVoters().size()));
    }

    /// Before this node registers its folder has to know it: by that an older copy of the folder is told.
    private static void keepLives(LivesFile lives, RaftNode raft) throws IOException {
        LocalCluster cluster = raft.cluster();
        lives.begin(cluster.incarnation());
        Runnable note = () -> lives.heard(cluster.lives(), raft.voters());
        raft.whenVotersChange(note);
        cluster.subscribe((before, after, delta) -> {
            if (delta.nodesChanged()) {
                note.run();
            }
        });
    }

    private static RaftNode.Parts parts(Parts parts, RaftSettings settings) {
        return new RaftNode.Parts(
                settings,
                clusterSettings(parts, settings),
                parts.callerLoop(),
                parts.clock(),
                parts.randomness(),
                parts.onFailure());
    }

    private static ClusterSettings clusterSettings(Parts parts, RaftSettings settings) {
        ServerConfig config = parts.config();
        List<NodeView.Endpoint> endpoints = new ArrayList<>();
        endpoints.add(new NodeView.Endpoint(
                KafkaDoor.LISTENER, parts.kafka().host(), parts.kafka().port()));
        if (config.cluster().isAmongOthers()) {
            endpoints.add(new NodeView.Endpoint(
                    GoneNodes.LISTENER,
                    settings.address().host(),
                    settings.address().port()));
        }
        return new ClusterSettings(
                config.node().rack(),
                endpoints,
                NodeSettings.of(config, parts.kafka()),
                ClusterSettings.RECORDS_PER_SNAPSHOT,
                config.cluster().heartbeatMs(),
                config.cluster().sessionTimeoutMs(),
                known());
    }

    /// This build's newest level of the metadata; a system property lets tests of upgrades play an older build.
    private static MetadataLevel known() {
        return MetadataLevel.finalised(Map.of(
                MetadataLevel.FEATURE,
                Integer.getInteger(LEVEL_MAX, MetadataLevel.newest().number())));
    }

    /// Where other nodes connect; empty when there are none.
    Optional<InetSocketAddress> address() {
        return Optional.ofNullable(neighbours).map(Neighbours::address);
    }

    /// Nodes the cluster has as far as this one was told at its start, whether they have registered or not.
    int knownSize() {
        return knownSize;
    }

    /// For an operator: `1,2,3  leader 2`.
    static String words(QuorumReply reply) {
        if (!reply.outcome().isOk() || reply.quorum().voters().isEmpty()) {
            return "unknown: the controller does not answer";
        }
        List<String> voters = reply.quorum().voters().stream()
                .map(Member::nodeId)
                .sorted()
                .map(String::valueOf)
                .toList();
        return String.join(",", voters) + "  leader " + reply.quorum().leaderId();
    }

    LocalCluster cluster() {
        return raft.cluster();
    }

    /// What the node's replicas need of the cluster.
    ReplicaPorts replicaPorts(ServerConfig config, Clock clock, Metrics metrics) {
        int nodeId = config.node().id();
        DiskSettings disks = DiskSettings.of(raft.cluster(), clock, metrics);
        if (neighbours == null) {
            return ReplicaPorts.alone(nodeId, disks);
        }
        NettyPeers peers = neighbours.peers();
        metrics.gauge("peer_answer_memory_bytes", "Memory held by answers of other nodes", peers::answerBytes);
        return new ClusterReplicas(
                nodeId,
                raft.cluster(),
                peers,
                clock,
                metrics,
                disks,
                new ClusterReplicas.Settings(
                        NodeSettings.readsByRack(config), config.cluster().replicaLagMsMax()));
    }

    /// Starts the metadata log and waits until this node is registered and everything committed is applied.
    void awaitReady() throws IOException, InterruptedException {
        var ready = raft.start();
        long waitedMs = 0;
        while (true) {
            try {
                ready.get(TELL_MS, TimeUnit.MILLISECONDS);
                return;
            } catch (TimeoutException slow) {
                waitedMs += TELL_MS;
                LOG.warn("event=waiting-for-metadata waited-ms={}", waitedMs);
                if (neighbours != null) {
                    neighbours.tellWhoAnswers();
                }
            } catch (ExecutionException failed) {
                throw unusable(failed.getCause());
            }
        }
    }

    /// What the metadata says of itself is for operators; all else is a bug of ours.
    private static IOException unusable(@Nullable Throwable cause) {
        String why = cause instanceof MetadataFailure failure
                ? String.valueOf(failure.getMessage())
                : "the metadata log can not be used: " + cause;
        return new IOException(why, cause);
    }

    /// From now on other nodes may fetch records. The node serves, and claims its vote if it lost it with its disk.
    void serveRecords(Neighbours.Records sessions) {
        if (neighbours != null) {
            neighbours.serveRecords(sessions);
        }
        if (autoVote) {
            raft.claimVote();
        }
    }

    /// From now on other nodes may use this one's queues.
    void serveQueues(Neighbours.QueueDesks desks) {
        if (neighbours != null) {
            neighbours.serveQueues(desks);
        }
    }

    /// What management shows of all nodes; from now on the others may ask for this one's part.
    Census census(int nodeId, Census.Own own, Clock clock) {
        Neighbours others = neighbours;
        if (others == null) {
            return new Census(nodeId, own, raft.cluster(), NodeCluster::nobody, clock);
        }
        Census census = new Census(nodeId, own, raft.cluster(), others.peers(), clock);
        others.serveQuestions(census::answer);
        return census;
    }

    private static PeerLink nobody(Loop loop, PeerAddress to, PeerChannel channel) {
        throw new InvariantViolation("a node that is alone asks " + to);
    }

    /// Connections to the queues of another node.
    QueueLine.Dialler queueLine(EventLoop loop, int nodeId) {
        Neighbours others = neighbours;
        if (others == null) {
            throw new InvariantViolation("a node that is alone asks node " + nodeId);
        }
        return others.queueLines(loop, () -> address(nodeId));
    }

    private Optional<PeerAddress> address(int nodeId) {
        return PeerAddress.of(raft.cluster().current(), nodeId);
    }

    /// Partitions as streams use them on a loop, wherever they are led.
    Partitions anywhere(EventLoop loop, int nodeId, Partitions here, Clock clock) {
        return neighbours == null
                ? here
                : ClusterPartitions.on(loop, nodeId, here, raft.cluster(), neighbours.peers(), clock);
    }

    /// Hands over to other nodes what this one leads, while it still serves, for as long as `timeoutMs`.
    void leave(long timeoutMs) throws InterruptedException {
        if (gone == null) {
            return;
        }
        CountDownLatch left = new CountDownLatch(1);
        CompletableFuture<Boolean> isLast = gone.areAllGone();
        raft.cluster().leave(timeoutMs, left::countDown);
        awaitLeft(left, isLast);
        if (isLast.getNow(false)) {
            raft.othersAreGone();
        }
    }

    private void awaitLeft(CountDownLatch left, CompletableFuture<Boolean> isLast) throws InterruptedException {
        long headlessMs = 0;
        while (!left.await(LOOK_MS, TimeUnit.MILLISECONDS) && !isLast.getNow(false)) {
            boolean isHeadless = raft.cluster().current().controllerId() < 0
                    || !raft.cluster().hasMajority();
            headlessMs = isHeadless ? headlessMs + LOOK_MS : 0;
            if (headlessMs >= HEADLESS_MS_MAX) {
                LOG.warn("event=leave-incomplete reason=\"there is no controller to hand over to others\"");
                return;
            }
        }
    }

    /// Stops everything it started. What was acknowledged is on disk already.
    void stop() throws InterruptedException {
        raft.close();
        if (neighbours != null) {
            neighbours.stopAccepting();
            neighbours.stop();
        }
    }
}
