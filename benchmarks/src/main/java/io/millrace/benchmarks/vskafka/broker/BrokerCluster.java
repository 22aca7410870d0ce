package io.millrace.benchmarks.vskafka.broker;

import io.millrace.cli.cluster.local.ClusterPlan;
import io.millrace.cli.cluster.local.LocalNodes;
import io.millrace.cli.cluster.local.NodeProcess;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/// A cluster under test: three child processes on free loopback ports.
///
/// Owned by: the command's main thread. The nodes die with this process, even if it is interrupted.
public final class BrokerCluster implements BrokerUnderTest {
    private static final Duration READY_MAX = Duration.ofMinutes(2);

    private final ClusterKind kind;
    private final Path folder;
    private final LocalNodes nodes;

    private BrokerCluster(ClusterKind kind, Path folder, LocalNodes nodes) {
        this.kind = kind;
        this.folder = folder;
        this.nodes = nodes;
    }

    static BrokerCluster launch(ClusterKind kind, Path folder) throws IOException, InterruptedException {
        ClusterPlan plan = ClusterPlan.anywhere(folder, ClusterKind.NODES).withSettings(kind.settings());
        return new BrokerCluster(kind, folder, LocalNodes.start(kind.software(), plan));
    }

    @Override
    public void awaitReady() throws InterruptedException {
        nodes.awaitAll(READY_MAX);
    }

    @Override
    public String name() {
        return kind.name();
    }

    @Override
    public Map<String, String> topicConfigs(Durability durability) {
        return kind.topicConfigs(durability);
    }

    @Override
    public int replicas() {
        return ClusterKind.NODES;
    }

    @Override
    public InetSocketAddress address() {
        return addressOf(nodes.all().getFirst());
    }

    /// Where clients reach this node.
    public static InetSocketAddress addressOf(NodeProcess node) {
        return new InetSocketAddress(
                InetAddress.getLoopbackAddress(), node.place().kafkaPort());
    }

    @Override
    public String bootstrap() {
        return nodes.bootstrap();
    }

    /// Each node's process, to kill and restart.
    public List<NodeProcess> nodes() {
        return nodes.all();
    }

    @Override
    public double cpuSeconds() throws IOException {
        double sum = 0;
        for (NodeProcess node : nodes.all()) {
            sum += ProcStat.cpuSeconds(node.pid());
        }
        return sum;
    }

    @Override
    public long rssKb() throws IOException {
        long sum = 0;
        for (NodeProcess node : nodes.all()) {
            sum += ProcStat.rssKb(node.pid());
        }
        return sum;
    }

    @Override
    public long folderCount(Predicate<String> name) throws IOException {
        long sum = 0;
        for (NodeProcess node : nodes.all()) {
            sum += Folders.count(node.place().data(), name);
        }
        return sum;
    }

    @Override
    public void close() {
        nodes.close();
        Folders.delete(folder);
    }
}
