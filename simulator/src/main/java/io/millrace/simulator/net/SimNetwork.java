package io.millrace.simulator.net;

import io.millrace.cluster.peer.PeerAddress;
import io.millrace.simulator.world.World;
import io.millrace.testkit.SeededRandomness;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// All machines and the routes between them, each direction by itself: slow, lossy or cut. A machine is there or not
/// (power), and on it a process or not.
///
/// Owned by: the thread of the simulation.
/// Invariant: what a connection delivers it delivers in order and at most once; what it does not deliver breaks it.
public final class SimNetwork {
    private final World world;
    private final SeededRandomness chance;
    private static final int MACHINES_MAX = 160;

    private final Route[] routes = new Route[MACHINES_MAX * MACHINES_MAX];
    private final Map<Integer, Endpoint> endpoints = new HashMap<>();
    private final List<Connection<?, ?>> connections = new ArrayList<>();

    public SimNetwork(World world) {
        this.world = world;
        this.chance = world.chance("network");
    }

    /// Who listens for messages of one kind.
    @FunctionalInterface
    public interface Desk<Q, A> {
        /// @param reply called at most once, at any time
        void onRequest(int from, Q request, Reply<A> reply);
    }

    /// The way back.
    @FunctionalInterface
    public interface Reply<A> {
        void send(A answer);
    }

    /// A process that is reachable: its desks by channel, and who hears of broken connections.
    public record Listening(Map<String, Desk<?, ?>> desks, BrokenListener onBroken) {}

    /// Hears that a connection another node had made here broke.
    @FunctionalInterface
    public interface BrokenListener {
        void onBroken(int from, String channel);
    }

    private static final class Endpoint {
        private boolean hasPower = true;
        private @Nullable Listening listening;
    }

    /// Where a node listens for other nodes; its number is its port.
    public static PeerAddress address(int node) {
        return new PeerAddress("node", node);
    }

    /// The node behind an address.
    public static int nodeAt(PeerAddress address) {
        return address.port();
    }

    World world() {
        return world;
    }

    SeededRandomness chance() {
        return chance;
    }

    /// A process opens its ears.
    public void listen(int node, Listening listening) {
        Endpoint endpoint = endpoint(node);
        endpoint.hasPower = true;
        endpoint.listening = listening;
    }

    /// A process ends. Its peers hear of it at once from its machine, unless that lost power: then only from silence.
    public void gone(int node, boolean hasPower) {
        Endpoint endpoint = endpoint(node);
        endpoint.hasPower = hasPower;
        endpoint.listening = null;
        for (Connection<?, ?> connection : List.copyOf(connections)) {
            if (connection.touches(node)) {
                connection.endpointGone(node, hasPower);
            }
        }
    }

    /// A connection to be made when it is needed.
    ///
    /// @param post how answers get into the asking loop
    public <Q, A> SimLink<Q, A> link(int from, int to, String channel, Poster post) {
        return new SimLink<>(this, from, to, channel, post);
    }

    /// Tries to connect, and tells whether that was refused: the machine is there, and nobody listens.
    public void probe(int from, int to, Probed answer) {
        world.after(delayNs(from, to), () -> {
            boolean isRefused = hasPower(to) && listening(to) == null && isOpen(from, to) && isOpen(to, from);
            world.after(delayNs(to, from), () -> answer.tell(isRefused));
        });
    }

    /// What came of a [#probe].
    @FunctionalInterface
    public interface Probed {
        void tell(boolean isRefused);
    }

    /// Runs something inside the loop an answer belongs to.
    @FunctionalInterface
    public interface Poster {
        void post(Runnable turn);
    }

    /// From now on messages from `from` to `to` get nowhere.
    public void cut(int from, int to) {
        route(from, to).setCut(true);
    }

    /// Messages get through again; what TCP still held back follows.
    public void heal(int from, int to) {
        Route route = route(from, to);
        if (route.isCut()) {
            route.setCut(false);
            List.copyOf(connections).forEach(connection -> connection.healed(from, to));
        }
    }

    public void setSpeed(int from, int to, long delayNs, long jitterNs, int lostOneIn) {
        route(from, to).setSpeed(delayNs, jitterNs, lostOneIn);
    }

    /// Whether a message would get from one machine to the other now, and somebody would be there to answer.
    public boolean isOpen(int from, int to) {
        return from == to || !route(from, to).isCut();
    }

    public long delayNs(int from, int to) {
        return from == to ? 0 : route(from, to).nextDelayNs();
    }

    boolean hasPower(int node) {
        return endpoint(node).hasPower;
    }

    @Nullable
    Listening listening(int node) {
        return endpoint(node).listening;
    }

    void opened(Connection<?, ?> connection) {
        connections.add(connection);
    }

    void closed(Connection<?, ?> connection) {
        connections.remove(connection);
    }

    private Endpoint endpoint(int node) {
        return endpoints.computeIfAbsent(node, _ -> new Endpoint());
    }

    Route route(int from, int to) {
        int index = from * MACHINES_MAX + to;
        Route known = routes[index];
        if (known == null) {
            known = new Route(world.chance("route " + from + " " + to));
            routes[index] = known;
        }
        return known;
    }
}
