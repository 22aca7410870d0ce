package io.millrace.cluster;

import io.millrace.broker.catalog.ClusterChanges.Member;
import io.millrace.broker.catalog.ClusterChanges.QuorumView;
import io.millrace.broker.catalog.ClusterChanges.Voter;
import io.millrace.broker.catalog.Outcome;
import io.millrace.cluster.metadata.MemoryMetadataLog;
import io.millrace.cluster.metadata.MetadataLog;
import io.millrace.cluster.metadata.MetadataLog.AppendReply;
import io.millrace.cluster.metadata.MetadataLog.Listener;
import io.millrace.cluster.metadata.MetadataLog.Position;
import io.millrace.cluster.metadata.MetadataRecord;
import io.millrace.cluster.metadata.RecordCodec;
import io.millrace.cluster.peer.PeerAddress;
import io.millrace.model.Clock;
import io.millrace.model.ErrorKind;
import io.millrace.model.InvariantViolation;
import io.millrace.model.Loop;
import io.millrace.model.Randomness;
import io.millrace.model.TopicId;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A metadata log of several voters in memory: what Raft promises, without Raft. Whoever
/// runs it says who is cut off and who is elected; batches arrive at each node in order, each in its own time.
///
/// A leader that is cut off goes on to accept batches, which are committed only when it is joined again before another
/// is elected. Of those under way at an election the new leader keeps as many as chance wants.
///
/// Owned by: one thread, whose loops all its nodes' logs are started on.
final class MemoryQuorum {
    private final SortedSet<Integer> voters;
    private final Map<Integer, PeerAddress> addresses;
    private final Clock clock;
    private final Randomness randomness;
    int delayMsMax;
    private final List<Batch> committed = new ArrayList<>();
    private final List<Batch> underWay = new ArrayList<>();
    private final Map<Integer, NodeLog> nodes = new TreeMap<>();
    private final SortedSet<Integer> cutOff = new TreeSet<>();
    private OptionalInt leader = OptionalInt.empty();
    private int epoch;

    /// @param addresses of all nodes that may ever be asked for; the voters are among them
    /// @param delayMsMax how late a batch may reach a node
    MemoryQuorum(
            SortedSet<Integer> voters,
            Map<Integer, PeerAddress> addresses,
            Clock clock,
            Randomness randomness,
            int delayMsMax) {
        this.voters = new TreeSet<>(voters);
        this.addresses = new TreeMap<>(addresses);
        this.clock = clock;
        this.randomness = randomness;
        this.delayMsMax = delayMsMax;
    }

    private record Batch(Position last, List<byte[]> records) {
        List<MetadataRecord> decoded() {
            List<MetadataRecord> decoded = new ArrayList<>(records.size());
            for (byte[] bytes : records) {
                switch (RecordCodec.decode(ByteBuffer.wrap(bytes))) {
                    case RecordCodec.Decoded.Complete complete -> decoded.add(complete.record());
                    case RecordCodec.Decoded.Malformed malformed -> throw new InvariantViolation(malformed.why());
                }
            }
            return decoded;
        }
    }

    /// The log of a new life of a node; the one of its life before must be closed.
    MetadataLog open(int nodeId) {
        if (leader.equals(OptionalInt.of(nodeId))) {
            leader = OptionalInt.empty(); // who restarts must be elected again
        }
        NodeLog log = new NodeLog(nodeId);
        nodes.put(nodeId, log);
        return log;
    }

    /// The node hears nothing any more, and nobody hears it.
    void cutOff(int nodeId) {
        cutOff.add(nodeId);
    }

    /// The node hears again, first who leads.
    void join(int nodeId) {
        cutOff.remove(nodeId);
        NodeLog log = nodes.get(nodeId);
        if (log != null) {
            log.announce();
            log.deliverSoon();
        }
        commitSoon();
    }

    /// The leader that the majority follows, if there is one.
    OptionalInt leader() {
        return leader;
    }

    /// Makes `nodeId` the leader, if a majority can vote for it. Answers whether it is.
    boolean elect(int nodeId) {
        if (!voters.contains(nodeId) || !isUp(nodeId) || !hasMajority()) {
            return false;
        }
        epoch++;
        int kept = randomness.nextInt(underWay.size() + 1);
        committed.addAll(underWay.subList(0, kept));
        underWay.clear();
        leader = OptionalInt.of(nodeId);
        for (NodeLog log : nodes.values()) {
            log.announce();
            log.deliverSoon();
        }
        return true;
    }

    private boolean isUp(int nodeId) {
        NodeLog log = nodes.get(nodeId);
        return log != null && log.isOpen() && !cutOff.contains(nodeId);
    }

    private boolean hasMajority() {
        return voters.stream().filter(this::isUp).count() > voters.size() / 2;
    }

    private long nextOffset() {
        List<Batch> last = underWay.isEmpty() ? committed : underWay;
        return last.isEmpty() ? 0 : last.getLast().last().offset() + 1;
    }

    private void commitSoon() {
        if (leader.isPresent() && isUp(leader.getAsInt())) {
            NodeLog log = node(leader.getAsInt());
            log.loop().after(randomness.nextInt(delayMsMax + 1), this::commit);
        }
    }

    private void commit() {
        if (leader.isPresent() && isUp(leader.getAsInt()) && hasMajority() && !underWay.isEmpty()) {
            committed.addAll(underWay);
            underWay.clear();
            nodes.values().forEach(NodeLog::deliverSoon);
        }
    }

    private NodeLog node(int nodeId) {
        NodeLog log = nodes.get(nodeId);
        if (log == null) {
            throw new InvariantViolation("no log was opened on node " + nodeId);
        }
        return log;
    }

    /// One node's log.
    ///
    /// Owned by: the loop it was started on.
    private final class NodeLog implements MetadataLog {
        private final int nodeId;
        private @Nullable Loop loop;
        private @Nullable Listener listener;
        private int delivered;
        private boolean isDelivering;
        private int announcedEpoch = -1;
        private boolean isClosed;

        NodeLog(int nodeId) {
            this.nodeId = nodeId;
        }

        boolean isOpen() {
            return loop != null && !isClosed;
        }

        Loop loop() {
            Loop started = loop;
            if (started == null) {
                throw new InvariantViolation("metadata log used before its start");
            }
            return started;
        }

        private Listener listener() {
            Listener started = listener;
            if (started == null) {
                throw new InvariantViolation("metadata log used before its start");
            }
            return started;
        }

        @Override
        public void start(Loop loop, Listener listener) {
            this.loop = loop;
            this.listener = listener;
            loop.post(() -> {
                announce();
                deliverSoon();
                commitSoon();
            });
        }

        /// Others hear of a leader at once; the leader itself when it has everything that is committed.
        void announce() {
            if (!isOpen() || cutOff.contains(nodeId) || announcedEpoch == epoch || epoch == 0) {
                return;
            }
            int announced = epoch;
            OptionalInt of = leader;
            announcedEpoch = announced;
            loop().post(() -> {
                if (isOpen() && announced == announcedEpoch) {
                    if (of.equals(OptionalInt.of(nodeId))) {
                        deliverAll();
                    }
                    listener().onLeader(of, announced);
                }
            });
        }

        private void deliverAll() {
            while (delivered < committed.size()) {
                deliverOne();
            }
        }

        private void deliverOne() {
            Batch batch = committed.get(delivered++);
            listener().onCommitted(batch.last(), batch.decoded());
        }

        void deliverSoon() {
            if (isOpen() && !isDelivering && delivered < committed.size()) {
                isDelivering = true;
                loop().after(randomness.nextInt(delayMsMax + 1), this::deliver);
            }
        }

        private void deliver() {
            isDelivering = false;
            if (isOpen() && !cutOff.contains(nodeId) && delivered < committed.size()) {
                deliverOne();
                deliverSoon();
            }
        }

        @Override
        public AppendReply append(int epoch, List<MetadataRecord> batch) {
            if (isClosed || epoch != announcedEpoch) {
                return new AppendReply.NotLeader();
            }
            List<byte[]> encoded = batch.stream().map(RecordCodec::encode).toList();
            if (encoded.stream().mapToLong(bytes -> bytes.length).sum() > MemoryMetadataLog.BATCH_BYTES_MAX) {
                return new AppendReply.TooLarge();
            }
            long last = nextOffset() + encoded.size() - 1;
            if (leader.isPresent() && leader.getAsInt() == nodeId && epoch == MemoryQuorum.this.epoch) {
                underWay.add(new Batch(new Position(last, epoch, clock.wallMs()), encoded));
                commitSoon();
            }
            // Accepted by one who was deposed and does not know it: never to be committed.
            return new AppendReply.Accepted(last);
        }

        @Override
        public void writeSnapshot(Position last, Contents contents) {
            // Every life of a node is told all batches again, which add up to the same.
        }

        @Override
        public void quorum(Consumer<QuorumView> reply) {
            List<Member> members = voters.stream()
                    .map(voter -> new Member(voter, TopicId.NONE, nextOffset(), -1, -1))
                    .toList();
            reply.accept(new QuorumView(leader.orElse(-1), epoch, committed.size(), members, List.of()));
        }

        @Override
        public SortedSet<Integer> voters() {
            return new TreeSet<>(voters);
        }

        @Override
        public Optional<PeerAddress> addressOf(int node) {
            return Optional.ofNullable(addresses.get(node));
        }

        @Override
        public void addVoter(Voter voter, Consumer<Outcome> reply) {
            reply.accept(
                    voters.add(voter.nodeId())
                            ? Outcome.OK
                            : Outcome.refused(ErrorKind.DUPLICATE_VOTER, "Node " + voter.nodeId() + " votes already."));
        }

        @Override
        public void removeVoter(int node, TopicId directoryId, Consumer<Outcome> reply) {
            reply.accept(
                    voters.remove(node)
                            ? Outcome.OK
                            : Outcome.refused(ErrorKind.VOTER_NOT_FOUND, "Node " + node + " does not vote."));
        }

        @Override
        public void close() {
            isClosed = true;
        }
    }
}
