package io.millrace.server;

import io.millrace.cluster.LocalCluster;
import io.millrace.console.ManagementApi;
import io.millrace.console.port.ClusterView;
import io.millrace.console.port.ClusterView.ListenerRow;
import io.millrace.console.port.ConnectionsView;
import io.millrace.console.port.ManagementPorts;
import io.millrace.console.port.NodeSummaries;
import io.millrace.console.port.Worker;
import io.millrace.console.resource.OwnSummary;
import io.millrace.model.Clock;
import io.millrace.model.Randomness;
import io.millrace.server.amqp.NodeAmqp;
import io.millrace.server.census.Census;
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
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The node's management port; nothing when the listener is off.
///
/// Owned by: the thread that starts and stops the node.
final class ManagementDoor {
    private static final Logger LOG = LoggerFactory.getLogger(ManagementDoor.class);

    private @Nullable ManagementLoop loop;
    private @Nullable Census census;

    /// What the API is about.
    ///
    /// @param addresses of the other listeners that are open, by protocol
    /// @param census begins to answer the other nodes
    record Parts(
            ServerConfig config,
            LocalCluster cluster,
            NodeAmqp queues,
            Vitals vitals,
            Map<String, InetSocketAddress> addresses,
            Function<Census.Own, Census> census,
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
            ManagementApi api = new ManagementApi(ports(
                    parts,
                    parts.vitals().of(List.of()),
                    parts.queues().connections(),
                    reply -> reply.accept(List.of())));
            new StartDefinitions(api, parts.cluster(), parts.cluster(), parts.clock()).load(Path.of(file));
        }
    }

    void open(Parts parts) throws IOException {
        tellOfGuest(parts);
        Endpoint wanted = parts.config().listeners().management();
        List<ListenerRow> listeners = new ArrayList<>();
        parts.addresses().forEach((protocol, address) -> listeners.add(row(protocol, address)));
        if (wanted.isOff()) {
            begin(parts, parts.vitals().of(listeners));
            return;
        }
        InetSocketAddress address = ListenAddress.of(wanted.host(), wanted.port());
        listeners.add(row("http", address));
        ClusterView cluster = parts.vitals().of(listeners);
        Census all = begin(parts, cluster);
        loop = ManagementLoop.start(
                address, new ManagementApi(ports(parts, cluster, all.connections(), all.summaries())));
    }

    /// Who can not come in hears no more than that; the operator should know before.
    private static void tellOfGuest(Parts parts) {
        boolean isReached = parts.addresses().entrySet().stream()
                .filter(listener -> listener.getKey().equals("amqp"))
                .anyMatch(listener -> !listener.getValue().getAddress().isLoopbackAddress());
        boolean isOnlyGuest = parts.cluster().topology().users().stream()
                .allMatch(user -> user.name().equals("guest"));
        if (isReached && isOnlyGuest) {
            LOG.warn("event=only-guest hint=\"guest comes in from this machine only; for others: millrace user add"
                    + " NAME --tag administrator, then millrace user permissions\"");
        }
    }

    /// The other nodes may ask, whether or not this one has a listener itself.
    private Census begin(Parts parts, ClusterView cluster) {
        Census begun = parts.census().apply(new Own(parts, cluster));
        census = begun;
        return begun;
    }

    /// What this node has.
    private record Own(Parts parts, ClusterView cluster) implements Census.Own {
        @Override
        public ConnectionsView connections() {
            return parts.queues().connections();
        }

        @Override
        public NodeSummaries summaries(Worker worker) {
            return new OwnSummary(
                    parts.cluster(), parts.queues().access(), parts.queues().tallies(), cluster, connections(), worker);
        }
    }

    private static ListenerRow row(String protocol, InetSocketAddress address) {
        return new ListenerRow(protocol, address.getAddress().getHostAddress(), address.getPort());
    }

    private static ManagementPorts ports(
            Parts parts, ClusterView cluster, ConnectionsView connections, NodeSummaries summaries) {
        return new ManagementPorts(
                parts.cluster(),
                parts.cluster(),
                parts.queues().access(),
                parts.queues().tallies(),
                cluster,
                connections,
                summaries,
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
        Census begun = census;
        if (begun != null) {
            begun.stop();
        }
    }
}
