package io.millrace.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.catalog.CatalogChanges.NewTopicReply;
import io.millrace.broker.catalog.ClusterChanges.FeatureChange;
import io.millrace.broker.catalog.Outcome;
import io.millrace.broker.routing.Binding;
import io.millrace.broker.routing.Destination.ToQueue;
import io.millrace.broker.routing.ExchangeSpec;
import io.millrace.broker.routing.ExchangeType;
import io.millrace.broker.topology.ConnectionId;
import io.millrace.broker.topology.QueueRef;
import io.millrace.broker.topology.QueueSpec;
import io.millrace.broker.topology.QueueType;
import io.millrace.broker.topology.QueueView;
import io.millrace.broker.topology.Topology;
import io.millrace.broker.topology.TopologyChange;
import io.millrace.broker.topology.TopologyReply;
import io.millrace.broker.topology.TopologyReply.Done;
import io.millrace.broker.topology.VhostView;
import io.millrace.cluster.metadata.MemoryMetadataLog;
import io.millrace.cluster.metadata.MetadataLevel;
import io.millrace.model.Arguments;
import io.millrace.model.ExchangeName;
import io.millrace.model.QueueName;
import io.millrace.model.VhostName;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// Virtual hosts on one node and on three.
class LocalClusterTopologyTest {
    private static final VhostName ROOT = new VhostName("/");
    private static final Done CHANGED = new Done(true);

    private static TopologyChange queue(String name, boolean durable, int node, Optional<ConnectionId> owner) {
        return new TopologyChange.DeclareQueue(
                new QueueSpec(
                        new QueueRef(ROOT, new QueueName(name)),
                        QueueType.CLASSIC,
                        durable,
                        owner.isPresent(),
                        false,
                        Arguments.NONE),
                node,
                owner);
    }

    private static TopologyChange exchange(String name, boolean durable) {
        return new TopologyChange.DeclareExchange(
                ROOT,
                new ExchangeSpec(new ExchangeName(name), ExchangeType.TOPIC, durable, false, false, Arguments.NONE));
    }

    private static TopologyChange bind(String exchange, String queue) {
        return new TopologyChange.Bind(ROOT, new Binding(exchange, new ToQueue(queue), "a.#"));
    }

    private static VhostView root(Topology topology) {
        return topology.vhost(ROOT).orElseThrow();
    }

    private static List<String> queues(Topology topology) {
        return root(topology).queuesFrom("").stream()
                .map(queue -> queue.ref().name().value())
                .toList();
    }

    private static TopologyReply submit(TestCluster node, TopologyChange change) {
        return node.<TopologyReply>ask(reply -> node.cluster.submit(change, reply));
    }

    private static TopologyReply submit(TestNodes.Node node, TopologyChange change) {
        return node.<TopologyReply>ask(reply -> node.cluster().submit(change, reply));
    }

    @Test
    void aRestartKeepsWhatIsDurableAndItsBindings() {
        MemoryMetadataLog.Storage storage = new MemoryMetadataLog.Storage();
        ClusterSettings settings = ClusterSettings.of(TestCluster.ENDPOINTS, Map.of());
        TestCluster first = new TestCluster(storage, settings).start();
        for (boolean durable : List.of(true, false)) {
            assertThat(submit(first, exchange("e" + durable, durable))).isEqualTo(CHANGED);
            assertThat(submit(first, queue("q" + durable, durable, 1, Optional.empty())))
                    .isEqualTo(CHANGED);
        }
        submit(first, bind("etrue", "qtrue"));
        submit(first, bind("etrue", "qfalse"));
        submit(first, bind("efalse", "qtrue"));
        assertThat(root(first.cluster.topology()).routing().bindingCount()).isEqualTo(3);
        first.cluster.close();

        TestCluster second = new TestCluster(storage, settings).start();

        VhostView root = root(second.cluster.topology());
        assertThat(queues(second.cluster.topology())).containsExactly("qtrue");
        assertThat(root.routing().exchange(new ExchangeName("etrue"))).isPresent();
        assertThat(root.routing().exchange(new ExchangeName("efalse"))).isEmpty();
        assertThat(root.routing().bindingCount()).isEqualTo(1);
        assertThat(root.permission("guest")).isPresent();
    }

    @Test
    void everyNodeDeclaresAndSeesTheSame() {
        TestNodes cluster = TestNodes.started(3);
        long epochOfTwo = cluster.truth().registration(2).orElseThrow().epoch();
        ConnectionId connection = new ConnectionId(2, epochOfTwo, 5);

        assertThat(submit(cluster.node(2), exchange("e", true))).isEqualTo(CHANGED);
        assertThat(submit(cluster.node(3), queue("q", true, 3, Optional.empty())))
                .isEqualTo(CHANGED);
        assertThat(root(cluster.node(3).cluster().topology()).queue(new QueueName("q")))
                .isPresent();
        assertThat(submit(cluster.node(2), queue("mine", false, 2, Optional.of(connection))))
                .isEqualTo(CHANGED);
        assertThat(submit(cluster.node(3), queue("mine", false, 3, Optional.empty())))
                .isInstanceOf(TopologyReply.Locked.class);
        assertThat(submit(cluster.node(2), bind("e", "q"))).isEqualTo(CHANGED);
        assertThat(submit(cluster.node(3), bind("nowhere", "q"))).isInstanceOf(TopologyReply.Refused.class);
        cluster.advance(100);

        assertThat(cluster.nodes.values()).allSatisfy(node -> {
            assertThat(queues(node.cluster().topology())).containsExactly("mine", "q");
            assertThat(root(node.cluster().topology()).routing().bindingCount()).isEqualTo(1);
        });

        assertThat(submit(cluster.node(2), new TopologyChange.ConnectionGone(connection)))
                .isEqualTo(CHANGED);
        assertThat(queues(cluster.node(2).cluster().topology())).containsExactly("q");
    }

    /// As RabbitMQ's clients count on it: declared here, used there.
    @Test
    void whoeverIsToldOfAChangeFindsItOnEveryNode() {
        TestNodes cluster = TestNodes.started(3);
        List<Integer> unknowing = new ArrayList<>();
        List<TopologyReply> replies = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            QueueName name = new QueueName("q" + i);
            cluster.node(1 + i % 3).cluster().submit(queue(name.value(), true, 1, Optional.empty()), reply -> {
                replies.add(reply);
                cluster.nodes.values().stream()
                        .filter(node ->
                                root(node.cluster().topology()).queue(name).isEmpty())
                        .forEach(node -> unknowing.add(node.id));
            });
            cluster.advance(i % 4);
        }
        cluster.advance(1_000);

        assertThat(replies).hasSize(60).containsOnly(CHANGED);
        assertThat(unknowing).isEmpty();
    }

    /// Who finds that it is there already may use it on every node, too.
    @Test
    void whoeverFindsAChangeIsToldWhenAllNodesKnowIt() {
        TestNodes cluster = TestNodes.started(3);
        cluster.quorum.delayMsMax = 50;
        List<Integer> unknowing = new ArrayList<>();
        int told = 0;
        for (int i = 0; i < 60; i++) {
            QueueName name = new QueueName("q" + i);
            cluster.node(1 + i % 3).cluster().submit(queue(name.value(), true, 1, Optional.empty()), reply -> {});
            LocalCluster finding = cluster.node(1 + (i + 1 + i % 2) % 3).cluster();
            while (root(finding.topology()).queue(name).isEmpty()) {
                cluster.advance(1);
            }
            int[] calls = {0};
            finding.whenKnown(() -> {
                calls[0]++;
                cluster.nodes.values().stream()
                        .filter(node ->
                                root(node.cluster().topology()).queue(name).isEmpty())
                        .forEach(node -> unknowing.add(node.id));
            });
            cluster.advance(200);
            told += calls[0];
        }

        assertThat(told).isEqualTo(60);
        assertThat(unknowing).isEmpty();
    }

    @Test
    void whatIsKnownEverywhereIsToldAtOnce() {
        TestNodes cluster = TestNodes.started(3);
        LocalCluster here = cluster.node(2).cluster();
        submit(cluster.node(3), queue("q", true, 1, Optional.empty()));
        assertThat(isToldAtOnce(here)).isFalse();
        cluster.advance(50);
        assertThat(isToldAtOnce(here)).isTrue();

        cluster.node(1)
                .<List<NewTopicReply>>ask(reply ->
                        cluster.node(1).cluster().createTopics(List.of(TestNodes.topic("t", 1, 3)), false, reply));
        cluster.advance(50);
        assertThat(here.current().topic("t")).isPresent();
        assertThat(isToldAtOnce(here)).isTrue();

        submit(cluster.node(2), exchange("e", true));
        assertThat(isToldAtOnce(here)).isTrue(); // who declared it waited for that
        cluster.node(3).kill();
        cluster.node(3).start();
        cluster.advance(ClusterSettings.SESSION_TIMEOUT_MS * 2);
        assertThat(isToldAtOnce(here)).isFalse(); // a node came back that may have missed something
        cluster.advance(50);
        assertThat(isToldAtOnce(here)).isTrue();
    }

    private static boolean isToldAtOnce(LocalCluster node) {
        boolean[] isTold = {false};
        node.whenKnown(() -> isTold[0] = true);
        return isTold[0];
    }

    @Test
    void aNodeThatHangsDelaysOneChangeNotTheNext() {
        TestNodes cluster = TestNodes.started(3);
        cluster.node(3).isDeaf = true;

        assertThat(msUntil(cluster, cluster.node(1), queue("first", true, 1, Optional.empty())))
                .isBetween(AppliedElsewhere.LIMIT_MS - 20, AppliedElsewhere.LIMIT_MS + 50);
        assertThat(msUntil(cluster, cluster.node(1), queue("second", true, 1, Optional.empty())))
                .isLessThan(100);

        cluster.node(3).isDeaf = false;
        cluster.advance(2 * AppliedElsewhere.LIMIT_MS);
        submit(cluster.node(1), queue("third", true, 1, Optional.empty()));
        submit(cluster.node(1), queue("fourth", true, 1, Optional.empty()));
        assertThat(queues(cluster.node(3).cluster().topology())).contains("fourth");
    }

    private static long msUntil(TestNodes cluster, TestNodes.Node node, TopologyChange change) {
        long begunMs = cluster.clock.monotonicMs();
        assertThat(submit(node, change)).isEqualTo(CHANGED);
        return cluster.clock.monotonicMs() - begunMs;
    }

    @Test
    void whatANodeKeptInMemoryGoesWhenItComesBack() {
        TestNodes cluster = TestNodes.started(3);
        submit(cluster.node(3), queue("replies", false, 3, Optional.empty()));
        submit(cluster.node(1), queue("other", false, 1, Optional.empty()));

        cluster.node(3).kill();
        cluster.node(3).start();
        cluster.advance(ClusterSettings.SESSION_TIMEOUT_MS * 2);

        assertThat(cluster.nodes.values())
                .allSatisfy(
                        node -> assertThat(queues(node.cluster().topology())).containsExactly("other"));
    }

    /// Clients of nodes that stayed up go on using what they declared, and do not declare it again.
    @Test
    void whatIsNotDurableOutlivesNodesThatAreStartedAnewInTurn() {
        TestNodes cluster = TestNodes.started(3);
        submit(cluster.node(3), exchange("e", false));
        submit(cluster.node(1), queue("q", true, 1, Optional.empty()));
        submit(cluster.node(1), bind("e", "q"));

        for (int id : List.of(2, 3, 1)) {
            cluster.node(id).kill();
            if (id == 1) {
                cluster.quorum.elect(2);
            }
            cluster.advance(ClusterSettings.SESSION_TIMEOUT_MS * 2);
            cluster.node(id).start();
            cluster.advance(ClusterSettings.SESSION_TIMEOUT_MS * 2);
        }

        assertThat(cluster.nodes.values())
                .allSatisfy(node -> assertThat(
                                root(node.cluster().topology()).routing().bindingCount())
                        .isEqualTo(1));
    }

    @Test
    void aQueueThatWasDeclaredWithoutANodeGetsAReplicaThereWhenItIsBack() {
        TestNodes cluster = TestNodes.started(3);
        cluster.node(3).kill();
        cluster.advance(ClusterSettings.SESSION_TIMEOUT_MS * 2);
        var quorum = new QueueSpec(
                new QueueRef(ROOT, new QueueName("q")), QueueType.QUORUM, true, false, false, Arguments.NONE);
        submit(cluster.node(1), new TopologyChange.DeclareQueue(quorum, 1, Optional.empty()));
        assertThat(replicas(cluster)).hasSize(2);

        cluster.node(3).start();
        cluster.advance(20_000);

        assertThat(replicas(cluster)).containsExactlyInAnyOrder(1, 2, 3);
    }

    private static List<Integer> replicas(TestNodes cluster) {
        return cluster.truth()
                .topic("queue.q")
                .orElseThrow()
                .partitions()
                .getFirst()
                .replicas();
    }

    @Test
    void subscribersHearOfQueues() {
        TestCluster node = TestCluster.started();
        StringBuilder heard = new StringBuilder();
        node.cluster.subscribe((before, after, delta) -> {
            delta.topology()
                    .deleted()
                    .forEach(queue -> heard.append('-').append(queue.ref().name()));
            delta.topology()
                    .created()
                    .forEach(queue -> heard.append('+').append(queue.ref().name()));
        });

        submit(node, queue("q", true, 1, Optional.empty()));
        submit(node, exchange("e", true));
        QueueView queue =
                root(node.cluster.topology()).queue(new QueueName("q")).orElseThrow();
        submit(node, new TopologyChange.DeleteQueue(queue.ref(), queue.id()));

        assertThat(heard).hasToString("+q-q");
    }

    @Test
    void aClusterThatIsRaisedToTheLevelGetsItsDefaults() {
        TestNodes cluster = TestNodes.started(3, MetadataLevel.CORDONS);
        assertThat(cluster.truth().topology().vhosts()).isEmpty();
        assertThat(submit(cluster.node(2), exchange("e", true))).isInstanceOf(TopologyReply.Failed.class);
        for (int id : List.of(2, 3, 1)) {
            TestNodes.Node node = cluster.node(id);
            node.kill();
            node.known = MetadataLevel.newest();
            node.start();
            if (id == 1) {
                cluster.quorum.elect(2);
            }
            cluster.advance(3_000);
        }
        assertThat(cluster.truth().topology().vhosts()).isEmpty();

        FeatureChange raise =
                new FeatureChange(MetadataLevel.FEATURE, MetadataLevel.newest().number(), false, false);
        assertThat(cluster.node(3)
                        .<Outcome>ask(reply -> cluster.node(3).cluster().updateFeatures(List.of(raise), false, reply)))
                .isEqualTo(Outcome.OK);
        cluster.advance(200);

        assertThat(cluster.nodes.values())
                .allSatisfy(node -> assertThat(root(node.cluster().topology()).permission("guest"))
                        .isPresent());
        assertThat(submit(cluster.node(2), exchange("e", true))).isEqualTo(CHANGED);
    }
}
