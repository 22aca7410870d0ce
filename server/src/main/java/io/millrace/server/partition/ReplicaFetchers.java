package io.millrace.server.partition;

import io.millrace.cluster.replica.FetcherWork;
import io.millrace.cluster.replica.FollowStep;
import io.millrace.cluster.replica.Partition;
import io.millrace.cluster.replica.ReplicaFetcher;
import io.millrace.model.Clock;
import io.millrace.model.ErrorKind;
import io.millrace.model.TopicPartition;
import io.millrace.server.loop.EventLoop;
import java.util.HashMap;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The fetchers of one loop, one for each node that leads a partition followed here.
///
/// Owned by: the loop of its [PartitionHost].
final class ReplicaFetchers {
    private static final Logger LOG = LoggerFactory.getLogger(ReplicaFetchers.class);

    private final EventLoop loop;
    private final Clock clock;
    private final ReplicaPorts ports;
    private final Function<TopicPartition, @Nullable Hosted> hosts;
    private final Consumer<Hosted> flush;
    private final BiConsumer<Hosted, FollowStep> cut;
    private final Map<Integer, ReplicaFetcher> byLeader = new HashMap<>();

    ReplicaFetchers(
            EventLoop loop,
            Clock clock,
            ReplicaPorts ports,
            Function<TopicPartition, @Nullable Hosted> hosts,
            Consumer<Hosted> flush,
            BiConsumer<Hosted, FollowStep> cut) {
        this.loop = loop;
        this.clock = clock;
        this.ports = ports;
        this.hosts = hosts;
        this.flush = flush;
        this.cut = cut;
    }

    /// Follows whoever leads the partition now, nobody when that is this node or nobody.
    void follow(Hosted hosted) {
        Partition partition = hosted.partition;
        int leader = partition.isLeader() ? -1 : partition.assignment().leader();
        int epoch = partition.assignment().leaderEpoch();
        if (hosted.followedLeader == leader && hosted.followedEpoch == epoch) {
            return;
        }
        leave(hosted);
        if (leader >= 0) {
            hosted.followedLeader = leader;
            hosted.followedEpoch = epoch;
            byLeader.computeIfAbsent(leader, this::fetcher).add(partition);
        }
    }

    /// Fetches no more for the partition.
    void leave(Hosted hosted) {
        ReplicaFetcher fetcher = byLeader.get(hosted.followedLeader);
        if (fetcher != null) {
            fetcher.remove(hosted.partition);
        }
        hosted.followedLeader = -1;
    }

    private ReplicaFetcher fetcher(int leader) {
        return new ReplicaFetcher(loop, clock, ports.link(loop, leader), new Work(leader));
    }

    /// Partitions that are followed from here.
    int size() {
        return byLeader.values().stream().mapToInt(ReplicaFetcher::size).sum();
    }

    /// What a fetcher leaves to its host.
    private final class Work implements FetcherWork {
        private final int leader;

        Work(int leader) {
            this.leader = leader;
        }

        @Override
        public void flush(Partition partition) {
            with(partition, flush);
        }

        @Override
        public void cut(Partition partition, FollowStep step) {
            with(partition, hosted -> cut.accept(hosted, step));
        }

        private void with(Partition partition, Consumer<Hosted> action) {
            Hosted hosted = hosts.apply(partition.id());
            if (hosted != null && hosted.partition == partition) {
                action.accept(hosted);
            }
        }

        @Override
        public void refused(Partition partition, ErrorKind error, String why) {
            switch (error) {
                // One of the two has not heard yet who leads since when.
                case NOT_LEADER,
                        FENCED_LEADER_EPOCH,
                        UNKNOWN_LEADER_EPOCH,
                        UNKNOWN_TOPIC_ID,
                        UNKNOWN_TOPIC_OR_PARTITION ->
                    LOG.debug("event=fetch-refused partition={} leader={} error={}", partition.id(), leader, error);
                default ->
                    LOG.warn(
                            "event=fetch-refused partition={} leader={} error={} reason=\"{}\"",
                            partition.id(),
                            leader,
                            error,
                            why);
            }
        }

        @Override
        public void failed(String why) {
            LOG.debug("event=fetch-failed leader={} reason=\"{}\"", leader, why);
        }
    }
}
