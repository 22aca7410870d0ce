package io.millrace.conformance.cluster;

import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import io.millrace.cli.cluster.local.ClusterPlan;
import io.millrace.cli.cluster.local.Launch;
import io.millrace.cli.cluster.local.NodePlace;
import io.millrace.cli.cluster.local.NodeSoftware;
import io.millrace.conformance.Ports;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeoutException;

/// Nodes that speak AMQP, too, and have its management API.
///
/// @param ports by node
record WithAmqp(NodeSoftware software, Map<Integer, Integer> ports) implements NodeSoftware {
    /// With a free port for each node of a cluster.
    static WithAmqp of(NodeSoftware software) {
        var ports = new HashMap<Integer, Integer>();
        for (int node = 1; node <= ClusterUnderTest.NODES; node++) {
            ports.put(node, Ports.free());
        }
        return new WithAmqp(software, ports);
    }

    @Override
    public String name() {
        return software.name();
    }

    @Override
    public void prepare(ClusterPlan plan, NodePlace place) throws IOException, InterruptedException {
        software.prepare(plan, place);
    }

    @Override
    public Launch launch(ClusterPlan plan, NodePlace place) {
        var settings = new ArrayList<>(plan.settings());
        settings.add("listeners.amqp=127.0.0.1:" + port(place.id()));
        settings.add("listeners.management=" + place.managementAddress());
        return software.launch(plan.withSettings(settings), place);
    }

    /// To a node that may still be starting: it refuses until it serves.
    Connection connect(ConnectionFactory factory, int node) throws IOException, TimeoutException {
        factory.setHost("127.0.0.1");
        factory.setPort(port(node));
        ClusterUnderTest.await("AMQP of node " + node, () -> isOpen(port(node)));
        return factory.newConnection();
    }

    private static boolean isOpen(int port) throws IOException {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (ConnectException refused) {
            return false;
        }
    }

    int port(int node) {
        return Objects.requireNonNull(ports.get(node), "no such node");
    }
}
