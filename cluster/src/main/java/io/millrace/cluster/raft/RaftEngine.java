package io.millrace.cluster.raft;

import io.millrace.cluster.peer.PeerAddress;
import io.millrace.model.TopicId;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.feature.SupportedVersionRange;
import org.apache.kafka.common.metrics.Metrics;
import org.apache.kafka.common.utils.internals.LogContext;
import org.apache.kafka.raft.Endpoints;
import org.apache.kafka.raft.KafkaRaftClient;
import org.apache.kafka.raft.MetadataLogConfig;
import org.apache.kafka.raft.NetworkChannel;
import org.apache.kafka.raft.PooledRaftClient;
import org.apache.kafka.raft.QuorumConfig;
import org.apache.kafka.raft.ReplicaKey;
import org.apache.kafka.raft.VoterSet;
import org.apache.kafka.raft.internals.KafkaRaftLog;
import org.apache.kafka.server.common.KRaftVersion;
import org.apache.kafka.snapshot.FileRawSnapshotWriter;
import org.apache.kafka.snapshot.RecordsSnapshotWriter;
import org.apache.kafka.snapshot.Snapshots;

/// Builds a `KafkaRaftClient` of 4.4.0 on a folder, with the parts of it that are ours.
final class RaftEngine {
    static final TopicPartition PARTITION = new TopicPartition("__cluster_metadata", 0);
    static final SupportedVersionRange KRAFT_VERSIONS = new SupportedVersionRange((short) 0, (short) 1);

    /// After which a request to another node counts as unanswered. Longer than any answer waits on purpose.
    static final int REQUEST_TIMEOUT_MS = 1_000;

    /// Settings of the engine's log. The smallest segment it allows: what snapshots replaced goes early.
    private static final Map<String, Object> LOG_SETTINGS = Map.of(
            "metadata.log.segment.bytes", 16 << 20,
            "metadata.max.retention.bytes", 64 << 20,
            "metadata.max.retention.ms", 86_400_000L);

    /// The default linger of 25 ms would be the latency of every change.
    private static final Map<String, Object> ALONE = Map.of("controller.quorum.append.linger.ms", 0);

    /// A leader that is gone is replaced in about a second: nobody heard from it for the fetch timeout, then a vote. A
    /// fetch that finds nothing new is answered well before that.
    private static final Map<String, Object> AMONG_OTHERS = Map.of(
            "controller.quorum.append.linger.ms", 0,
            "controller.quorum.fetch.timeout.ms", 700,
            "controller.quorum.election.timeout.ms", 400,
            "controller.quorum.election.backoff.max.ms", 200,
            "controller.quorum.request.timeout.ms", REQUEST_TIMEOUT_MS);

    private static final int FETCH_WAIT_MS_MAX = 200;

    /// How old the mark of what is committed may be after a loss of power.
    private static final int MARK_SYNC_MS = 100;

    private RaftEngine() {}

    /// The engine with what has to be closed beside it.
    record Opened(KafkaRaftClient<byte[]> client, RaftBuffers buffers, RaftTimer timer, Metrics metrics) {}

    /// @param onDurable told the offset after the last record that is committed and on disk
    /// @throws IOException when the log is damaged or cannot be read or written
    static Opened open(RaftSettings settings, NetworkChannel network, LongConsumer onDurable) throws IOException {
        Path folder = folder(settings);
        layOut(settings);
        RaftTimer timer = new RaftTimer("millrace-raft-timer");
        CommittedOffset committed =
                CommittedOffset.open(folder, sync -> timer.schedule("sync-mark", sync, MARK_SYNC_MS, -1));
        CommittedLogCheck.verify(folder, committed.offset());
        Metrics metrics = new Metrics();
        DurableRaftLog log =
                new DurableRaftLog(openLog(settings, folder, timer), committed, new ActiveSegment(folder), onDurable);
        RaftBuffers buffers = new RaftBuffers();
        KafkaRaftClient<byte[]> client = client(settings, network, log, buffers, timer);
        client.initialize(Map.of(), new QuorumStateFile(folder), metrics, ignored -> {});
        return new Opened(client, buffers, timer, metrics);
    }

    /// Makes the folder of a log that does not exist yet; changes nothing in one that does.
    static void layOut(RaftSettings settings) throws IOException {
        Path folder = folder(settings);
        Files.createDirectories(folder);
        WriteProbe.check(folder, 0);
        prepare(folder, settings);
    }

    /// Where the engine's log lies.
    static Path folder(RaftSettings settings) {
        return settings.folder().resolve(PARTITION.toString());
    }

    /// Lays out a new log. The mark of what is committed comes first: a log without one was not made here, or lost it.
    private static void prepare(Path folder, RaftSettings settings) throws IOException {
        boolean isNew = !Files.exists(folder) || isEmpty(folder);
        if (isNew) {
            Files.createDirectories(folder);
            CommittedOffset.create(folder);
        } else if (!CommittedOffset.exists(folder)) {
            throw new IOException(folder + " has a metadata log but no file " + CommittedOffset.NAME
                    + ": it cannot be told how much of it was committed");
        }
        Path bootstrap = Snapshots.snapshotPath(folder, Snapshots.BOOTSTRAP_SNAPSHOT_ID);
        if (!settings.initialVoters().isEmpty() && isFresh(folder) && !Files.exists(bootstrap)) {
            writeBootstrap(folder, settings.initialVoters());
        }
    }

    private static boolean isEmpty(Path folder) throws IOException {
        try (var files = Files.list(folder)) {
            return files.findAny().isEmpty();
        }
    }

    /// Nothing but the mark (and what a crash left of it): the first start did not get further.
    private static boolean isFresh(Path folder) throws IOException {
        try (var files = Files.list(folder)) {
            return files.allMatch(file -> file.getFileName().toString().startsWith(CommittedOffset.NAME)
                    || file.getFileName().toString().endsWith(".part"));
        }
    }

    /// The voters a cluster starts with, as a snapshot before the first record; nodes that join later must not write
    /// it.
    private static void writeBootstrap(Path folder, List<RaftSettings.Voter> voters) {
        Map<Integer, VoterSet.VoterNode> nodes = new HashMap<>();
        for (RaftSettings.Voter voter : voters) {
            nodes.put(
                    voter.nodeId(),
                    VoterSet.VoterNode.of(
                            ReplicaKey.of(voter.nodeId(), uuid(voter.directoryId())),
                            endpoints(voter.address()),
                            KRAFT_VERSIONS));
        }
        RecordsSnapshotWriter.Builder builder = new RecordsSnapshotWriter.Builder()
                .setLastContainedLogTimestamp(SteadyTime.OF_PROCESS.milliseconds())
                .setMaxBatchSizeBytes(1 << 16)
                .setRawSnapshotWriter(FileRawSnapshotWriter.create(folder, Snapshots.BOOTSTRAP_SNAPSHOT_ID))
                .setKraftVersion(KRaftVersion.KRAFT_VERSION_1)
                .setVoterSet(Optional.of(VoterSet.fromMap(nodes)));
        try (RecordsSnapshotWriter<byte[]> writer = builder.build(new OpaqueSerde())) {
            writer.freeze();
        }
    }

    static Endpoints endpoints(PeerAddress address) {
        return Endpoints.fromInetSocketAddresses(Map.of(PeerNetwork.LISTENER, unresolved(address)));
    }

    private static InetSocketAddress unresolved(PeerAddress address) {
        return InetSocketAddress.createUnresolved(address.host(), address.port());
    }

    static Uuid uuid(TopicId id) {
        return new Uuid(id.mostSignificantBits(), id.leastSignificantBits());
    }

    private static KafkaRaftLog openLog(RaftSettings settings, Path folder, RaftTimer timer) throws IOException {
        return KafkaRaftLog.createLog(
                PARTITION,
                Uuid.METADATA_TOPIC_ID,
                folder.toFile(),
                SteadyTime.OF_PROCESS,
                timer,
                new MetadataLogConfig(new AbstractConfig(MetadataLogConfig.CONFIG_DEF, LOG_SETTINGS, false)),
                settings.identity().nodeId());
    }

    private static KafkaRaftClient<byte[]> client(
            RaftSettings settings, NetworkChannel network, DurableRaftLog log, RaftBuffers buffers, RaftTimer timer) {
        List<PeerAddress> known = settings.isAlone() ? List.of(settings.address()) : settings.known();
        return PooledRaftClient.open(
                new PooledRaftClient.Local(
                        settings.identity().nodeId(),
                        uuid(settings.identity().directoryId()),
                        settings.identity().clusterId(),
                        known.stream().map(RaftEngine::unresolved).toList(),
                        endpoints(settings.address()),
                        KRAFT_VERSIONS,
                        FETCH_WAIT_MS_MAX,
                        new QuorumConfig(new AbstractConfig(
                                QuorumConfig.CONFIG_DEF, settings.isAlone() ? ALONE : AMONG_OTHERS, false))),
                new PooledRaftClient.Ports(network, log, buffers, SteadyTime.OF_PROCESS, timer),
                new OpaqueSerde(),
                new LogContext("[metadata] "));
    }
}
