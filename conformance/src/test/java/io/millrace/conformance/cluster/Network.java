package io.millrace.conformance.cluster;

import io.millrace.cli.cluster.local.ClusterPlan;
import io.millrace.cli.cluster.local.NodePlace;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The links between the nodes, each of which can be cut or slowed one way or both.
///
/// Relays of our own, beside [Namespaces]: they need neither root nor kernel modules, and run wherever the
/// tests run. Nodes are told names; the JVM of every node resolves them by a hosts file of its own, to loopback
/// addresses of its own, and so each ordered pair of nodes has a relay of its own although all are told the same list.
/// Clients connect to the nodes directly.
///
/// Owned by: the test.
final class Network implements Links {
    /// The direction from one node to another.
    private record Way(int from, int to) {}

    private static final String NAME = "node-%d.test";

    private final Path folder;
    private final List<Integer> ids;
    private final Map<Way, Valve> valves = new LinkedHashMap<>();
    private final Map<Way, List<Relay>> relays = new LinkedHashMap<>();

    private Network(Path folder, List<Integer> ids) {
        this.folder = folder;
        this.ids = ids;
    }

    /// Lays the links of a cluster whose hosts files go into that folder.
    static Network of(ClusterPlan plan, Path folder) throws IOException {
        var network =
                new Network(folder, plan.places().stream().map(NodePlace::id).toList());
        for (int from : network.ids) {
            for (NodePlace to : plan.places()) {
                network.valves.put(new Way(from, to.id()), new Valve());
            }
        }
        for (int from : network.ids) {
            Files.write(network.hostsFile(from), network.hosts(from));
            for (NodePlace to : plan.places()) {
                if (to.id() != from) {
                    network.lay(from, to);
                }
            }
        }
        return network;
    }

    private void lay(int from, NodePlace to) throws IOException {
        var way = new Way(from, to.id());
        var laid = new ArrayList<Relay>();
        for (int port : List.of(to.clusterPort(), to.thirdPort())) {
            laid.add(new Relay(
                    new InetSocketAddress(address(from, to.id()), port),
                    port,
                    valve(from, to.id()),
                    valve(to.id(), from)));
        }
        relays.put(way, laid);
    }

    private Valve valve(int from, int to) {
        return valves.get(new Way(from, to));
    }

    private static String address(int from, int to) {
        return "127.77." + from + "." + to;
    }

    private List<String> hosts(int from) throws IOException {
        var lines = new ArrayList<String>();
        lines.add("127.0.0.1 localhost");
        lines.add("127.0.0.1 " + InetAddress.getLocalHost().getHostName());
        for (int to : ids) {
            lines.add((to == from ? "127.0.0.1" : address(from, to)) + " " + NAME.formatted(to));
        }
        return lines;
    }

    private Path hostsFile(int id) {
        return folder.resolve("hosts-" + id);
    }

    /// The place reached through these links.
    NodePlace through(NodePlace place) {
        return place.reachedAs(NAME.formatted(place.id()), List.of("-Djdk.net.hosts.file=" + hostsFile(place.id())));
    }

    @Override
    public void cut(int from, int to) {
        valve(from, to).shut();
    }

    @Override
    public void isolate(int id) {
        for (int other : ids) {
            if (other != id) {
                cut(id, other);
                cut(other, id);
            }
        }
    }

    @Override
    public boolean canBeSlow() {
        return true;
    }

    @Override
    public void slow(int one, int other, long ms) {
        valve(one, other).delay(ms);
        valve(other, one).delay(ms);
    }

    @Override
    public void heal() {
        valves.values().forEach(Valve::open);
    }

    @Override
    public void isDown(int id) throws IOException {
        for (Relay relay : to(id)) {
            relay.refuse();
        }
    }

    @Override
    public void isUp(int id) throws IOException {
        for (Relay relay : to(id)) {
            relay.accept();
        }
    }

    private List<Relay> to(int id) {
        return relays.entrySet().stream()
                .filter(laid -> laid.getKey().to() == id)
                .flatMap(laid -> laid.getValue().stream())
                .toList();
    }

    @Override
    public void close() throws IOException {
        for (List<Relay> laid : relays.values()) {
            for (Relay relay : laid) {
                relay.close();
            }
        }
    }
}
