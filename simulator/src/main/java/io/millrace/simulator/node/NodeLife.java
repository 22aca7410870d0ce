package io.millrace.simulator.node;

import io.millrace.broker.catalog.Catalog;
import io.millrace.broker.catalog.NodeView;
import io.millrace.cluster.CatalogCell;
import io.millrace.cluster.ClusterPorts;
import io.millrace.cluster.ClusterSettings;
import io.millrace.cluster.LeaseCell;
import io.millrace.cluster.LocalCluster;
import io.millrace.cluster.NodeIdentity;
import io.millrace.cluster.PlainCatalogCell;
import io.millrace.cluster.PlainLeaseCell;
import io.millrace.cluster.metadata.MetadataImage;
import io.millrace.cluster.replica.Racks;
import io.millrace.cluster.replica.ReplicaContext;
import io.millrace.cluster.replica.ReplicaFetched;
import io.millrace.cluster.replica.Throttles;
import io.millrace.log.LogDirectory;
import io.millrace.log.disk.MemoryDisk;
import io.millrace.model.Clock;
import io.millrace.model.Loop;
import io.millrace.model.TopicId;
import io.millrace.model.TopicPartition;
import io.millrace.simulator.client.ClientAnswer;
import io.millrace.simulator.client.ClientCall;
import io.millrace.simulator.disk.SimDisk;
import io.millrace.simulator.disk.SimDiskLoop;
import io.millrace.simulator.net.SimNetwork;
import io.millrace.simulator.net.SimNetwork.Desk;
import io.millrace.simulator.quorum.SimMetadataLog;
import io.millrace.simulator.world.SimLoop;
import io.millrace.testkit.SeededRandomness;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// One process: from its start to its end by whatever cause.
///
/// Owned by: the thread of the simulation.
public final class NodeLife {
    static final String DATA = "/data";

    private static final String CLUSTER_ID = "c2ltdWxhdGVkQ2x1c3Rlcg";
    private static final int OPEN_FILES_MAX = 64;
    private static final int RECORDS_PER_SNAPSHOT = 60;
    private static final int TICK_MS = 100;
    private static final long LEAVE_MS = 3_000;
    private static final int CHECKPOINT_MS = 1_500;
    private static final int RETENTION_MS = 2_500;

    private final Stage stage;
    private final int nodeId;
    private final String name;
    private final Clock clock;
    private final SimLoop metadataLoop;
    private final SimLoop dataLoop;
    private final SimDisk disk;
    private final SimDiskLoop diskLoop;
    private final Runnable onFailed;
    private final LogDirectory directory;
    private final LocalCluster cluster;
    private final LeaseCell lease = new PlainLeaseCell();
    private @Nullable SimHost host;
    private boolean isServing;

    /// How a process may end by itself.
    ///
    /// @param onDied the disk said that it ends here
    /// @param onFailed it can not go on, and says so
    record Ends(Runnable onDied, Runnable onFailed) {}

    /// @param number counts the lives of a node
    NodeLife(Stage stage, int nodeId, int number, MemoryDisk files, Clock clock, int dieAfter, Ends ends) {
        this.stage = stage;
        this.nodeId = nodeId;
        this.clock = clock;
        this.name = "node " + nodeId + "." + number;
        this.onFailed = ends.onFailed();
        Runnable onDied = ends.onDied();
        this.metadataLoop = new SimLoop(stage.world(), name + " metadata", onDied, () -> {});
        this.dataLoop = new SimLoop(stage.world(), name, onDied, this::afterTurn);
        this.disk = new SimDisk(files, stage.sabotage() == Sabotage.LYING_DISK);
        disk.dieAfter(dieAfter);
        this.diskLoop = new SimDiskLoop(stage.world(), disk, name, onDied);
        SeededRandomness chance = stage.world().chance(name);
        this.directory =
                LogDirectory.open(disk, DATA, new LogDirectory.Settings(nodeId, CLUSTER_ID, OPEN_FILES_MAX), chance);
        ClusterSettings settings = settings(stage.clusterConfigs(), nodeId);
        var identity = new NodeIdentity(CLUSTER_ID, nodeId, directory.directoryId());
        CatalogCell published = new PlainCatalogCell(LocalCluster.empty(identity, settings));
        SimMetadataLog log = stage.quorum().open(nodeId);
        this.cluster = new LocalCluster(
                identity,
                settings,
                new ClusterPorts(
                        log,
                        new ControlLinks(stage.network(), nodeId, metadataLoop),
                        metadataLoop,
                        this::callerLoop,
                        published,
                        lease,
                        clock,
                        chance));
    }

    private static ClusterSettings settings(Map<String, String> configs, int nodeId) {
        return new ClusterSettings(
                "rack" + nodeId % 2,
                List.of(
                        new NodeView.Endpoint("kafka", "node", 10_000 + nodeId),
                        new NodeView.Endpoint(NodeView.CLUSTER_LISTENER, "node", nodeId)),
                configs,
                RECORDS_PER_SNAPSHOT);
    }

    /// What a node knows before the first record.
    public static MetadataImage emptyImage(Map<String, String> configs) {
        return LocalCluster.empty(new NodeIdentity(CLUSTER_ID, 0, TopicId.NONE), settings(configs, 0));
    }

    private Loop callerLoop() {
        SimLoop running = stage.world().running();
        return running == null ? dataLoop : running;
    }

    /// Opens its ears and joins its cluster.
    void start() {
        Desk<ByteBuffer, ByteBuffer> control = (_, call, reply) ->
                cluster.onCall(ControlLinks.copy(call), answer -> reply.send(ControlLinks.copy(answer)));
        stage.network()
                .listen(
                        nodeId,
                        new SimNetwork.Listening(
                                Map.of(ControlLinks.CHANNEL, control, "records", recordsDesk(), "client", clientDesk()),
                                this::onBroken));
        stage.checks().born(this);
        cluster.start(() -> dataLoop.post(this::open), failure -> {
            stage.world().note("%s gives up: %s", name, String.valueOf(failure.getMessage()));
            stage.world().after(0, onFailed);
        });
    }

    private @Nullable ReplicaDesk replicaDesk;
    private @Nullable ClientDesk clientDesk;

    private Desk<ReplicaCall, ReplicaFetched> recordsDesk() {
        return (from, call, reply) -> dataLoop.post(() -> {
            ReplicaDesk desk = replicaDesk;
            if (desk == null) {
                reply.send(new ReplicaFetched.SessionLost());
            } else {
                desk.onRequest(from, call, reply);
            }
        });
    }

    private Desk<ClientCall, ClientAnswer> clientDesk() {
        return (_, call, reply) -> dataLoop.post(() -> {
            ClientDesk desk = clientDesk;
            if (desk != null) {
                desk.onRequest(call, reply);
            }
        });
    }

    /// A node whose connection broke, and where nobody listens any more, is gone; a controller wants to know.
    private void onBroken(int from, String channel) {
        if (channel.equals(ControlLinks.CHANNEL)) {
            stage.network().probe(nodeId, from, isRefused -> {
                if (isRefused && !metadataLoop.isDead()) {
                    metadataLoop.post(() -> cluster.suspect(from));
                }
            });
        }
    }

    private void open() {
        var context = new ReplicaContext(
                nodeId,
                clock,
                this::isEligible,
                Racks.UNUSED,
                new InSyncCalls(stage, cluster),
                Throttles.NONE,
                stage.lagMsMax());
        SimHost opened = new SimHost(
                stage.world(),
                dataLoop,
                diskLoop,
                directory,
                context,
                leader -> new ReplicaLink(
                        stage.network().link(nodeId, leader, "records", dataLoop::post),
                        this::nodeEpoch,
                        stage.sabotage() == Sabotage.NO_TRUNCATION),
                stage.sabotage());
        host = opened;
        replicaDesk = new ReplicaDesk(dataLoop, opened, stage.answerBytesMax());
        clientDesk = new ClientDesk(
                dataLoop,
                opened,
                clock,
                stage.sabotage() == Sabotage.UNFENCED_LEADER ? _ -> true : cluster.standing(),
                stage.sabotage() == Sabotage.EARLY_ACKNOWLEDGEMENT,
                partition -> stage.checks().appended(this, partition));
        opened.follow(cluster.current());
        disk.live();
        cluster.subscribe((before, after, delta) -> dataLoop.post(() -> opened.follow(cluster.current())));
        cluster.serve(dataLoop::post, () -> {
            isServing = true;
            stage.world().note("%s serves", name);
        });
        every(TICK_MS, opened::tick);
        every(TICK_MS * 5, () -> opened.follow(cluster.current()));
        every(CHECKPOINT_MS, opened::checkpoint);
        every(RETENTION_MS, opened::retain);
    }

    private void every(int ms, Runnable what) {
        dataLoop.after(ms, () -> {
            what.run();
            every(ms, what);
        });
    }

    private boolean isEligible(int node, long epoch) {
        return view(node)
                .filter(view -> view.isActive() && view.epoch() == epoch)
                .isPresent();
    }

    private Optional<NodeView> view(int node) {
        return cluster.current().nodes().stream()
                .filter(view -> view.id() == node)
                .findFirst();
    }

    private long nodeEpoch() {
        return view(nodeId).map(NodeView::epoch).orElse(-1L);
    }

    private void afterTurn() {
        SimHost mine = host;
        if (mine != null) {
            stage.checks().afterTurn(this, mine);
        }
    }

    public int nodeId() {
        return nodeId;
    }

    /// Whether its replica of a partition has everything that is committed, and knows it.
    public boolean hasAll(TopicPartition id) {
        Hosted hosted = hosted(id);
        return hosted != null
                && (stage.history().isLossy(id)
                        || hosted.partition.highWatermark() >= stage.history().committedEnd(id));
    }

    /// Its replica of a partition, for a report.
    public String describe(TopicPartition id) {
        Hosted hosted = hosted(id);
        if (hosted == null) {
            return "none";
        }
        var log = hosted.partition.log();
        return "%d..%d, written %d, durable %d, high watermark %d, position %s, failed %s, cut %s, idle %s, %s"
                .formatted(
                        log.startOffset(),
                        log.endOffset(),
                        log.writtenOffset(),
                        log.durableOffset(),
                        hosted.partition.highWatermark(),
                        hosted.partition.followPosition(),
                        log.isFailed(),
                        log.isBeingCut(),
                        hosted.isIdle(),
                        hosted.partition.assignment());
    }

    @Nullable
    Hosted hosted(TopicPartition id) {
        SimHost mine = host;
        return mine == null ? null : mine.find(id);
    }

    public LocalCluster cluster() {
        return cluster;
    }

    public Catalog catalog() {
        return cluster.current();
    }

    /// Whether the controller has let it lead and follow.
    public boolean isServing() {
        return isServing;
    }

    /// Everything here is read by somebody.
    public void readThrough() {
        SimHost mine = host;
        if (mine != null) {
            dataLoop.post(mine::readThrough);
        }
    }

    /// Whether a replica here is known to be damaged.
    public boolean isDamaged(TopicPartition id) {
        Hosted hosted = hosted(id);
        return hosted != null && hosted.partition.isDamaged();
    }

    /// The disk does not end this process any more.
    void spare() {
        disk.live();
    }

    /// Hands over what it leads, closes its logs and its directory.
    void leave(Runnable stopped) {
        stage.world().note("%s leaves", name);
        cluster.leave(
                LEAVE_MS,
                () -> dataLoop.post(() -> {
                    Runnable end = () -> metadataLoop.post(() -> {
                        cluster.close();
                        stage.world().after(0, stopped);
                    });
                    SimHost mine = host;
                    if (mine == null) {
                        end.run();
                    } else {
                        mine.close(end);
                    }
                }));
    }

    /// The whole process stands still for a while.
    void standStill(long forNs) {
        metadataLoop.standStill(forNs);
        dataLoop.standStill(forNs);
    }

    void slowDisk(int ms, long forNs) {
        diskLoop.slow(ms, forNs);
    }

    /// The process is no more; what its disk jobs were at has got somewhere.
    void end() {
        stage.checks().died(this);
        metadataLoop.die();
        dataLoop.die();
        diskLoop.die();
    }

    @Override
    public String toString() {
        return name;
    }
}
