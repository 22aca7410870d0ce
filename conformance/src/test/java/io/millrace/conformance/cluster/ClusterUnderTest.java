package io.millrace.conformance.cluster;

import io.millrace.cli.cluster.local.ClusterPlan;
import io.millrace.cli.cluster.local.ClusterView;
import io.millrace.cli.cluster.local.Installation;
import io.millrace.cli.cluster.local.LocalNodes;
import io.millrace.cli.cluster.local.NodeProcess;
import io.millrace.cli.cluster.local.NodeSoftware;
import io.millrace.conformance.BrokerKind;
import io.millrace.conformance.Folders;
import io.millrace.conformance.Repository;
import io.millrace.conformance.Skip;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.TopicPartitionInfo;
import org.apache.kafka.common.errors.RetriableException;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.awaitility.core.ThrowingRunnable;

/// Three nodes of the broker this run is about, with links that can be broken.
///
/// Owned by: the test that started it. Every process is ended by its own process id.
final class ClusterUnderTest implements AutoCloseable {
    static final int NODES = 3;
    private static final Duration START_MAX = Duration.ofSeconds(60);
    private static final Duration AGAIN_MAX = Duration.ofSeconds(90);
    private static final Duration LOOK_EVERY = Duration.ofMillis(50);

    private final Path folder;
    private final Links links;
    private final LocalNodes nodes;
    private final ClusterView view;
    private final Set<NodeProcess> mayEnd = new LinkedHashSet<>();
    private boolean kept;

    private ClusterUnderTest(Path folder, Links links, LocalNodes nodes) {
        this.folder = folder;
        this.links = links;
        this.nodes = nodes;
        this.view = new ClusterView(nodes.bootstrap());
    }

    static ClusterUnderTest start() throws IOException, InterruptedException {
        return start(NODES);
    }

    static ClusterUnderTest start(int count) throws IOException, InterruptedException {
        return start(software(), count);
    }

    static ClusterUnderTest start(NodeSoftware software) throws IOException, InterruptedException {
        return start(software, NODES);
    }

    /// @param settings `KEY=VALUE` by Kafka's names, for a node's id
    static ClusterUnderTest start(int count, IntFunction<List<String>> settings)
            throws IOException, InterruptedException {
        return start(new WithSettings(software(), settings), count);
    }

    /// @param flags for the JVM of every node
    static ClusterUnderTest startWith(List<String> flags) throws IOException, InterruptedException {
        return startWith(software(), flags);
    }

    /// @param flags for the JVM of every node
    static ClusterUnderTest startWith(NodeSoftware software, List<String> flags)
            throws IOException, InterruptedException {
        Path folder = Files.createTempDirectory("millrace-cluster");
        ClusterPlan direct = ClusterPlan.anywhere(folder, NODES);
        Network network = Network.of(direct, folder);
        return start(software, direct.withPlaces(place -> network.through(place).withFlags(flags)), network, folder);
    }

    private static ClusterUnderTest start(NodeSoftware software, int count) throws IOException, InterruptedException {
        Path folder = Files.createTempDirectory("millrace-cluster");
        ClusterPlan direct = ClusterPlan.anywhere(folder, count);
        Network network = Network.of(direct, folder);
        return start(software, direct.withPlaces(network::through), network, folder);
    }

    /// Every node in a network namespace of its own; skips the test where that can not be had.
    static ClusterUnderTest apart(NodeSoftware software) throws IOException, InterruptedException {
        Path folder = Files.createTempDirectory("millrace-cluster");
        ClusterPlan direct = ClusterPlan.anywhere(folder, NODES);
        Namespaces namespaces = Namespaces.of(direct);
        return start(namespaces.under(software), direct.withPlaces(namespaces::through), namespaces, folder);
    }

    private static ClusterUnderTest start(NodeSoftware software, ClusterPlan plan, Links links, Path folder)
            throws IOException, InterruptedException {
        LocalNodes nodes = LocalNodes.start(software, plan);
        var cluster = new ClusterUnderTest(folder, links, nodes);
        try {
            nodes.awaitAll(START_MAX);
            return cluster;
        } catch (RuntimeException | InterruptedException failed) {
            cluster.keep();
            cluster.close();
            throw failed;
        }
    }

    /// The broker this run is about.
    static NodeSoftware software() {
        var here = new Installation(Repository.file(""));
        if (BrokerKind.underTest() == BrokerKind.KAFKA) {
            if (!Files.exists(Repository.file("benchmarks/target/kafka.class-path"))) {
                throw Skip.because("Kafka's jars are not here; benchmarks/vs-kafka --list fetches them");
            }
            return here.kafka();
        }
        return here.millrace();
    }

    LocalNodes nodes() {
        return nodes;
    }

    Links links() {
        return links;
    }

    ClusterView view() {
        return view;
    }

    String bootstrap() {
        return nodes.bootstrap();
    }

    /// A topic on all nodes that takes writes while two of them are in sync.
    void topic(String name, int partitions) {
        create(new NewTopic(name, partitions, (short) NODES).configs(Map.of("min.insync.replicas", "2")));
        awaitInSync(name);
    }

    /// Makes a topic, however often that must be asked for. An answer that came too late made it all the same.
    void create(NewTopic topic) {
        await(
                "topic " + topic.name(),
                () -> view.create(topic) || !view.partitions(topic.name()).isEmpty());
    }

    /// Starts nodes again that have ended for a good reason.
    void awaitInSync(String topic) {
        await("all replicas of " + topic + " in sync", () -> {
            for (NodeProcess node : mayEnd) {
                revive(node);
            }
            return view.isInSync(topic, NODES);
        });
    }

    /// Something happens to its disk, after which it may end by itself, perhaps only some time after the disk is well.
    void mayEnd(NodeProcess node) {
        mayEnd.add(node);
    }

    private void revive(NodeProcess node) throws IOException {
        if (!node.isAlive()) {
            System.err.println("cluster: node " + node.id() + " has ended and is started again");
            links.isDown(node.id());
            restart(node);
        }
    }

    /// One node is down, and whoever is asked knows.
    void awaitLeft(String topic) {
        await("one replica of " + topic + " out of sync", () -> view.isInSync(topic, NODES - 1));
    }

    /// Whether others lead all of the topic and go on without this node.
    boolean isLeftOut(NodeProcess node, String topic) {
        List<TopicPartitionInfo> partitions = view.partitions(topic);
        return !partitions.isEmpty() && partitions.stream().allMatch(info -> isLed(info) && !isInSync(info, node));
    }

    static boolean isLed(TopicPartitionInfo info) {
        return info.leader() != null && !info.leader().isEmpty();
    }

    static boolean isInSync(TopicPartitionInfo info, NodeProcess node) {
        return info.isr().stream().anyMatch(replica -> replica.id() == node.id());
    }

    NodeProcess leader(String topic, int partition) {
        return awaited("a leader of " + topic + "-" + partition, () -> view.leader(topic, partition));
    }

    NodeProcess controller() {
        return awaited("a controller", view::controller);
    }

    private NodeProcess awaited(String what, Supplier<Optional<Integer>> id) {
        return nodes.node(
                waiting(what, AGAIN_MAX).until(id::get, Optional::isPresent).orElseThrow());
    }

    static void await(String what, Callable<Boolean> isSo) {
        await(what, AGAIN_MAX, isSo);
    }

    static void await(String what, Duration limit, Callable<Boolean> isSo) {
        waiting(what, limit).until(isSo);
    }

    /// The same for several claims at once, of which the one that never came true is told.
    static void awaitAsserted(String what, ThrowingRunnable claims) {
        waiting(what, AGAIN_MAX).untilAsserted(claims);
    }

    /// An admin client asks whichever node it likes: a change made through one is seen by the next a moment later, and
    /// until then that one answers an error worth asking again for.
    private static ConditionFactory waiting(String what, Duration limit) {
        return Awaitility.await(what)
                .atMost(limit)
                .pollInterval(LOOK_EVERY)
                .pollInSameThread()
                .ignoreExceptionsMatching(failed ->
                        failed instanceof ExecutionException && failed.getCause() instanceof RetriableException);
    }

    void kill9(NodeProcess node) throws IOException {
        node.kill9();
        links.isDown(node.id());
    }

    /// Asks it to stop and waits for its end.
    void stop(NodeProcess node) throws IOException, InterruptedException {
        node.askToStop();
        awaitEnd(node);
    }

    /// Waits until a node that is asked to stop, or can not go on, is gone.
    ///
    /// @return its exit code
    int awaitEnd(NodeProcess node) throws IOException, InterruptedException {
        int exit = node.awaitStop();
        links.isDown(node.id());
        return exit;
    }

    void restart(NodeProcess node) throws IOException {
        restart(node, List.of());
    }

    /// @param moreFlags for its JVM in this life
    void restart(NodeProcess node, List<String> moreFlags) throws IOException {
        links.isUp(node.id());
        node.restart(moreFlags);
    }

    /// Its disk dies with it: what comes back has an empty one.
    void wipe(NodeProcess node) throws IOException {
        kill9(node);
        Folders.delete(node.place().data());
        restart(node);
    }

    /// Leaves data and logs for somebody to look at.
    void keep() {
        kept = true;
        System.err.println("data and logs of the nodes: " + folder);
    }

    @Override
    public void close() throws IOException {
        view.close();
        nodes.close();
        links.close();
        if (!kept) {
            Folders.delete(folder);
        }
    }
}
