package io.millrace.server;

import io.millrace.cluster.LocalCluster;
import io.millrace.console.ManagementApi;
import io.millrace.console.port.ClusterView;
import io.millrace.console.port.ClusterView.ListenerRow;
import io.millrace.console.port.ManagementPorts;
import io.millrace.model.Clock;
import io.millrace.model.Randomness;
import io.millrace.server.amqp.NodeAmqp;
import io.millrace.server.config.Endpoint;
import io.millrace.server.config.ServerConfig;
import io.millrace.server.http.ManagementLoop;
import io.millrace.server.net.ListenAddress;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The node's management port; nothing when the listener is off.
///
/// Owned by: the thread that starts and stops the node.
final class ManagementDoor {
    private @Nullable ManagementLoop loop;

    /// What the API is about.
    ///
    /// @param addresses of the other listeners that are open, by protocol
    record Parts(
            ServerConfig config,
            LocalCluster cluster,
            NodeAmqp queues,
            Vitals vitals,
            Map<String, InetSocketAddress> addresses,
            Clock clock,
            Randomness randomness) {}

    /// What the process knows of itself.
    interface Vitals {
        ClusterView of(List<ListenerRow> listeners);
    }

    /// Imports what the operator wants to be there before a client comes.
    void importDefinitions(Parts parts) throws IOException, InterruptedException {
        String file = parts.config().amqp().definitions();
        if (!file.isEmpty()) {
            ManagementApi api = new ManagementApi(ports(parts, List.of()));
            new StartDefinitions(api, parts.cluster(), parts.cluster(), parts.clock()).load(Path.of(file));
        }
    }

    void open(Parts parts) throws IOException {
        Endpoint wanted = parts.config().listeners().management();
        if (wanted.isOff()) {
            return;
        }
        List<ListenerRow> listeners = new ArrayList<>();
        parts.addresses().forEach((protocol, address) -> listeners.add(row(protocol, address)));
        InetSocketAddress address = ListenAddress.of(wanted.host(), wanted.port());
        listeners.add(row("http", address));
        loop = ManagementLoop.start(address, new ManagementApi(ports(parts, listeners)));
    }

    private static ListenerRow row(String protocol, InetSocketAddress address) {
        return new ListenerRow(protocol, address.getAddress().getHostAddress(), address.getPort());
    }

    private static ManagementPorts ports(Parts parts, List<ListenerRow> listeners) {
        return new ManagementPorts(
                parts.cluster(),
                parts.cluster(),
                parts.queues().access(),
                parts.queues().tallies(),
                parts.vitals().of(List.copyOf(listeners)),
                parts.queues().connections(),
                parts.clock(),
                parts.randomness(),
                parts.config().node().id(),
                Optional.ofNullable(ManagementDoor.class.getPackage().getImplementationVersion())
                        .orElse("development"));
    }

    /// Empty when the listener is off.
    Optional<InetSocketAddress> address() {
        return Optional.ofNullable(loop).map(ManagementLoop::address);
    }

    void stop() {
        ManagementLoop running = loop;
        if (running != null) {
            running.stop();
        }
    }
}
