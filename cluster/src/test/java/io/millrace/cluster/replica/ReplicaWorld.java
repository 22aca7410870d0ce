package io.millrace.cluster.replica;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.catalog.ThrottledReplicas;
import io.millrace.broker.catalog.TopicSettings;
import io.millrace.broker.partition.Acks;
import io.millrace.broker.partition.FetchQuery;
import io.millrace.cluster.replica.InSyncProposal.Verdict;
import io.millrace.log.FileSlice;
import io.millrace.log.PartitionLog;
import io.millrace.log.ReadResult;
import io.millrace.log.batch.AppendOrigin;
import io.millrace.log.config.LogConfig;
import io.millrace.model.ErrorKind;
import io.millrace.model.Lease;
import io.millrace.model.TopicIdPartition;
import io.millrace.testkit.ManualClock;
import io.millrace.testkit.ManualLoop;
import io.millrace.testkit.SeededRandomness;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.Record;
import org.apache.kafka.common.record.internal.SimpleRecord;

/// Three nodes with two partitions, a controller that knows everything, and a network that delivers when it is told to:
/// replicas, fetchers and logs are the real ones.
///
/// What must hold is checked after every step ([#check()]): what a leader calls committed is on every disk of its
/// in-sync replicas, all agree on it, and it is never taken back.
final class ReplicaWorld {
    static final int PARTITIONS = 2;
    private static final int NODES = 3;

    final ManualClock clock = new ManualClock();
    final ManualLoop loop = new ManualLoop(clock);
    final SeededRandomness random;
    final TopicSettings settings;
    final ManualThrottle throttle = new ManualThrottle();
    final List<ReplicaNode> nodes = new ArrayList<>();
    final List<ControllerModel> controllers = new ArrayList<>();
    private final List<Sent> network = new ArrayList<>();
    private final List<Runnable> verdicts = new ArrayList<>();
    private final List<List<String>> committed = new ArrayList<>();
    private final List<List<String>> acknowledged = new ArrayList<>();
    private final long[] seenHighWatermark = new long[PARTITIONS];
    private int nextValue;
    int served;

    /// A question under way.
    private record Sent(
            ReplicaNode from, long fromEpoch, int to, ReplicaFetch question, Consumer<ReplicaFetched> answer) {}

    ReplicaWorld(SeededRandomness random, int minInSync) {
        this(random, minInSync, ThrottledReplicas.NONE);
    }

    ReplicaWorld(SeededRandomness random, int minInSync, ThrottledReplicas throttled) {
        this.random = random;
        this.settings = new TopicSettings(
                LogConfig.DEFAULT,
                TopicSettings.Durability.FSYNC,
                minInSync,
                false,
                throttled,
                throttled,
                1 << 20,
                TopicSettings.WITH_THE_OTHERS);
        for (int p = 0; p < PARTITIONS; p++) {
            controllers.add(new ControllerModel(this, p));
            committed.add(new ArrayList<>());
            acknowledged.add(new ArrayList<>());
        }
        for (int id = 1; id <= NODES; id++) {
            nodes.add(new ReplicaNode(this, id));
        }
        turn(() -> nodes.forEach(node -> node.start(1)));
    }

    ReplicaNode node(int id) {
        return nodes.get(id - 1);
    }

    ReplicaContext context(int nodeId) {
        return new ReplicaContext(
                nodeId,
                clock,
                (id, nodeEpoch) -> node(id).up && node(id).epoch == nodeEpoch,
                Racks.UNUSED,
                new Proposals(node(nodeId)),
                new Throttles(throttle, throttle),
                1_000);
    }

    /// A node's way to the controllers, on which answers get lost.
    private final class Proposals implements InSyncProposals {
        private final ReplicaNode from;

        Proposals(ReplicaNode from) {
            this.from = from;
        }

        @Override
        public void propose(InSyncProposal proposal, Consumer<Verdict> verdict) {
            ControllerModel controller = controllers.get(proposal.partition().partition());
            long epoch = from.epoch;
            verdicts.add(() -> {
                Verdict outcome = random.onceIn(5) ? Verdict.UNANSWERED : controller.decide(proposal);
                if (outcome == Verdict.UNANSWERED && !random.nextBoolean()) {
                    controller.decide(proposal); // it was decided, only nobody heard
                }
                answer(from, epoch, verdict, outcome);
            });
        }

        @Override
        public void giveUp(TopicIdPartition replica, Consumer<Boolean> done) {
            throw new AssertionError("no disk here loses what was written");
        }

        @Override
        public void leaveEpoch(TopicIdPartition replica, int leaderEpoch, Runnable done) {
            throw new AssertionError("no disk here is damaged");
        }
    }

    private static void answer(ReplicaNode from, long epoch, Consumer<Verdict> verdict, Verdict outcome) {
        if (from.up && from.epoch == epoch) {
            verdict.accept(outcome);
        }
    }

    LeaderLink link(ReplicaNode from, int to) {
        return new LeaderLink() {
            private boolean closed;

            @Override
            public void fetch(ReplicaFetch question, Consumer<ReplicaFetched> answer) {
                network.add(new Sent(from, from.epoch, to, question, fetched -> {
                    if (!closed) {
                        answer.accept(fetched);
                    }
                }));
            }

            @Override
            public void close() {
                closed = true;
            }
        };
    }

    void turn(Runnable work) {
        loop.call(() -> {
            work.run();
            return this;
        });
    }

    void step() {
        switch (random.nextInt(16)) {
            case 0, 1, 2 -> turn(this::append);
            case 3, 4, 5, 6 -> turn(() -> random.pick(nodes).work(random));
            case 7, 8, 9, 10 -> turn(this::deliver);
            case 11 -> turn(this::applyMetadata);
            case 12 -> turn(this::giveVerdict);
            case 13 -> {
                loop.advance(Duration.ofMillis(random.between(1, 60)));
                turn(() -> nodes.forEach(node -> node.all().forEach(Partition::tick)));
            }
            case 14 -> turn(this::rareEvent);
            default -> turn(this::consume);
        }
        check();
    }

    private void append() {
        int p = random.nextInt(PARTITIONS);
        ReplicaNode node = random.pick(nodes);
        Partition partition = node.partitions.get(p);
        if (partition == null || !partition.isLeader()) {
            return;
        }
        String value = "v" + nextValue++;
        SimpleRecord record = new SimpleRecord(1, value.getBytes(StandardCharsets.UTF_8));
        ByteBuffer batch = MemoryRecords.withRecords(Compression.NONE, record).buffer();
        ArrivingBatches arriving = partition.arriving(batch, AppendOrigin.CLIENT, 1);
        Acks acks = random.onceIn(4) ? Acks.LEADER : Acks.ALL;
        partition.append(arriving, arriving.check(), Lease.NONE, acks, Long.MAX_VALUE, reply -> {
            if (acks == Acks.ALL && reply.error() == ErrorKind.NONE) {
                acknowledged.get(p).add(reply.result().firstOffset() + "=" + value);
            }
        });
        node.dirty.add(partition);
    }

    private void deliver() {
        if (network.isEmpty()) {
            return;
        }
        Sent sent = network.remove(random.onceIn(3) ? 0 : firstOf(random.pick(network)));
        if (!sent.from.up) {
            return;
        }
        ReplicaNode leader = node(sent.to);
        if (!leader.up || random.onceIn(40)) {
            sent.answer.accept(new ReplicaFetched.Failed("lost"));
            network.removeIf(other -> {
                boolean isBroken = other.from == sent.from && other.to == sent.to;
                if (isBroken) {
                    other.answer.accept(new ReplicaFetched.Failed("lost"));
                }
                return isBroken;
            });
            return;
        }
        sent.answer.accept(serve(leader, sent));
    }

    /// A connection keeps its order.
    private int firstOf(Sent any) {
        for (int i = 0; i < network.size(); i++) {
            if (network.get(i).from == any.from && network.get(i).to == any.to) {
                return i;
            }
        }
        throw new AssertionError("it is there");
    }

    private ReplicaFetched serve(ReplicaNode leader, Sent sent) {
        ReplicaFetch question = sent.question;
        ReplicaNode.LeaderSession session = leader.sessions.get(question.sessionId());
        if (question.sessionId() == 0) {
            session = new ReplicaNode.LeaderSession(leader.nextSession++, new LinkedHashMap<>());
            leader.sessions.put(session.id(), session);
        } else if (session == null) {
            return new ReplicaFetched.SessionLost();
        }
        Map<TopicIdPartition, FollowPosition> asked = session.asked();
        question.wanted().forEach(wanted -> asked.put(wanted.key(), wanted.position()));
        question.forgotten().forEach(asked::remove);
        List<LeaderPart> parts = new ArrayList<>();
        asked.forEach((key, position) -> parts.add(read(leader, sent, key, position)));
        served++;
        return new ReplicaFetched.Answer(asked.isEmpty() ? 0 : session.id(), parts, Lease.NONE);
    }

    private static LeaderPart read(ReplicaNode leader, Sent sent, TopicIdPartition key, FollowPosition position) {
        Partition partition = leader.partitions.get(key.partition());
        FetchQuery.Ask ask = new FetchQuery.Ask(
                partition.id(),
                position.fetchOffset(),
                position.startOffset(),
                200,
                position.leaderEpoch(),
                position.lastEpoch());
        FetchQuery query = new FetchQuery(
                FetchQuery.Asker.follower(sent.from.id, sent.fromEpoch), 1, 1000, 0, false, List.of(ask));
        ReadOutcome outcome = partition.read(query, ask, 200, true);
        ReadResult bytes = outcome.bytes();
        return new LeaderPart(
                key,
                outcome.error(),
                bytes == null ? ByteBuffer.allocate(0) : bytes(bytes),
                outcome.highWatermark(),
                outcome.logStartOffset(),
                outcome.divergingEpoch());
    }

    private static ByteBuffer bytes(ReadResult result) {
        ReadResult done = result instanceof ReadResult.Cold cold ? cold.job().run() : result;
        FileSlice slice = ((ReadResult.Ready) done).slice();
        ByteBuffer bytes = ByteBuffer.allocate(slice.length());
        try {
            slice.file().read(bytes, slice.position());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        slice.release();
        return bytes.flip();
    }

    private void applyMetadata() {
        ReplicaNode node = random.pick(nodes);
        if (node.up && !node.metadata.isEmpty()) {
            node.applyNext();
        }
    }

    private void giveVerdict() {
        if (!verdicts.isEmpty()) {
            verdicts.removeFirst().run();
        }
    }

    private void rareEvent() {
        ReplicaNode node = random.pick(nodes);
        switch (random.nextInt(14)) {
            case 0, 1 -> {
                if (node.up) {
                    node.crash(random);
                    controllers.forEach(controller -> controller.onDown(node.id));
                    if (random.onceIn(3) && controllers.stream().noneMatch(one -> one.isInSync(node.id))) {
                        node.wipe();
                    }
                }
            }
            case 2, 3, 4, 5 -> restart(node);
            case 6 -> random.pick(controllers).moveLeadership();
            case 7 -> node.all().forEach(Partition::shrinkInSync);
            case 8 -> node.checkpoint();
            case 9 -> {
                if (node.up) {
                    node.failAndRecover(random.pick(node.all()));
                }
            }
            case 10, 11 -> deleteRecords(node);
            default -> {}
        }
    }

    private void deleteRecords(ReplicaNode node) {
        for (Partition partition : node.all()) {
            if (partition.isLeader() && random.onceIn(3)) {
                partition.deleteRecords(random.nextInt((int) partition.highWatermark() + 1));
            }
        }
    }

    private void restart(ReplicaNode node) {
        if (!node.up) {
            node.start(node.epoch + 1);
            controllers.forEach(controller -> controller.onUp(node.id));
        }
    }

    /// A client asks the leader it believes in.
    private void consume() {
        int p = random.nextInt(PARTITIONS);
        Assignment now = controllers.get(p).assignment();
        if (now.leader() < 0) {
            return;
        }
        Partition partition = node(now.leader()).partitions.get(p);
        if (partition == null || partition.assignment().isUnderMinInSync()) {
            return;
        }
        FetchQuery.Ask ask =
                new FetchQuery.Ask(partition.id(), partition.log().startOffset(), 1000, now.leaderEpoch(), -1);
        FetchQuery query = new FetchQuery(FetchQuery.Asker.CONSUMER, 1, 1000, 0, false, List.of(ask));
        ReadOutcome outcome = partition.read(query, ask, 1000, true);
        if (outcome.bytes() instanceof ReadResult.Ready(FileSlice slice)) {
            slice.release();
        }
        if (outcome.error() == ErrorKind.NONE) {
            assertThat(outcome.highWatermark())
                    .as("high watermark a client sees of %d %s", p, this)
                    .isGreaterThanOrEqualTo(seenHighWatermark[p]);
            seenHighWatermark[p] = outcome.highWatermark();
        }
    }

    void tell(int partition, Assignment assignment) {
        for (ReplicaNode node : nodes) {
            if (node.up) {
                node.metadata.add(new ReplicaNode.Told(partition, assignment));
            } else {
                node.latest.put(partition, assignment);
            }
        }
    }

    /// Nothing that was committed is ever cut.
    void onCut(ReplicaNode node, Partition partition) {
        assertThat(partition.log().endOffset())
                .as("end of node %d's log after a cut", node.id)
                .isGreaterThanOrEqualTo(partition.highWatermark());
    }

    private void check() {
        for (ReplicaNode node : nodes) {
            node.partitions.forEach((p, partition) -> {
                if (!node.cuts.containsKey(partition)) {
                    check(node, p, partition);
                }
            });
        }
    }

    private void check(ReplicaNode node, int p, Partition partition) {
        List<String> known = committed.get(p);
        int start = (int) partition.log().startOffset();
        int end = (int) partition.highWatermark();
        List<String> below = records(partition.log(), end);
        int common = Math.min(known.size(), end);
        if (start < common) {
            assertThat(below.subList(0, common - start))
                    .as("committed on node %d %s", node.id, this)
                    .isEqualTo(known.subList(start, common));
        }
        if (end > known.size()) {
            assertThat(start).as("start of node %d", node.id).isLessThanOrEqualTo(known.size());
            known.addAll(below.subList(known.size() - start, below.size()));
        }
        Assignment now = controllers.get(p).assignment();
        if (now.leader() == node.id && partition.isLeader()) {
            for (int member : now.isr()) {
                Partition replica = node(member).partitions.get(p);
                if (replica != null && !node(member).cuts.containsKey(replica)) {
                    assertThat(partition.highWatermark())
                            .as("high watermark of node %d, in-sync %d", node.id, member)
                            .isLessThanOrEqualTo(replica.log().durableOffset());
                }
            }
        }
    }

    /// From the log's start on.
    static List<String> records(PartitionLog log, long below) {
        List<String> all = new ArrayList<>();
        long next = log.startOffset();
        while (next < below) {
            long before = next;
            ByteBuffer bytes = bytes(log.read(before, below, 1 << 20, true));
            for (Record record : MemoryRecords.readableRecords(bytes).records()) {
                if (record.offset() >= next) {
                    all.add(record.offset() + "=" + StandardCharsets.UTF_8.decode(record.value()));
                    next = record.offset() + 1;
                }
            }
            assertThat(next).isGreaterThan(before);
        }
        return all;
    }

    /// Everybody is up again and is left alone: whoever is in sync gets everything, held up by nobody.
    void settle() {
        rest(this::isSettled);
        assertThat(isSettled()).as("settled: %s", this).isTrue();
    }

    private boolean isSettled() {
        return IntStream.range(0, PARTITIONS).allMatch(this::isSettled);
    }

    private boolean isSettled(int p) {
        Assignment now = controllers.get(p).assignment();
        if (now.leader() < 0) {
            return false;
        }
        Partition leader = node(now.leader()).partitions.get(p);
        return leader.isLeader()
                && (now.isUnderMinInSync()
                        || leader.highWatermark() == leader.log().endOffset());
    }

    private void rest(BooleanSupplier isOver) {
        turn(() -> nodes.forEach(this::restart));
        for (int round = 0; round < 3_000 && !isOver.getAsBoolean(); round++) {
            turn(() -> {
                nodes.forEach(node -> {
                    while (!node.metadata.isEmpty()) {
                        node.applyNext();
                    }
                    node.work(random);
                });
                giveVerdict();
                deliver();
            });
            loop.advance(Duration.ofMillis(10));
            turn(() -> nodes.forEach(node -> node.all().forEach(Partition::tick)));
            check();
        }
    }

    /// Everybody is up again and is left alone: all replicas become alike, and everything acknowledged is there.
    void heal() {
        rest(this::isHealed);
        assertThat(isHealed()).as("healed: %s", this).isTrue();
        for (int p = 0; p < PARTITIONS; p++) {
            Partition leader =
                    node(controllers.get(p).assignment().leader()).partitions.get(p);
            List<String> there = records(leader.log(), leader.highWatermark());
            long start = leader.log().startOffset();
            assertThat(there).containsAll(from(start, acknowledged.get(p)));
            for (ReplicaNode node : nodes) {
                PartitionLog log = node.partitions.get(p).log();
                // A deletion that was not checkpointed is forgotten by who crashes.
                long from = Math.max(log.startOffset(), start);
                assertThat(from(from, records(log, log.endOffset()))).isEqualTo(from(from, there));
            }
        }
    }

    private static List<String> from(long offset, List<String> records) {
        return records.stream()
                .filter(record -> Long.parseLong(record.substring(0, record.indexOf('='))) >= offset)
                .toList();
    }

    private boolean isHealed() {
        for (int p = 0; p < PARTITIONS; p++) {
            Assignment now = controllers.get(p).assignment();
            if (now.isr().size() < NODES || now.leader() < 0) {
                return false;
            }
            PartitionLog leader = node(now.leader()).partitions.get(p).log();
            long end = leader.endOffset();
            for (ReplicaNode node : nodes) {
                Partition partition = node.partitions.get(p);
                if (!node.metadata.isEmpty()
                        || partition.log().durableOffset() != end
                        || partition.assignment().partitionEpoch() != now.partitionEpoch()
                        || partition.isLeader() && partition.highWatermark() != end) {
                    return false;
                }
            }
        }
        return true;
    }

    long acknowledgedCount() {
        return acknowledged.stream().mapToLong(List::size).sum();
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        for (int p = 0; p < PARTITIONS; p++) {
            text.append("\npartition ")
                    .append(p)
                    .append(' ')
                    .append(controllers.get(p).assignment());
            for (ReplicaNode node : nodes) {
                Partition partition = node.partitions.get(p);
                text.append("\n  node ")
                        .append(node.id)
                        .append(node.up ? " up" : " down")
                        .append(" epoch ")
                        .append(node.epoch);
                if (partition != null) {
                    text.append(" end ")
                            .append(partition.log().endOffset())
                            .append(" durable ")
                            .append(partition.log().durableOffset())
                            .append(" hw ")
                            .append(partition.highWatermark())
                            .append(" leads ")
                            .append(partition.isLeader())
                            .append(" epoch ")
                            .append(partition.assignment().leaderEpoch())
                            .append('/')
                            .append(partition.assignment().partitionEpoch())
                            .append(" position ")
                            .append(partition.followPosition())
                            .append(" cut ")
                            .append(node.cuts.get(partition));
                }
            }
        }
        return text.append("\nnetwork ")
                .append(network.size())
                .append(" verdicts ")
                .append(verdicts.size())
                .toString();
    }
}
