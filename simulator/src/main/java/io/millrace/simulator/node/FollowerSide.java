package io.millrace.simulator.node;

import io.millrace.cluster.replica.Assignment;
import io.millrace.cluster.replica.FetcherWork;
import io.millrace.cluster.replica.FollowStep;
import io.millrace.cluster.replica.LeaderLink;
import io.millrace.cluster.replica.Partition;
import io.millrace.cluster.replica.ReplicaFetcher;
import io.millrace.model.Clock;
import io.millrace.model.ErrorKind;
import io.millrace.simulator.world.SimLoop;
import io.millrace.simulator.world.World;
import java.util.TreeMap;

/// Which leader each replica fetches from.
///
/// Owned by: the data loop of its node.
final class FollowerSide implements FetcherWork {
    private final World world;
    private final SimLoop loop;
    private final Clock clock;
    private final Links links;
    private final SimHost host;
    private final TreeMap<Integer, ReplicaFetcher> fetchers = new TreeMap<>();

    /// How a leader is reached.
    @FunctionalInterface
    interface Links {
        LeaderLink to(int leader);
    }

    FollowerSide(World world, SimLoop loop, Clock clock, Links links, SimHost host) {
        this.world = world;
        this.loop = loop;
        this.clock = clock;
        this.links = links;
        this.host = host;
    }

    /// The metadata says who leads now.
    void assigned(Hosted hosted, Assignment assignment) {
        forget(hosted);
        if (!hosted.partition.isLeader() && assignment.leader() >= 0) {
            fetchers.computeIfAbsent(
                            assignment.leader(), leader -> new ReplicaFetcher(loop, clock, links.to(leader), this))
                    .add(hosted.partition);
        }
    }

    void forget(Hosted hosted) {
        fetchers.values().forEach(fetcher -> fetcher.remove(hosted.partition));
    }

    @Override
    public void flush(Partition partition) {
        Hosted hosted = host.find(partition.id());
        if (hosted != null && hosted.partition == partition) {
            host.work().flushSoon(hosted);
        }
    }

    @Override
    public void cut(Partition partition, FollowStep step) {
        Hosted hosted = host.find(partition.id());
        if (hosted != null && hosted.partition == partition) {
            host.work().cut(hosted, step);
        }
    }

    @Override
    public void refused(Partition partition, ErrorKind error, String why) {
        world.note("%s: %s refused %s: %s", loop, partition.id(), error, why);
    }

    @Override
    public void failed(String why) {
        world.note("%s: no answer: %s", loop, why);
    }
}
