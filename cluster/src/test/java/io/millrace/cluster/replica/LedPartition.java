package io.millrace.cluster.replica;

import io.millrace.broker.catalog.ThrottledReplicas;
import io.millrace.broker.catalog.TopicSettings;
import io.millrace.broker.catalog.TopicSettings.Durability;
import io.millrace.broker.partition.Acks;
import io.millrace.broker.partition.AppendReply;
import io.millrace.broker.partition.FetchQuery;
import io.millrace.broker.partition.FetchQuery.Asker;
import io.millrace.log.FileSlice;
import io.millrace.log.LogDirectory;
import io.millrace.log.ReadResult;
import io.millrace.log.batch.AppendOrigin;
import io.millrace.log.config.LogConfig;
import io.millrace.log.disk.MemoryDisk;
import io.millrace.model.ErrorKind;
import io.millrace.model.Lease;
import io.millrace.model.TopicId;
import io.millrace.model.TopicIdPartition;
import io.millrace.model.TopicPartition;
import io.millrace.testkit.ManualClock;
import io.millrace.testkit.SeededRandomness;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;

/// A partition in the page cache that node 1 leads, at first with all replicas in sync; the controller and the
/// followers are the test.
final class LedPartition implements InSyncProposals {
    static final int ME = 1;
    static final int FOLLOWER = 2;
    static final int THIRD = 3;
    static final TopicPartition ID = new TopicPartition("t", 0);

    final ManualClock clock = new ManualClock();
    final MemoryDisk disk = new MemoryDisk(clock);
    final LogDirectory directory =
            LogDirectory.open(disk, "/data", new LogDirectory.Settings(ME, "cluster", 100), new SeededRandomness(1));
    final List<InSyncProposal> proposals = new ArrayList<>();
    final List<Consumer<Boolean>> givenUp = new ArrayList<>();
    final List<Integer> leftEpochs = new ArrayList<>();
    final int minInSync;
    final List<Integer> replicas;
    final ManualThrottle throttle = new ManualThrottle();
    ThrottledReplicas throttled = ThrottledReplicas.NONE;
    final long majorityLagMsMax;
    final Partition partition;

    LedPartition(int minInSync) {
        this(minInSync, List.of(ME, FOLLOWER), Racks.UNUSED);
    }

    LedPartition(int minInSync, List<Integer> replicas, Racks racks) {
        this(minInSync, replicas, racks, TopicSettings.WITH_THE_OTHERS);
    }

    LedPartition(int minInSync, List<Integer> replicas, Racks racks, long majorityLagMsMax) {
        this.majorityLagMsMax = majorityLagMsMax;
        this.minInSync = minInSync;
        this.replicas = replicas;
        this.partition = new Partition(
                directory.open(ID, new TopicId(1, 1), LogConfig.DEFAULT),
                new ReplicaContext(
                        ME, clock, (id, epoch) -> true, racks, this, new Throttles(throttle, Throttle.NONE), 1_000),
                assignment(ME, 3, 0, replicas),
                0);
    }

    @Override
    public void propose(InSyncProposal proposal, Consumer<InSyncProposal.Verdict> verdict) {
        proposals.add(proposal);
    }

    @Override
    public void giveUp(TopicIdPartition replica, Consumer<Boolean> done) {
        givenUp.add(done);
    }

    @Override
    public void leaveEpoch(TopicIdPartition replica, int leaderEpoch, Runnable done) {
        leftEpochs.add(leaderEpoch);
        done.run();
    }

    void assign(int leader, int leaderEpoch, int partitionEpoch, List<Integer> isr) {
        partition.assign(assignment(leader, leaderEpoch, partitionEpoch, isr));
    }

    void reassign(List<Integer> replicas) {
        Assignment now = partition.assignment();
        partition.assign(
                new Assignment(ME, now.leaderEpoch(), now.partitionEpoch() + 1, replicas, List.of(ME), now.settings()));
    }

    private Assignment assignment(int leader, int leaderEpoch, int partitionEpoch, List<Integer> isr) {
        TopicSettings settings = new TopicSettings(
                LogConfig.DEFAULT,
                Durability.PAGE_CACHE,
                minInSync,
                false,
                throttled,
                ThrottledReplicas.NONE,
                1 << 20,
                majorityLagMsMax);
        return new Assignment(leader, leaderEpoch, partitionEpoch, replicas, isr, settings);
    }

    static ByteBuffer batch(String value) {
        SimpleRecord record = new SimpleRecord(1, value.getBytes(StandardCharsets.UTF_8));
        return MemoryRecords.withRecords(Compression.NONE, record).buffer();
    }

    ErrorKind append(String value) {
        return append(value, Acks.LEADER).getFirst().error();
    }

    /// The replies so far, and those to come.
    List<AppendReply> append(String value, Acks acks) {
        ArrivingBatches arriving = partition.arriving(batch(value), AppendOrigin.CLIENT, 1);
        List<AppendReply> replies = new ArrayList<>();
        partition.append(arriving, arriving.check(), Lease.NONE, acks, Long.MAX_VALUE, replies::add);
        partition.log().beginFlush(false).ifPresent(job -> {
            job.run();
            partition.log().endFlush(job);
        });
        partition.onFlushed();
        return replies;
    }

    /// A follower asks.
    ReadOutcome fetch(long offset, int leaderEpoch, int lastEpoch) {
        return read(Asker.follower(FOLLOWER, 1), new FetchQuery.Ask(ID, offset, 0, 1_000, leaderEpoch, lastEpoch));
    }

    /// A node asks that has everything from `start` to `offset`.
    ReadOutcome fetchBy(int nodeId, long start, long offset) {
        return read(Asker.follower(nodeId, 1), new FetchQuery.Ask(ID, offset, start, 1_000, 3, -1));
    }

    /// A follower's question that stays, is asked or looked at again.
    ReadOutcome fetch(long offset, int leaderEpoch, StandingRead question, boolean isNew) {
        FetchQuery.Ask ask = new FetchQuery.Ask(ID, offset, 0, 1_000, leaderEpoch, -1);
        FetchQuery query = new FetchQuery(Asker.follower(FOLLOWER, 1), 1, 1_000, 0, false, List.of(ask));
        return released(partition.read(query, ask, 1_000, true, question, isNew));
    }

    /// A follower's question to which nothing may be sent.
    ReadOutcome fetchNothing(long offset, StandingRead question) {
        FetchQuery.Ask ask = new FetchQuery.Ask(ID, offset, 0, 1_000, -1, -1);
        FetchQuery query = new FetchQuery(Asker.follower(FOLLOWER, 1), 1, 1_000, 0, false, List.of(ask));
        return partition.read(query, ask, 0, false, question, true);
    }

    /// A consumer asks.
    ReadOutcome consume(long offset) {
        return read(Asker.CONSUMER, new FetchQuery.Ask(ID, offset, 1_000, -1, -1));
    }

    /// A consumer asks that says where it is.
    ReadOutcome consumeIn(String rack, long offset) {
        return read(Asker.consumerIn(rack), new FetchQuery.Ask(ID, offset, 1_000, -1, -1));
    }

    private ReadOutcome read(Asker asker, FetchQuery.Ask ask) {
        return released(partition.read(new FetchQuery(asker, 1, 1_000, 0, false, List.of(ask)), ask, 1_000, true));
    }

    private static ReadOutcome released(ReadOutcome outcome) {
        if (outcome.bytes() instanceof ReadResult.Ready(FileSlice slice)) {
            slice.release();
        }
        return outcome;
    }
}
