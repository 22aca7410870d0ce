package io.millrace.cluster.raft;

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
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.common.utils.internals.LogContext;
import org.apache.kafka.raft.Endpoints;
import org.apache.kafka.raft.KafkaRaftClient;
import org.apache.kafka.raft.MetadataLogConfig;
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
    private static final TopicPartition PARTITION = new TopicPartition("__cluster_metadata", 0);
    private static final SupportedVersionRange KRAFT_VERSIONS = new SupportedVersionRange((short) 0, (short) 1);

    /// Settings of the engine's log. The smallest segment it allows: what snapshots replaced goes early.
    private static final Map<String, Object> LOG_SETTINGS = Map.of(
            "metadata.log.segment.bytes", 16 << 20,
            "metadata.max.retention.bytes", 64 << 20,
            "metadata.max.retention.ms", 86_400_000L);

    /// The default linger of 25 ms would be the latency of every change.
    private static final Map<String, Object> QUORUM_SETTINGS = Map.of("controller.quorum.append.linger.ms", 0);

    private RaftEngine() {}

    /// The engine with what has to be closed beside it.
    record Opened(KafkaRaftClient<byte[]> client, RaftTimer timer, Metrics metrics) {}

    /// @param onDurable told the offset after the last record that is committed and on disk
    /// @throws IOException when the log is damaged or cannot be read or written
    static Opened open(RaftSettings settings, LongConsumer onDurable) throws IOException {
        Path folder = folder(settings);
        Files.createDirectories(folder);
        WriteProbe.check(folder, 0);
        prepare(folder, settings);
        CommittedOffset committed = CommittedOffset.open(folder);
        CommittedLogCheck.verify(folder, committed.offset());
        RaftTimer timer = new RaftTimer("millrace-raft-timer");
        Metrics metrics = new Metrics();
        DurableRaftLog log = new DurableRaftLog(openLog(settings, folder, timer), committed, onDurable);
        KafkaRaftClient<byte[]> client = client(settings, log, timer);
        client.initialize(Map.of(), new QuorumStateFile(folder), metrics, ignored -> {});
        return new Opened(client, timer, metrics);
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
                            endpoints(voter),
                            KRAFT_VERSIONS));
        }
        RecordsSnapshotWriter.Builder builder = new RecordsSnapshotWriter.Builder()
                .setLastContainedLogTimestamp(Time.SYSTEM.milliseconds())
                .setMaxBatchSizeBytes(1 << 16)
                .setRawSnapshotWriter(FileRawSnapshotWriter.create(folder, Snapshots.BOOTSTRAP_SNAPSHOT_ID))
                .setKraftVersion(KRaftVersion.KRAFT_VERSION_1)
                .setVoterSet(Optional.of(VoterSet.fromMap(nodes)));
        try (RecordsSnapshotWriter<byte[]> writer = builder.build(new OpaqueSerde())) {
            writer.freeze();
        }
    }

    private static Endpoints endpoints(RaftSettings.Voter voter) {
        return Endpoints.fromInetSocketAddresses(
                Map.of(NoPeers.LISTENER, InetSocketAddress.createUnresolved(voter.host(), voter.port())));
    }

    static Uuid uuid(TopicId id) {
        return new Uuid(id.mostSignificantBits(), id.leastSignificantBits());
    }

    private static KafkaRaftLog openLog(RaftSettings settings, Path folder, RaftTimer timer) throws IOException {
        return KafkaRaftLog.createLog(
                PARTITION,
                Uuid.METADATA_TOPIC_ID,
                folder.toFile(),
                Time.SYSTEM,
                timer,
                new MetadataLogConfig(new AbstractConfig(MetadataLogConfig.CONFIG_DEF, LOG_SETTINGS, false)),
                settings.identity().nodeId());
    }

    private static KafkaRaftClient<byte[]> client(RaftSettings settings, DurableRaftLog log, RaftTimer timer) {
        List<InetSocketAddress> bootstrap = settings.initialVoters().stream()
                .map(voter -> InetSocketAddress.createUnresolved(voter.host(), voter.port()))
                .toList();
        Endpoints own = settings.initialVoters().stream()
                .filter(voter -> voter.nodeId() == settings.identity().nodeId())
                .findFirst()
                .map(RaftEngine::endpoints)
                .orElse(Endpoints.empty());
        return PooledRaftClient.open(
                new PooledRaftClient.Local(
                        settings.identity().nodeId(),
                        uuid(settings.identity().directoryId()),
                        settings.identity().clusterId(),
                        bootstrap,
                        own,
                        KRAFT_VERSIONS,
                        new QuorumConfig(new AbstractConfig(QuorumConfig.CONFIG_DEF, QUORUM_SETTINGS, false))),
                new PooledRaftClient.Ports(new NoPeers(), log, new RaftBuffers(), Time.SYSTEM, timer),
                new OpaqueSerde(),
                new LogContext("[metadata] "));
    }
}
