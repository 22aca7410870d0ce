package io.millrace.server;

import com.sun.management.UnixOperatingSystemMXBean;
import io.millrace.broker.catalog.NodeView;
import io.millrace.broker.topology.QueueView;
import io.millrace.cluster.LocalCluster;
import io.millrace.cluster.bulletin.Alarms;
import io.millrace.console.port.ClusterView;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/// The nodes and the process of this one, for the management API. May be called from any thread.
final class NodeVitals implements ClusterView {
    private final int nodeId;
    private final LocalCluster cluster;
    private final List<ListenerRow> listeners;
    private final LongSupplier diskFree;
    private final Supplier<SortedMap<Integer, Alarms>> alarms;
    private final Supplier<String> notReady;

    /// @param alarms by node, of all that have any
    NodeVitals(
            int nodeId,
            LocalCluster cluster,
            List<ListenerRow> listeners,
            LongSupplier diskFree,
            Supplier<SortedMap<Integer, Alarms>> alarms,
            Supplier<String> notReady) {
        this.nodeId = nodeId;
        this.cluster = cluster;
        this.listeners = listeners;
        this.diskFree = diskFree;
        this.alarms = alarms;
        this.notReady = notReady;
    }

    @Override
    public String clusterName() {
        return cluster.current().clusterId();
    }

    private static String name(int id) {
        return ClusterView.nameOf(id);
    }

    @Override
    public NodeRow self() {
        return new NodeRow(name(nodeId), true, Optional.of(vitals()));
    }

    @Override
    public List<NodeRow> nodes() {
        return cluster.current().nodes().stream()
                .map(node -> node.id() == nodeId ? self() : other(node))
                .toList();
    }

    private static NodeRow other(NodeView node) {
        return new NodeRow(name(node.id()), node.isActive(), Optional.empty());
    }

    private Vitals vitals() {
        var runtime = ManagementFactory.getRuntimeMXBean();
        Runtime machine = Runtime.getRuntime();
        long open = 0;
        long most = 0;
        if (ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix) {
            open = unix.getOpenFileDescriptorCount();
            most = unix.getMaxFileDescriptorCount();
        }
        Alarms own = alarms.get().getOrDefault(nodeId, Alarms.NONE);
        return new Vitals(
                runtime.getPid(),
                runtime.getUptime(),
                machine.availableProcessors(),
                machine.totalMemory() - machine.freeMemory(),
                machine.maxMemory(),
                own.memory(),
                diskFree.getAsLong(),
                own.disk(),
                open,
                most);
    }

    @Override
    public List<AlarmRow> alarms() {
        List<AlarmRow> rows = new ArrayList<>();
        alarms.get().forEach((node, raised) -> {
            if (raised.memory()) {
                rows.add(new AlarmRow(name(node), "memory"));
            }
            if (raised.disk()) {
                rows.add(new AlarmRow(name(node), "disk"));
            }
        });
        return rows;
    }

    @Override
    public Optional<String> home(QueueView queue) {
        return switch (queue.home()) {
            case QueueView.Home.InMemory memory -> Optional.of(name(memory.nodeId()));
            case QueueView.Home.OnLog log -> {
                OptionalInt leader = cluster.current().topic(log.topicId()).stream()
                        .mapToInt(topic -> topic.partitions().getFirst().leader())
                        .filter(id -> id >= 0)
                        .findFirst();
                yield leader.isPresent() ? Optional.of(name(leader.getAsInt())) : Optional.empty();
            }
        };
    }

    @Override
    public List<ListenerRow> listeners() {
        return listeners;
    }

    @Override
    public String notReady() {
        return notReady.get();
    }
}
