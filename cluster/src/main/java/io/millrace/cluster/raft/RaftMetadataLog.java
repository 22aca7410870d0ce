package io.millrace.cluster.raft;

import io.millrace.broker.catalog.ClusterChanges.QuorumView;
import io.millrace.broker.catalog.ClusterChanges.Voter;
import io.millrace.broker.catalog.Outcome;
import io.millrace.cluster.metadata.MetadataLevel;
import io.millrace.cluster.metadata.MetadataLog;
import io.millrace.cluster.metadata.MetadataRecord;
import io.millrace.cluster.metadata.RecordCodec;
import io.millrace.cluster.peer.PeerAddress;
import io.millrace.cluster.peer.PeerDesk;
import io.millrace.cluster.peer.Peers;
import io.millrace.model.ErrorKind;
import io.millrace.model.InvariantViolation;
import io.millrace.model.Loop;
import io.millrace.model.TopicId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SortedSet;
import java.util.function.Consumer;
import java.util.function.Function;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.RecordBatchTooLargeException;
import org.apache.kafka.raft.Batch;
import org.apache.kafka.raft.BatchReader;
import org.apache.kafka.raft.KafkaRaftClient;
import org.apache.kafka.raft.LeaderAndEpoch;
import org.apache.kafka.raft.NetworkChannel;
import org.apache.kafka.raft.RaftClient;
import org.apache.kafka.raft.errors.BufferAllocationException;
import org.apache.kafka.raft.errors.NotLeaderException;
import org.apache.kafka.snapshot.SnapshotReader;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The metadata log on `kafka-raft` 4.4.0. The engine runs on its own thread and hands everything to our loop at once;
/// there it waits until the disk has it, in the order the engine told it.
///
/// Owned by: the loop given to [#start(Loop, Listener)].
public final class RaftMetadataLog implements MetadataLog {
    private static final Logger LOG = LoggerFactory.getLogger(RaftMetadataLog.class);

    private static final int CLOSE_MS = 2_000;
    private static final int SNAPSHOT_WAIT_MS = 10_000;

    /// What the engine's format adds to a record at the most: lengths, deltas, and its share of a batch header.
    private static final int BYTES_PER_RECORD = 32;

    private static final Outcome NO_LISTENER =
            Outcome.refused(ErrorKind.UNSUPPORTED_VERSION, "This node has no listener for other voters.");

    private final RaftSettings settings;
    private final MetadataLevel known;
    private final NetworkChannel network;
    private final LeaderClaims claims;
    private final RaftDesk desk;
    private final VoterSetView voters;
    private final WriteProbe probe;
    private final Deque<Held> held = new ArrayDeque<>();
    private Proposed proposed = Proposed.NONE;
    private long durableEnd;
    private boolean failed;
    private RaftEngine.@Nullable Opened engine;
    private volatile @Nullable SnapshotThread snapshots;
    private Runnable onLeading = () -> {};
    private @Nullable QuorumCalls calls;
    private @Nullable RaftThread thread;
    private @Nullable Loop loop;
    private @Nullable Listener listener;
    private volatile boolean closed;
    private volatile boolean isLast;

    /// Of a node that has no others beside it.
    ///
    /// @param known the highest level of the metadata this build knows
    public RaftMetadataLog(RaftSettings settings, MetadataLevel known) {
        this(settings, known, _ -> new NoPeers());
    }

    /// @param known the highest level of the metadata this build knows
    /// @param answers where answers of other nodes arrive; not the metadata loop, which may be busy for longer than a
    ///     vote takes
    public RaftMetadataLog(RaftSettings settings, MetadataLevel known, Peers peers, Loop answers) {
        this(settings, known, claims -> new PeerNetwork(peers, answers, claims));
    }

    private RaftMetadataLog(
            RaftSettings settings, MetadataLevel known, Function<LeaderClaims, NetworkChannel> network) {
        this.settings = settings;
        this.known = known;
        this.claims = new LeaderClaims(settings.identity().nodeId());
        this.network = network.apply(claims);
        this.desk = new RaftDesk(claims);
        this.voters = new VoterSetView(settings.initialVoters());
        this.probe = new WriteProbe(RaftEngine.folder(settings));
    }

    /// The last batch of ours.
    private record Proposed(List<MetadataRecord> records, List<byte[]> encoded) {
        static final Proposed NONE = new Proposed(List.of(), List.of());

        /// Whether the engine hands out what it was given, not what it has read.
        boolean isIn(Batch<byte[]> batch) {
            List<byte[]> committed = batch.records();
            return !encoded.isEmpty()
                    && committed.size() == encoded.size()
                    && committed.getFirst() == encoded.getFirst()
                    && committed.getLast() == encoded.getLast();
        }
    }

    /// Something to tell once the log is on disk up to `untilOffset`.
    private record Held(long untilOffset, Runnable tell) {}

    @Override
    public void start(Loop loop, Listener listener) {
        this.loop = loop;
        this.listener = listener;
        try {
            RaftEngine.Opened opened =
                    RaftEngine.open(settings, network, durable -> loop.post(() -> onDurable(durable)));
            engine = opened;
            snapshots = new SnapshotThread(opened.client(), opened.buffers(), RaftEngine.folder(settings));
            claims.open(opened.client()::leaderAndEpoch);
            calls = new QuorumCalls(settings, opened.client(), network, voters::addressOf, loop);
            opened.client().register(new EngineListener());
            if (network instanceof PeerNetwork peers) {
                GoneLeader gone = new GoneLeader(settings, opened.client(), voters);
                peers.whenRefused(nodeId -> loop.post(() -> gone.onRefused(nodeId)));
            }
            RaftThread started = new RaftThread(opened.client(), this::fail);
            thread = started;
            started.start();
            desk.open(opened.client());
        } catch (IOException | UncheckedIOException | KafkaException | IllegalStateException e) {
            fail(e);
        }
    }

    @Override
    public AppendReply append(int epoch, List<MetadataRecord> batch) {
        started(loop).assertOwned();
        if (closed || failed) {
            return new AppendReply.NotLeader();
        }
        List<byte[]> encoded = encoded(batch);
        proposed = new Proposed(batch, encoded);
        // A larger batch is none: the engine says so before it writes.
        Optional<String> refusal = refusal(Math.min(sizeOf(encoded), KafkaRaftClient.MAX_BATCH_SIZE_BYTES));
        KafkaRaftClient<byte[]> client = started(engine).client();
        if (refusal.isPresent()) {
            return refused(client, epoch, refusal.get());
        }
        try {
            long lastOffset = client.prepareAppend(epoch, encoded);
            client.schedulePreparedAppend();
            return new AppendReply.Accepted(lastOffset);
        } catch (NotLeaderException e) {
            return new AppendReply.NotLeader();
        } catch (BufferAllocationException e) {
            return new AppendReply.Busy();
        } catch (RecordBatchTooLargeException e) {
            return new AppendReply.TooLarge();
        }
    }

    /// Alone a full disk is waited out. Among others it is for one of them to lead: a controller that can decide
    /// nothing fences nobody and elects nobody.
    private AppendReply refused(KafkaRaftClient<byte[]> client, int epoch, String why) {
        if (voters.ids().size() <= 1) {
            return new AppendReply.DiskRefused(why);
        }
        LOG.error("event=controller-resigns epoch={} reason=\"{}\"", epoch, why);
        client.resign(epoch);
        return new AppendReply.NotLeader();
    }

    private static List<byte[]> encoded(List<MetadataRecord> records) {
        return records.stream().map(RecordCodec::encode).toList();
    }

    static long sizeOf(List<byte[]> encoded) {
        long total = 0;
        for (byte[] record : encoded) {
            total += sizeOf(record);
        }
        return total;
    }

    static long sizeOf(byte[] encoded) {
        return (long) encoded.length + BYTES_PER_RECORD;
    }

    private Optional<String> refusal(long bytes) {
        try {
            probe.check(bytes);
            return Optional.empty();
        } catch (IOException refused) {
            return Optional.of(String.valueOf(refused.getMessage()));
        }
    }

    @Override
    public void writeSnapshot(Position last, Contents contents) {
        started(loop).assertOwned();
        if (!closed && !failed) {
            started(snapshots).write(last, contents);
        }
    }

    /// Waits for the snapshot under way. May be called from any thread.
    void awaitSnapshot() {
        SnapshotThread writing = snapshots;
        if (writing != null) {
            writing.await(SNAPSHOT_WAIT_MS);
        }
    }

    @Override
    public void quorum(Consumer<QuorumView> reply) {
        QuorumCalls ask = calls;
        if (ask == null || closed) {
            reply.accept(QuorumCalls.UNKNOWN);
        } else {
            ask.describe(reply);
        }
    }

    @Override
    public SortedSet<Integer> voters() {
        return voters.ids();
    }

    /// The same with their disks and addresses.
    void whenVotersChange(Runnable action) {
        voters.whenChanged(action);
    }

    List<RaftSettings.Voter> votersNow() {
        return voters.all();
    }

    @Override
    public Optional<PeerAddress> addressOf(int nodeId) {
        return voters.addressOf(nodeId);
    }

    @Override
    public void addVoter(Voter voter, Consumer<Outcome> reply) {
        Optional<PeerAddress> address = addressIn(voter);
        QuorumCalls ask = calls;
        if (settings.isAlone() || ask == null || closed) {
            reply.accept(NO_LISTENER);
        } else if (address.isEmpty()) {
            reply.accept(Outcome.refused(ErrorKind.INVALID_REQUEST, "The voter has no address."));
        } else {
            ask.addVoter(voter, address.get(), reply);
        }
    }

    /// Kafka's tools say it as the endpoint of a controller's listener; ours has one address.
    private static Optional<PeerAddress> addressIn(Voter voter) {
        return voter.endpoints().stream()
                .sorted(Comparator.comparing(endpoint -> !endpoint.listener().equals(PeerNetwork.LISTENER.value())))
                .map(endpoint -> new PeerAddress(endpoint.host(), endpoint.port()))
                .findFirst();
    }

    @Override
    public void removeVoter(int nodeId, TopicId directoryId, Consumer<Outcome> reply) {
        QuorumCalls ask = calls;
        if (ask == null || closed) {
            reply.accept(NO_LISTENER);
        } else {
            ask.removeVoter(nodeId, directoryId, reply);
        }
    }

    /// Runs `action` inside the loop whenever this node has become the leader. Called before the start.
    void whenLeading(Runnable action) {
        onLeading = action;
    }

    /// Where the engines of other nodes are answered. May be asked for before the start and from any thread.
    public PeerDesk desk() {
        return desk;
    }

    /// No other node runs: closing waits for no successor. May be called from any thread.
    void othersAreGone() {
        isLast = true;
    }

    @Override
    public void close() {
        closed = true;
        RaftEngine.Opened opened = engine;
        RaftThread running = thread;
        if (opened == null) {
            return;
        }
        awaitSnapshot();
        if (running != null) {
            running.close(isLast ? 0 : CLOSE_MS, CLOSE_MS);
        }
        desk.close(); // not before: a leader that stops waits to hear of the next one
        opened.client().close();
        opened.metrics().close();
        opened.timer().close();
    }

    /// Tells the listener that the log cannot go on; the first reason counts.
    private void fail(Throwable cause) {
        started(loop).post(() -> {
            if (!closed && !failed) {
                failed = true;
                held.clear();
                started(listener).onFailure("metadata log: " + cause.getMessage(), cause);
            }
        });
    }

    private void onDurable(long end) {
        durableEnd = Math.max(durableEnd, end);
        release();
    }

    private void hold(long untilOffset, Runnable tell) {
        held.add(new Held(untilOffset, tell));
        release();
    }

    private void release() {
        while (!closed && !failed && !held.isEmpty() && held.element().untilOffset() <= durableEnd) {
            held.remove().tell().run();
        }
    }

    /// Called on the Raft thread: hands off and returns. The engine offers the next batches when a reader was closed,
    /// so our loop sets the pace.
    private final class EngineListener implements RaftClient.Listener<byte[]> {
        @Override
        public void handleCommit(BatchReader<byte[]> reader) {
            started(loop).post(() -> {
                try (reader) {
                    while (reader.hasNext()) {
                        onBatch(reader.next());
                    }
                } catch (KafkaException | UncheckedIOException | IllegalStateException e) {
                    fail(e);
                }
            });
        }

        private void onBatch(Batch<byte[]> batch) {
            voters.apply(batch);
            List<MetadataRecord> records = recordsOf(batch);
            Position last = new Position(batch.lastOffset(), batch.epoch(), batch.appendTimestamp());
            hold(batch.lastOffset() + 1, () -> started(listener).onCommitted(last, records));
        }

        @Override
        public void handleLoadSnapshot(SnapshotReader<byte[]> reader) {
            started(loop).post(() -> {
                try (reader) {
                    List<MetadataRecord> records = new ArrayList<>();
                    while (reader.hasNext()) {
                        Batch<byte[]> batch = reader.next();
                        voters.apply(batch);
                        records.addAll(decoded(batch.records()));
                    }
                    Position last = new Position(
                            reader.lastContainedLogOffset(),
                            reader.lastContainedLogEpoch(),
                            reader.lastContainedLogTimestamp());
                    // A snapshot is fsynced before it gets its name: it has nothing to wait for.
                    hold(0, () -> started(listener).onSnapshot(last, records));
                } catch (KafkaException | UncheckedIOException | IllegalStateException e) {
                    fail(e);
                }
            });
        }

        @Override
        public void handleLoadBootstrap(SnapshotReader<byte[]> reader) {
            started(loop).post(() -> {
                try (reader) {
                    reader.forEachRemaining(voters::apply);
                } catch (KafkaException | UncheckedIOException | IllegalStateException e) {
                    fail(e);
                }
            });
        }

        @Override
        public void handleLeaderChange(LeaderAndEpoch leader) {
            OptionalInt leaderId = leader.leaderId();
            started(loop).post(() -> hold(0, () -> onLeader(leaderId, leader.epoch())));
        }

        private void onLeader(OptionalInt leaderId, int epoch) {
            if (leaderId.isPresent() && !settings.isAlone()) {
                LOG.info("event=controller-changed node={} epoch={}", leaderId.getAsInt(), epoch);
            }
            started(listener).onLeader(leaderId, epoch);
            if (leaderId.isPresent()
                    && leaderId.getAsInt() == settings.identity().nodeId()) {
                onLeading.run();
            }
        }
    }

    private List<MetadataRecord> recordsOf(Batch<byte[]> batch) {
        if (!proposed.isIn(batch)) {
            return decoded(batch.records());
        }
        List<MetadataRecord> ours = proposed.records();
        proposed = Proposed.NONE;
        return ours;
    }

    private List<MetadataRecord> decoded(List<byte[]> encoded) {
        List<MetadataRecord> records = new ArrayList<>(encoded.size());
        for (byte[] bytes : encoded) {
            switch (RecordCodec.decode(ByteBuffer.wrap(bytes), known)) {
                case RecordCodec.Decoded.Complete complete -> records.add(complete.record());
                case RecordCodec.Decoded.Malformed malformed ->
                    throw new IllegalStateException("a record can not be read: " + malformed.why());
            }
        }
        return records;
    }

    private static <T> T started(@Nullable T part) {
        if (part == null) {
            throw new InvariantViolation("metadata log used before its start");
        }
        return part;
    }
}
