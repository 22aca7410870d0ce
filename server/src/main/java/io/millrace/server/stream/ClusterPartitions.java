package io.millrace.server.stream;

import io.millrace.broker.catalog.CatalogSource;
import io.millrace.broker.catalog.PartitionView;
import io.millrace.broker.catalog.TopicView;
import io.millrace.broker.partition.Acks;
import io.millrace.broker.partition.AppendReply;
import io.millrace.broker.partition.FetchQuery;
import io.millrace.broker.partition.FetchReply;
import io.millrace.broker.partition.FollowerReads;
import io.millrace.broker.partition.OffsetQuery;
import io.millrace.broker.partition.OffsetReply;
import io.millrace.broker.partition.Partitions;
import io.millrace.cluster.peer.PeerAddress;
import io.millrace.cluster.peer.Peers;
import io.millrace.log.batch.AppendOrigin;
import io.millrace.model.Clock;
import io.millrace.model.ErrorKind;
import io.millrace.model.Lease;
import io.millrace.model.Loop;
import io.millrace.model.TopicPartition;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.IntFunction;

/// Partitions as streams use them, wherever in the cluster they are led: here, or by another node, which is asked. What
/// streams do not use is answered for this node only.
///
/// Owned by: one loop.
public final class ClusterPartitions implements Partitions {
    private final int nodeId;
    private final Partitions here;
    private final CatalogSource catalog;
    private final Clock clock;
    private final IntFunction<RemoteLeader> newLeader;
    private final Map<Integer, RemoteLeader> leaders = new HashMap<>();

    /// @param nodeId this node
    /// @param here as seen from `loop`
    public static ClusterPartitions on(
            Loop loop, int nodeId, Partitions here, CatalogSource catalog, Peers peers, Clock clock) {
        return new ClusterPartitions(
                nodeId,
                here,
                catalog,
                clock,
                leader -> new RemoteLeader(
                        clock,
                        () -> new LeaderLine(peers, loop, () -> PeerAddress.ofReachable(catalog.current(), leader))));
    }

    private ClusterPartitions(
            int nodeId, Partitions here, CatalogSource catalog, Clock clock, IntFunction<RemoteLeader> newLeader) {
        this.nodeId = nodeId;
        this.here = here;
        this.catalog = catalog;
        this.clock = clock;
        this.newLeader = newLeader;
    }

    /// A partition that another node leads.
    private record Away(TopicView topic, RemoteLeader leader) {}

    /// Nothing when this node has to answer, if only that it does not lead.
    private Optional<Away> away(TopicPartition partition) {
        Optional<TopicView> topic = catalog.current().topic(partition.topic());
        if (topic.isEmpty() || partition.partition() >= topic.get().partitions().size()) {
            return Optional.empty();
        }
        int leader = topic.get().partitions().get(partition.partition()).leader();
        return leader == nodeId || leader == PartitionView.NO_LEADER
                ? Optional.empty()
                : Optional.of(new Away(topic.get(), leaders.computeIfAbsent(leader, newLeader::apply)));
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
        Optional<Away> away = away(partition);
        if (away.isEmpty()) {
            here.append(partition, batches, lease, origin, acks, timeoutMs, reply);
        } else {
            away.get().leader.append(away.get().topic.id(), partition.partition(), batches, timeoutMs, reply);
        }
    }

    /// One partition at a time, as streams ask.
    @Override
    public Waiting fetch(FetchQuery query, Consumer<FetchReply> reply) {
        FetchQuery.Ask ask = query.partitions().getFirst();
        Optional<Away> away = query.partitions().size() == 1 ? away(ask.partition()) : Optional.empty();
        if (away.isEmpty()) {
            return here.fetch(query, reply);
        }
        RemoteLeader leader = away.get().leader;
        var read = new RemoteLeader.Read(
                away.get().topic.id(),
                ask.partition(),
                ask.fetchOffset(),
                ask.maxBytes(),
                clock.monotonicMs() + query.maxWaitMs(),
                reply);
        leader.fetch(read);
        return () -> leader.cancel(read);
    }

    @Override
    public void offset(OffsetQuery query, Consumer<OffsetReply> reply) {
        Optional<Away> away = away(query.partition());
        if (away.isEmpty()) {
            here.offset(query, reply);
        } else {
            away.get().leader.offset(query, reply);
        }
    }

    @Override
    public <Q extends FollowerReads.Question> FollowerReads<Q> follow(FetchQuery.Asker asker) {
        return here.follow(asker);
    }

    @Override
    public void deleteRecords(
            TopicPartition partition, long beforeOffset, long timeoutMs, Consumer<OffsetReply> reply) {
        here.deleteRecords(partition, beforeOffset, timeoutMs, reply);
    }

    @Override
    public void epochEnd(TopicPartition partition, int currentLeaderEpoch, int epoch, Consumer<EpochEndReply> reply) {
        here.epochEnd(partition, currentLeaderEpoch, epoch, reply);
    }

    @Override
    public void producers(TopicPartition partition, Consumer<ProducersReply> reply) {
        here.producers(partition, reply);
    }

    @Override
    public void logDirectories(Consumer<List<LogDirectoryView>> reply) {
        here.logDirectories(reply);
    }

    @Override
    public void moveLog(TopicPartition partition, String path, Consumer<ErrorKind> reply) {
        here.moveLog(partition, path, reply);
    }
}
