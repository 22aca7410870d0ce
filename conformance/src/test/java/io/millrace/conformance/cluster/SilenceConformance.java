package io.millrace.conformance.cluster;

import io.millrace.cli.cluster.local.NodeProcess;
import io.millrace.conformance.BrokerKind;
import io.millrace.conformance.Skip;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Nodes in network namespaces of their own, where what is cut vanishes without a word, as it does when a machine loses
/// its power or a switch its mind.
final class SilenceConformance {
    private static final String TOPIC = "silence";
    private static final int PARTITIONS = 3;

    /// So much is written while a node sleeps: longer than anybody's patience with it.
    private static final long MEANWHILE = 7_000;

    private static final Silence GONE =
            new Silence("it is gone, for clients too", (links, node) -> links.vanish(node.id()));
    private static final Silence DEAF =
            new Silence("it is heard and hears nobody", (links, node) -> links.deafen(node.id()));
    private static final Silence MUTE =
            new Silence("it hears and nobody hears it", (links, node) -> links.mute(node.id()));
    private static final Silence ASLEEP = new Silence("it sleeps", (links, node) -> node.pause());

    /// How a node is silenced.
    private record Silence(String what, BiConsumer<Namespaces, NodeProcess> how) {}

    @Test
    @Timeout(value = 8, unit = TimeUnit.MINUTES)
    void othersLeadAndDecideInPlaceOfASilentController() throws IOException, InterruptedException {
        silence(ClusterUnderTest::controller, List.of(GONE, DEAF, MUTE, ASLEEP));
    }

    @Test
    @Timeout(value = 8, unit = TimeUnit.MINUTES)
    void othersLeadInPlaceOfASilentLeader() throws IOException, InterruptedException {
        silence(SilenceConformance::notTheController, List.of(DEAF, MUTE));
    }

    private static void silence(Function<ClusterUnderTest, NodeProcess> victim, List<Silence> silences)
            throws IOException, InterruptedException {
        if (BrokerKind.underTest() == BrokerKind.KAFKA) {
            throw Skip.because("Kafka has no controller that clients see, and longer patience");
        }
        try (var cluster = ClusterUnderTest.apart(ClusterUnderTest.software())) {
            var links = (Namespaces) cluster.links();
            UnderLoad.judge(cluster, TOPIC, PARTITIONS, load -> {
                for (Silence silence : silences) {
                    NodeProcess node = victim.apply(cluster);
                    System.err.println("cluster: node " + node.id() + ": " + silence.what());

                    silence.how().accept(links, node);

                    ClusterUnderTest.await(
                            "others in place of node " + node.id() + " when " + silence.what(),
                            () -> cluster.isLeftOut(node, TOPIC));
                    load.awaitProgress();
                    if (silence == ASLEEP) {
                        load.awaitMore(MEANWHILE);
                    }
                    links.heal();
                    node.resume();
                    cluster.awaitInSync(TOPIC);
                }
            });
        }
    }

    /// It leads a partition unless the controller leads all.
    private static NodeProcess notTheController(ClusterUnderTest cluster) {
        NodeProcess controller = cluster.controller();
        return IntStream.range(0, PARTITIONS)
                .mapToObj(partition -> cluster.leader(TOPIC, partition))
                .filter(leader -> leader != controller)
                .findFirst()
                .orElseGet(() -> cluster.nodes().all().stream()
                        .filter(node -> node != controller)
                        .findFirst()
                        .orElseThrow());
    }
}
