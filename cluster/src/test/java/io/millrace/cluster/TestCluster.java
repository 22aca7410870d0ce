package io.millrace.cluster;

import io.millrace.broker.catalog.CatalogChanges.NewTopic;
import io.millrace.broker.catalog.NodeView;
import io.millrace.cluster.metadata.MemoryMetadataLog;
import io.millrace.model.TopicId;
import io.millrace.testkit.ManualClock;
import io.millrace.testkit.ManualLoop;
import io.millrace.testkit.SeededRandomness;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/// One node on an in-memory metadata log, run by hand.
final class TestCluster {
    static final NodeIdentity IDENTITY = new NodeIdentity("wxyzWXYZ0123456789abcd", 1, new TopicId(7, 8));
    static final List<NodeView.Endpoint> ENDPOINTS = List.of(new NodeView.Endpoint("kafka", "localhost", 9092));

    final ManualClock clock = new ManualClock();
    final ManualLoop loop = new ManualLoop(clock);
    final LocalCluster cluster;
    boolean ready;

    /// Each life over the same storage draws its own incarnation.
    TestCluster(MemoryMetadataLog.Storage storage, ClusterSettings settings) {
        cluster = new LocalCluster(
                IDENTITY,
                settings,
                new ClusterPorts(
                        new MemoryMetadataLog(1, storage, clock),
                        ControllerLink.NONE,
                        loop,
                        () -> loop,
                        new PlainCatalogCell(LocalCluster.empty(IDENTITY, settings)),
                        new PlainLeaseCell(),
                        clock,
                        new SeededRandomness(storage.batchCount())));
    }

    static TestCluster started() {
        return new TestCluster(new MemoryMetadataLog.Storage(), ClusterSettings.of(ENDPOINTS, Map.of())).start();
    }

    TestCluster start() {
        cluster.start(() -> cluster.serve(CatalogBarrier.NONE, () -> ready = true), failure -> {
            throw failure;
        });
        loop.runReady();
        return this;
    }

    /// Runs a call to its reply.
    <R> R ask(Consumer<Consumer<R>> call) {
        AtomicReference<R> reply = new AtomicReference<>();
        call.accept(reply::set);
        loop.runReady();
        return Objects.requireNonNull(reply.get(), "no reply");
    }

    static NewTopic topic(String name, int partitions) {
        return new NewTopic(name, partitions, -1, Map.of(), Map.of());
    }
}
