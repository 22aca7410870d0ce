package io.millrace.cli.cluster.local;

import java.nio.file.Path;
import java.util.List;
import java.util.function.IntSupplier;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// All places of a cluster, and what its nodes are told alike.
///
/// @param settings `KEY=VALUE` for every node, in the software's own keys
public record ClusterPlan(List<NodePlace> places, List<String> settings) {
    private static final int CLUSTER_PORTS_AFTER = 98;
    private static final int HTTP_PORTS_AFTER = 552;
    private static final int AMQP_PORTS_AFTER = -3_420;
    private static final int MANAGEMENT_PORTS_AFTER = 6_580;

    /// What [#from] takes, so that all ports are some.
    public static final int BASE_PORT_MIN = 4_500;

    public static final int BASE_PORT_MAX = 58_000;

    public ClusterPlan {
        places = List.copyOf(places);
        settings = List.copyOf(settings);
    }

    /// On free ports.
    public static ClusterPlan anywhere(Path folder, int nodes) {
        var ports = new FreePorts();
        List<NodePlace> places = IntStream.rangeClosed(1, nodes)
                .mapToObj(id -> place(folder, id, ports::next))
                .toList();
        return new ClusterPlan(places, List.of());
    }

    /// On ports in a row: with 9092 as base the nodes are at 9092.., reach each other at 9190.., serve HTTP at 9644..,
    /// AMQP at 5672.. and its management at 15672.., the ports a single node has.
    public static ClusterPlan from(int basePort, Path folder, int nodes) {
        List<NodePlace> places = IntStream.range(0, nodes)
                .mapToObj(index -> place(folder, index + 1, inRows(basePort + index)))
                .toList();
        return new ClusterPlan(places, List.of());
    }

    /// The ports of one node, one after the other.
    private static IntSupplier inRows(int first) {
        return IntStream.of(0, CLUSTER_PORTS_AFTER, HTTP_PORTS_AFTER, AMQP_PORTS_AFTER, MANAGEMENT_PORTS_AFTER)
                .map(after -> first + after)
                .iterator()::nextInt;
    }

    private static NodePlace place(Path folder, int id, IntSupplier ports) {
        return new NodePlace(
                id,
                folder.resolve("node-" + id),
                ports.getAsInt(),
                ports.getAsInt(),
                ports.getAsInt(),
                ports.getAsInt(),
                ports.getAsInt(),
                NodePlace.LOOPBACK,
                NodePlace.LOOPBACK,
                List.of());
    }

    public ClusterPlan withSettings(List<String> more) {
        return new ClusterPlan(places, more);
    }

    public ClusterPlan withPlaces(UnaryOperator<NodePlace> change) {
        return new ClusterPlan(places.stream().map(change).toList(), settings);
    }

    /// What clients are given.
    public String bootstrap() {
        return places.stream().map(NodePlace::kafkaAddress).collect(Collectors.joining(","));
    }

    /// What nodes are given.
    String clusterAddresses() {
        return places.stream().map(NodePlace::clusterAddress).collect(Collectors.joining(","));
    }
}
