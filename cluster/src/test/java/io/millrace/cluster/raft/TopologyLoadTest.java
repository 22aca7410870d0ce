package io.millrace.cluster.raft;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.catalog.NodeView;
import io.millrace.broker.routing.Binding;
import io.millrace.broker.routing.Destination.ToQueue;
import io.millrace.broker.topology.QueueRef;
import io.millrace.broker.topology.QueueSpec;
import io.millrace.broker.topology.QueueType;
import io.millrace.broker.topology.TopologyChange;
import io.millrace.broker.topology.TopologyReply;
import io.millrace.cluster.CatalogBarrier;
import io.millrace.cluster.ClusterSettings;
import io.millrace.cluster.LocalCluster;
import io.millrace.cluster.NodeIdentity;
import io.millrace.cluster.metadata.ImageSnapshot;
import io.millrace.cluster.metadata.MetadataImage;
import io.millrace.cluster.metadata.MetadataRecord;
import io.millrace.cluster.metadata.RecordCodec;
import io.millrace.model.Arguments;
import io.millrace.model.QueueName;
import io.millrace.model.TopicId;
import io.millrace.model.VhostName;
import io.millrace.testkit.ManualClock;
import io.millrace.testkit.SeededRandomness;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Storms of declarations on one node with the real metadata log; prints what they took. `-Dqueues=100000` for more.
class TopologyLoadTest {
    private static final VhostName ROOT = new VhostName("/");
    private static final int CALLERS = Integer.getInteger("callers", 50);
    private static final int QUEUES = Integer.getInteger("queues", 2_000);

    private static final NodeIdentity IDENTITY = new NodeIdentity("wxyzWXYZ0123456789abcd", 1, new TopicId(7, 8));

    @TempDir
    Path folder;

    private final MetadataThread caller = new MetadataThread("caller", failure -> {});
    private int starts;

    @AfterEach
    void close() {
        caller.close();
    }

    private static TopologyChange declare(String name, boolean durable) {
        QueueSpec queue = new QueueSpec(
                new QueueRef(ROOT, new QueueName(name)), QueueType.CLASSIC, durable, false, false, Arguments.NONE);
        return new TopologyChange.DeclareQueue(queue, 1, Optional.empty());
    }

    private static TopologyChange bind(String name) {
        return new TopologyChange.Bind(ROOT, new Binding("amq.topic", new ToQueue(name), name + ".#"));
    }

    @Test
    void declaresAndBindsForManyCallers() throws Exception {
        RaftNode node = started();
        storm(node, false);
        node.close();
        RaftNode again = started();
        assertThat(again.cluster().topology().vhost(ROOT).orElseThrow().queueCount())
                .isZero();
        again.close();
    }

    @Test
    void keepsAndLoadsDurableOnes() throws Exception {
        RaftNode node = started();
        storm(node, true);
        MetadataImage image = (MetadataImage) node.cluster().current();
        node.close();
        snapshot(image);

        long againNs = System.nanoTime();
        RaftNode again = started();
        report("restart with as many durable queues", againNs);
        assertThat(again.cluster().topology().vhost(ROOT).orElseThrow().queueCount())
                .isEqualTo(QUEUES);
        again.close();
    }

    private static void snapshot(MetadataImage image) {
        long writeNs = System.nanoTime();
        List<byte[]> written =
                ImageSnapshot.records(image).stream().map(RecordCodec::encode).toList();
        report("snapshot of " + written.stream().mapToInt(each -> each.length).sum() + " bytes encoded", writeNs);
        long readNs = System.nanoTime();
        List<MetadataRecord> read = new ArrayList<>();
        for (byte[] each : written) {
            if (RecordCodec.decode(ByteBuffer.wrap(each)) instanceof RecordCodec.Decoded.Complete(var record)) {
                read.add(record);
            }
        }
        MetadataImage loaded = MetadataImage.empty("cluster", 1, Map.of()).with(read);
        report("snapshot decoded and applied", readNs);
        assertThat(loaded.topology().vhost(ROOT).orElseThrow().queueCount()).isEqualTo(QUEUES);
    }

    /// Each caller declares a queue, binds it, and goes on to the next one.
    private static void storm(RaftNode node, boolean durable) throws InterruptedException {
        long beganNs = System.nanoTime();
        CountDownLatch left = new CountDownLatch(QUEUES);
        for (int caller = 0; caller < CALLERS; caller++) {
            new Caller(node.cluster(), durable, left).declare(caller);
        }
        assertThat(left.await(300, TimeUnit.SECONDS)).isTrue();
        report(QUEUES + (durable ? " durable" : " transient") + " queues declared and bound", beganNs);
    }

    private record Caller(LocalCluster cluster, boolean durable, CountDownLatch left) {
        void declare(int number) {
            if (number < QUEUES) {
                cluster.submit(TopologyLoadTest.declare("q" + number, durable), reply -> bind(number, reply));
            }
        }

        private void bind(int number, TopologyReply reply) {
            assertThat(reply).isEqualTo(new TopologyReply.Done(true));
            cluster.submit(TopologyLoadTest.bind("q" + number), _ -> {
                left.countDown();
                declare(number + CALLERS);
            });
        }
    }

    private static void report(String what, long sinceNs) {
        System.out.printf("%s: %d ms%n", what, TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - sinceNs));
    }

    private RaftNode started() throws Exception {
        RaftNode node = RaftNode.alone(new RaftNode.Parts(
                RaftSettings.alone(IDENTITY, folder),
                ClusterSettings.of(List.of(new NodeView.Endpoint("kafka", "localhost", 9092)), Map.of()),
                () -> caller,
                new ManualClock(),
                new SeededRandomness(starts++),
                failure -> {}));
        node.start().get(60, TimeUnit.SECONDS);
        CompletableFuture<Boolean> serving = new CompletableFuture<>();
        node.cluster().serve(CatalogBarrier.NONE, () -> serving.complete(true));
        serving.get(60, TimeUnit.SECONDS);
        return node;
    }
}
