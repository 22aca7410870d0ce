package io.millrace.server.partition;

import io.millrace.broker.catalog.Catalog;
import io.millrace.broker.catalog.CatalogSource;
import io.millrace.broker.catalog.PartitionView;
import io.millrace.broker.partition.Acks;
import io.millrace.broker.partition.AppendReply;
import io.millrace.broker.partition.FetchQuery;
import io.millrace.broker.partition.FetchReply;
import io.millrace.broker.partition.FollowerReads;
import io.millrace.broker.partition.LeaderHint;
import io.millrace.broker.partition.OffsetQuery;
import io.millrace.broker.partition.OffsetReply;
import io.millrace.broker.partition.Partitions;
import io.millrace.broker.partition.RefusedSequences;
import io.millrace.cluster.replica.ArrivingBatches;
import io.millrace.log.LogDirectory;
import io.millrace.log.batch.AppendOrigin;
import io.millrace.log.batch.AppendResult;
import io.millrace.log.epoch.EpochEnd;
import io.millrace.model.Clock;
import io.millrace.model.ErrorKind;
import io.millrace.model.Lease;
import io.millrace.model.TopicPartition;
import io.millrace.server.loop.EventLoop;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;

/// The node's partitions as the sessions of one event loop reach them: a plain call when that loop owns the partition,
/// a post there and back when another does.
///
/// Owned by: its home loop.
public final class NodePartitions implements Partitions {
    private final int nodeId;
    private final EventLoop home;
    private final PartitionHosts hosts;
    private final CatalogSource catalog;
    private final LogDirectories directories;
    private final ReplicaPorts ports;
    private final Clock clock;

    public NodePartitions(
            int nodeId,
            EventLoop home,
            PartitionHosts hosts,
            CatalogSource catalog,
            LogDirectories directories,
            ReplicaPorts ports,
            Clock clock) {
        this.nodeId = nodeId;
        this.home = home;
        this.hosts = hosts;
        this.catalog = catalog;
        this.directories = directories;
        this.ports = ports;
        this.clock = clock;
    }

    EventLoop home() {
        return home;
    }

    PartitionHosts hosts() {
        return hosts;
    }

    @Override
    public boolean mayActFor(TopicPartition partition) {
        return ports.mayLead(clock.monotonicMs()) || !isReplicated(partition);
    }

    private boolean isReplicated(TopicPartition partition) {
        return view(partition).map(view -> view.replicas().size() > 1).orElse(true);
    }

    @Override
    public void append(
            TopicPartition partition,
            ByteBuffer batches,
            Lease lease,
            AppendOrigin origin,
            Acks acks,
            long timeoutMs,
            Consumer<AppendReply> reply) {
        PartitionHost host = hosts.of(partition);
        if (host.loop() == home) {
            appendHere(host, partition, batches, lease, origin, acks, timeoutMs, reply);
            return;
        }
        lease.retain();
        host.loop().post(() -> {
            Consumer<AppendReply> comeHome = answer -> home.post(() -> reply.accept(answer));
            try {
                appendHere(host, partition, batches, lease, origin, acks, timeoutMs, comeHome);
            } finally {
                lease.release();
            }
        });
    }

    private void appendHere(
            PartitionHost host,
            TopicPartition id,
            ByteBuffer batches,
            Lease lease,
            AppendOrigin origin,
            Acks acks,
            long timeoutMs,
            Consumer<AppendReply> then) {
        Hosted hosted = host.hosted(id);
        RefusedSequences refused = host.refusedSequences();
        boolean isAhead = origin == AppendOrigin.CLIENT && refused.isAhead(id, batches);
        if (isAhead && hosted != null && !hosted.partition.log().knowsProducer(RefusedSequences.producer(batches))) {
            then.accept(AppendReply.refused(ErrorKind.OUT_OF_ORDER_SEQUENCE, RefusedSequences.message(id, batches)));
            return;
        }
        Consumer<AppendReply> reply = origin == AppendOrigin.CLIENT ? refused.watching(id, batches, then) : then;
        if (hosted == null) {
            reply.accept(new AppendReply(AppendResult.refused(absence(id), -1, ""), leaderOf(id)));
            return;
        }
        if (!host.maySpeakFor(hosted.partition)) {
            reply.accept(AppendReply.notLeader(LeaderHint.NONE));
            return;
        }
        long deadlineMs = acks == Acks.ALL ? clock.monotonicMs() + timeoutMs : Long.MAX_VALUE;
        ArrivingBatches arriving = hosted.partition.arriving(batches, origin, clock.wallMs());
        host.append(hosted, new Arrivals.Arrival(arriving, lease, acks, deadlineMs, reply));
    }

    /// Why a partition is not here: it does not exist, somebody else leads it, or its log is still being opened or can
    /// not be.
    ErrorKind absence(TopicPartition id) {
        if (directories.refused().contains(id)) {
            return ErrorKind.STORAGE_ERROR;
        }
        return view(id).isPresent() ? ErrorKind.NOT_LEADER : ErrorKind.UNKNOWN_TOPIC_OR_PARTITION;
    }

    private Optional<PartitionView> view(TopicPartition id) {
        return catalog.current()
                .topic(id.topic())
                .filter(topic -> id.partition() >= 0
                        && id.partition() < topic.partitions().size())
                .map(topic -> topic.partitions().get(id.partition()));
    }

    LeaderHint leaderOf(TopicPartition id) {
        return view(id).map(view -> new LeaderHint(view.leader(), view.leaderEpoch()))
                .orElse(LeaderHint.NONE);
    }

    @Override
    public Waiting fetch(FetchQuery query, Consumer<FetchReply> reply) {
        FetchOperation operation = new FetchOperation(this, query, clock.monotonicMs() + query.maxWaitMs(), reply);
        operation.start(clock.monotonicMs());
        return operation;
    }

    @Override
    public <Q extends FollowerReads.Question> FollowerReads<Q> follow(FetchQuery.Asker asker) {
        return new StandingReads<>(this, asker);
    }

    Catalog catalog() {
        return catalog.current();
    }

    long nowMs() {
        return clock.monotonicMs();
    }

    @Override
    public void offset(OffsetQuery query, Consumer<OffsetReply> reply) {
        onOwner(query.partition(), reply, this::offsetAbsent, (hosted, answer) -> {
            PartitionHost host = hosts.of(query.partition());
            if (host.maySpeakFor(hosted.partition)) {
                OffsetLookup.answer(hosted, query, host.loop(), answer);
            } else {
                answer.accept(new OffsetReply(ErrorKind.NOT_LEADER, -1, -1, -1, LeaderHint.NONE));
            }
        });
    }

    private OffsetReply offsetAbsent(TopicPartition id) {
        return new OffsetReply(absence(id), -1, -1, -1, leaderOf(id));
    }

    @Override
    public void deleteRecords(TopicPartition id, long beforeOffset, long timeoutMs, Consumer<OffsetReply> reply) {
        onOwner(id, reply, this::offsetAbsent, (hosted, answer) -> {
            if (!hosts.of(id).maySpeakFor(hosted.partition)) {
                answer.accept(StartCheckpoints.reply(ErrorKind.NOT_LEADER, -1));
                return;
            }
            ErrorKind error = hosted.partition.deleteRecords(beforeOffset);
            if (error != ErrorKind.NONE) {
                answer.accept(StartCheckpoints.reply(error, -1));
            } else {
                long deadlineMs = clock.monotonicMs() + timeoutMs;
                hosts.of(id).startCheckpoints().add(hosted, here -> awaitDeleted(hosted, here, deadlineMs, answer));
            }
        });
    }

    /// On disk here; now those in sync with it.
    private void awaitDeleted(Hosted hosted, OffsetReply here, long deadlineMs, Consumer<OffsetReply> answer) {
        if (here.error() != ErrorKind.NONE || hosted.isReleased()) {
            answer.accept(here);
            return;
        }
        PartitionHost host = hosts.of(hosted.partition.id());
        host.onStartMoved(hosted);
        hosted.partition.awaitDeleted(
                here.offset(),
                deadlineMs,
                (error, lowWatermark) -> answer.accept(StartCheckpoints.reply(error, lowWatermark)));
        host.onWaiting(hosted);
    }

    @Override
    public void epochEnd(TopicPartition id, int currentLeaderEpoch, int epoch, Consumer<EpochEndReply> reply) {
        onOwner(id, reply, absent -> new EpochEndReply(absence(absent), -1, -1), (hosted, answer) -> {
            ErrorKind refused = hosts.of(id).maySpeakFor(hosted.partition)
                    ? hosted.partition.checkLeader(currentLeaderEpoch)
                    : ErrorKind.NOT_LEADER;
            if (refused != ErrorKind.NONE) {
                answer.accept(new EpochEndReply(refused, -1, -1));
                return;
            }
            EpochEnd end = hosted.partition.endOfEpoch(epoch);
            answer.accept(new EpochEndReply(ErrorKind.NONE, end.epoch(), end.endOffset()));
        });
    }

    @Override
    public void producers(TopicPartition id, Consumer<ProducersReply> reply) {
        onOwner(
                id,
                reply,
                absent -> new ProducersReply(absence(absent), List.of()),
                (hosted, answer) -> answer.accept(
                        hosted.partition.isLeader() && hosts.of(id).maySpeakFor(hosted.partition)
                                ? new ProducersReply(
                                        ErrorKind.NONE, hosted.partition.log().producers())
                                : new ProducersReply(ErrorKind.NOT_LEADER, List.of())));
    }

    @Override
    public void logDirectories(Consumer<List<LogDirectoryView>> reply) {
        Catalog now = catalog.current();
        boolean cordoned = now.nodes().stream().anyMatch(node -> node.id() == nodeId && node.cordoned());
        Set<String> folders = ports.disks().cordoned().get();
        directories.describe(hosts, home, disk -> cordoned || LogDirectories.isCordoned(disk, folders), reply);
    }

    @Override
    public void moveLog(TopicPartition id, String path, Consumer<ErrorKind> reply) {
        Optional<LogDirectories.Disk> target = directories.find(path);
        if (!LogDirectory.canMove(id)) {
            reply.accept(ErrorKind.INVALID_TOPIC);
        } else if (target.isEmpty()) {
            reply.accept(ErrorKind.LOG_DIRECTORY_NOT_FOUND);
        } else if (directories.refused().contains(id)) {
            reply.accept(ErrorKind.STORAGE_ERROR);
        } else {
            onOwner(id, reply, absent -> wish(absent, target.get()), (hosted, answer) -> {
                boolean isCordoned = LogDirectories.isCordoned(
                        target.get(), ports.disks().cordoned().get());
                if (isCordoned && hosted.disk != target.get().loop()) {
                    answer.accept(ErrorKind.INVALID_REPLICA_ASSIGNMENT);
                } else {
                    hosts.of(id).moves().move(id, directories, target.get(), answer);
                }
            });
        }
    }

    /// The log is not here: it is to be there when it comes.
    private ErrorKind wish(TopicPartition id, LogDirectories.Disk disk) {
        directories.wish(id, disk);
        return absence(id) == ErrorKind.NOT_LEADER ? ErrorKind.REPLICA_NOT_AVAILABLE : absence(id);
    }

    private interface OnPartition<T> {
        void run(Hosted hosted, Consumer<T> answer);
    }

    private <T> void onOwner(
            TopicPartition id, Consumer<T> reply, Function<TopicPartition, T> absent, OnPartition<T> present) {
        PartitionHost host = hosts.of(id);
        Consumer<T> answer = host.loop() == home ? reply : value -> home.post(() -> reply.accept(value));
        host.loop().run(() -> {
            Hosted hosted = host.hosted(id);
            if (hosted == null) {
                answer.accept(absent.apply(id));
            } else {
                present.run(hosted, answer);
            }
        });
    }
}
