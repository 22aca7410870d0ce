package io.millrace.server;

import io.millrace.broker.catalog.Outcome;
import io.millrace.broker.group.GroupCoordinator;
import io.millrace.broker.group.ShardHome;
import io.millrace.broker.partition.Partitions;
import io.millrace.cluster.LocalCluster;
import io.millrace.cluster.controller.RaiseLeaderEpochs.Behind;
import io.millrace.console.port.ClusterView;
import io.millrace.console.port.ClusterView.ListenerRow;
import io.millrace.log.disk.StorageException;
import io.millrace.model.Loop;
import io.millrace.model.TopicPartition;
import io.millrace.server.amqp.NodeAmqp;
import io.millrace.server.clean.CleanerLoop;
import io.millrace.server.config.ServerConfig;
import io.millrace.server.http.Health;
import io.millrace.server.loop.EventLoop;
import io.millrace.server.loop.UnpackLoop;
import io.millrace.server.metrics.Metrics;
import io.millrace.server.net.NetworkLoops;
import io.millrace.server.partition.CatalogFollower;
import io.millrace.server.partition.LogDirectories;
import io.millrace.server.partition.NodePartitions;
import io.millrace.server.partition.PartitionHost;
import io.millrace.server.partition.PartitionHosts;
import io.millrace.server.partition.ReplicaGauges;
import io.millrace.server.partition.ReplicaPorts;
import io.millrace.server.partition.VmStat;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One running node: everything is made and wired here, in the order in which it comes to life, and stopped in reverse.
///
/// Owned by: the thread that starts and stops it.
public final class Node {
    private static final Logger LOG = LoggerFactory.getLogger(Node.class);

    private final ServerConfig config;
    private final MachineClock clock = new MachineClock();
    private final MachineRandomness randomness = new MachineRandomness();
    private final LogDirectories directories;
    private final NetworkLoops loops;
    private final UnpackLoop unpackers;
    private final ReplicaPorts replicaPorts;
    private final PartitionHosts hosts;
    private final KafkaDoor kafka;
    private final NodeCluster membership;
    private final GroupCoordinator groups;
    private final LocalCluster cluster;
    private final AmqpDoor amqp;
    private final ManagementDoor management = new ManagementDoor();
    private final Housekeeping housekeeping;
    private final Monitoring monitoring;
    private final Metrics metrics;
    private final Health health;
    private final QuorumReport report;
    private final CompletableFuture<@Nullable Void> failed = new CompletableFuture<>();
    private final CleanerLoop cleaner;

    /// Starts a node; returns when it serves.
    ///
    /// @throws IOException when a folder or a port can not be had; the process is expected to end then
    public static Node start(ServerConfig config) throws IOException, InterruptedException {
        var monitoring = new Monitoring();
        boolean isStarted = false;
        try {
            Node node = new Node(config, monitoring);
            isStarted = true;
            return node;
        } catch (StorageException refused) {
            throw new IOException(refused.getMessage(), refused);
        } finally {
            if (!isStarted) {
                monitoring.stop();
            }
        }
    }

    private Node(ServerConfig wanted, Monitoring monitoring) throws IOException, InterruptedException {
        this.monitoring = monitoring;
        this.metrics = monitoring.metrics();
        this.health = monitoring.health();
        this.config = NodeSettings.fitted(wanted);
        this.directories = NodeDisks.open(config, clock, randomness);
        this.loops = new NetworkLoops(
                config.network().eventLoopsOn(Runtime.getRuntime().availableProcessors()));
        this.unpackers = new UnpackLoop(Runtime.getRuntime().availableProcessors());
        this.kafka = KafkaDoor.bind(loops, config, clock, metrics);
        this.amqp = AmqpDoor.bind(loops, NodeSettings.limits(config), config);
        monitoring.listen(config.listeners().http());
        this.membership = NodeCluster.open(clusterParts());
        this.cluster = membership.cluster();
        this.report = new QuorumReport(cluster, clock);
        this.replicaPorts = membership.replicaPorts(config, clock, metrics);
        this.hosts = new PartitionHosts(loops.all().stream()
                .map(loop -> new PartitionHost(loop, unpackers, clock, metrics, VmStat.ofThisMachine(), replicaPorts))
                .toList());
        this.housekeeping = new Housekeeping(hosts, directories, config, clock);
        health.watch(housekeeping::disksTakeRecords, housekeeping::damagedLogs, report::reason);
        this.cleaner = new CleanerLoop(hosts, config.storage(), clock, randomness, metrics);
        showMetrics();
        if (membership.address().isPresent()) {
            report.logOn(loops.all().getFirst());
        }
        this.groups = serve();
        health.become(Health.Phase.READY);
    }

    private NodeCluster.Parts clusterParts() throws IOException {
        return new NodeCluster.Parts(
                config,
                kafka.advertised(),
                directories.all().stream().map(LogDirectories.Disk::directory).toList(),
                loops,
                this::callerLoop,
                clock,
                randomness,
                health::waitsFor,
                this::onMetadataFailure);
    }

    /// Without its metadata a node is of no use and can not recover by itself: it says so and ends.
    private void onMetadataFailure(Throwable failure) {
        LOG.error("event=metadata-failed reason=\"{}\"", failure.getMessage(), failure);
        health.become(Health.Phase.FAILED);
        failed.complete(null);
    }

    /// Runs `action` once the node has failed and should be stopped.
    public void whenFailed(Runnable action) {
        failed.thenRun(action);
    }

    /// The loop a call comes from: replies go back there. A call from outside the loops is answered on the first.
    private Loop callerLoop() {
        List<EventLoop> all = loops.all();
        for (EventLoop loop : all) {
            if (loop.isOwned()) {
                return loop;
            }
        }
        return all.getFirst();
    }

    private void showMetrics() {
        new ReplicaGauges(config.node().id(), cluster, clock, hosts).register(metrics);
        report.register(metrics);
        metrics.gauge("open_segment_files", "Segment files open", directories::openFiles);
        metrics.gauge("disk_flush_threads", "Flush jobs that may run at once, all disks", directories::flushThreads);
        metrics.gauge("stray_folders", "Partition folders that belong to no topic", directories::strayCount);
        metrics.gauge(
                "partitions",
                "Partitions in the metadata",
                () -> cluster.current().topics().stream()
                        .mapToLong(topic -> topic.partitions().size())
                        .sum());
    }

    private GroupCoordinator serve() throws IOException, InterruptedException {
        DeletedTopics deleted = DeletedTopics.listenTo(cluster);
        membership.awaitReady();
        CatalogFollower follower = new CatalogFollower(replicaPorts, hosts, directories);
        deleted.settle(follower::deleteGone);
        List<Behind> behind = follower.openAll(cluster.current().topics());
        Map<PartitionHost, NodePartitions> partitions = new LinkedHashMap<>();
        for (PartitionHost host : hosts.all()) {
            partitions.put(
                    host,
                    new NodePartitions(
                            config.node().id(), host.loop(), hosts, cluster, directories, replicaPorts, clock));
        }
        GroupCoordinator groups = NodeGroups.open(
                config.node().id(),
                membership.knownSize(),
                config.groups(),
                cluster,
                id -> homeOf(id, partitions),
                clock,
                randomness);
        groups.loadAll();
        NodeAmqp sessions = new NodeAmqp(
                config,
                cluster,
                membership::queueLine,
                hosts,
                loop -> portOn(loop, partitions),
                loop -> membership.anywhere(loop, config.node().id(), portOn(loop, partitions), clock),
                loops.all(),
                housekeeping::disksHaveRoom,
                clock,
                randomness);
        cluster.subscribe((before, after, delta) -> {
            sessions.onChange(delta);
            follower.onChange(after, delta);
            NodeGroups.onChange(groups, delta);
        });
        goOnBehind(behind);
        partitions.forEach((host, port) -> kafka.serve(host.loop(), port, cluster, groups, randomness));
        awaitServing();
        follower.openRefused(); // first thing: this node was perhaps made the leader of what it could not open
        housekeeping.start(follower);
        cleaner.start();
        membership.serveRecords(kafka::openRecords);
        membership.serveQueues(sessions::desk);
        var managed = new ManagementDoor.Parts(
                config,
                cluster,
                sessions,
                listeners -> vitals(listeners, sessions),
                otherListeners(),
                own -> membership.census(config.node().id(), own, clock),
                clock,
                randomness);
        management.importDefinitions(managed);
        amqp.accept(sessions, metrics);
        kafka.accept();
        management.open(managed);
        return groups;
    }

    private ClusterView vitals(List<ListenerRow> listeners, NodeAmqp sessions) {
        return new NodeVitals(
                config.node().id(), cluster, listeners, directories::usableBytes, sessions::alarms, health::reason);
    }

    /// By the names RabbitMQ has for them.
    private Map<String, InetSocketAddress> otherListeners() {
        Map<String, InetSocketAddress> open = new LinkedHashMap<>();
        amqpAddress().ifPresent(address -> open.put("amqp", address));
        open.put(KafkaDoor.LISTENER, kafkaAddress());
        clusterAddress().ifPresent(address -> open.put("clustering", address));
        return open;
    }

    /// Folders that were moved here from another cluster: leads on behind the epochs in them, before a client looks.
    private void goOnBehind(List<Behind> partitions) throws IOException, InterruptedException {
        if (partitions.isEmpty()) {
            return;
        }
        CompletableFuture<Outcome> raised = new CompletableFuture<>();
        cluster.raiseLeaderEpochs(partitions, raised::complete);
        try {
            Outcome outcome = raised.get();
            if (!outcome.isOk()) {
                // To lead on would hand out epochs below those that readers find in the records.
                throw new IOException("leader epochs can not be raised: " + outcome.message() + " (" + outcome.error()
                        + "); the folders of " + partitions.size()
                        + " partition(s) hold later leader epochs than the metadata");
            }
            LOG.info("event=leader-epochs-raised partitions={}", partitions.size());
        } catch (ExecutionException failed) {
            throw new IOException("leader epochs can not be raised: " + failed.getCause(), failed.getCause());
        }
    }

    /// Waits until the controller lets this node lead, which it does once the logs are open.
    private void awaitServing() throws IOException, InterruptedException {
        CompletableFuture<@Nullable Void> serving = new CompletableFuture<>();
        cluster.serve(hosts::whenPassed, () -> serving.complete(null));
        try {
            CompletableFuture.anyOf(serving, failed).get();
        } catch (ExecutionException impossible) {
            throw new IOException("the cluster does not let this node serve: " + impossible.getCause(), impossible);
        }
        if (!serving.isDone()) {
            throw new IOException("the metadata log failed before this node could serve");
        }
    }

    private static Partitions portOn(EventLoop loop, Map<PartitionHost, NodePartitions> partitions) {
        return partitions.entrySet().stream()
                .filter(entry -> entry.getKey().loop() == loop)
                .map(Map.Entry::getValue)
                .findFirst()
                .orElseThrow();
    }

    private ShardHome homeOf(TopicPartition id, Map<PartitionHost, NodePartitions> partitions) {
        PartitionHost host = hosts.of(id);
        return new ShardHome(
                host.loop(),
                Objects.requireNonNull(partitions.get(host), "no port on this loop"),
                () -> replicaPorts.mayLead(clock.monotonicMs()));
    }

    public InetSocketAddress kafkaAddress() {
        return kafka.address();
    }

    /// Empty when the AMQP listener is off.
    public Optional<InetSocketAddress> amqpAddress() {
        return amqp.address();
    }

    /// That with TLS; empty when it is off.
    public Optional<InetSocketAddress> amqpsAddress() {
        return amqp.tlsAddress();
    }

    /// Empty when the management listener is off.
    public Optional<InetSocketAddress> managementAddress() {
        return management.address();
    }

    /// Empty when the HTTP listener is off.
    public Optional<InetSocketAddress> httpAddress() {
        return monitoring.address();
    }

    public String clusterId() {
        return cluster.current().clusterId();
    }

    /// Where other nodes connect; empty when there are none.
    public Optional<InetSocketAddress> clusterAddress() {
        return membership.address();
    }

    /// Who votes in the metadata quorum and who leads it, in words for an operator.
    public CompletableFuture<String> quorum() {
        CompletableFuture<String> words = new CompletableFuture<>();
        cluster.quorum(reply -> words.complete(NodeCluster.words(reply)));
        return words;
    }

    /// Stops accepting, sends away who waits for other members of a group, lets requests under way finish, writes
    /// everything out and marks the shutdown clean.
    public void stop() throws InterruptedException {
        LOG.info("event=stopping");
        health.become(Health.Phase.DRAINING);
        report.stop();
        membership.leave(config.node().drainMs());
        management.stop();
        kafka.stopAccepting();
        amqp.stop(config.node().drainMs());
        groups.drain();
        kafka.closeConnections(config.node().drainMs());
        housekeeping.stop();
        cleaner.stop();
        NodeShutdown.closeLogs(hosts, directories);
        membership.stop();
        loops.stop();
        unpackers.stop();
        monitoring.stop();
        LOG.info("event=stopped");
    }
}
