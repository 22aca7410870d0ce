package io.millrace.conformance.cluster;

import io.millrace.cli.cluster.local.ClusterPlan;
import io.millrace.cli.cluster.local.Launch;
import io.millrace.cli.cluster.local.NodePlace;
import io.millrace.cli.cluster.local.NodeSoftware;
import io.millrace.conformance.Finished;
import io.millrace.conformance.Programs;
import io.millrace.conformance.Skip;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Every node in a network namespace of its own, with a cable (a pair of virtual Ethernet devices) to every other node
/// and one to this machine. What is cut vanishes: nobody is refused, nothing is reset, TCP tries on until it gives up.
///
/// A direction is cut by giving its sender a wrong hardware address of the other end: what it sends arrives at nobody.
/// That needs no firewall, no bridge and no queueing discipline in the kernel, and nothing of this machine's own
/// network is changed but for one device and one route to each node, which go with the namespaces. Addresses are of the
/// range that is set aside for such tests (RFC 2544).
///
/// Owned by: the test. Namespaces are named after the process of the test; what a dead one left is removed.
final class Namespaces implements Links {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final Pattern NAME = Pattern.compile("millrace-(\\d+)-(\\d+)");

    /// The device to this machine.
    private static final String HOME = "home";

    /// Addresses of this machine come after those of the nodes.
    private static final int HOMES_FROM = 100;

    /// A hardware address that nobody has.
    private static final String NOBODY = "02:00:00:00:00:01";

    private final long run = ProcessHandle.current().pid();
    private final List<Integer> ids;
    private final Thread onInterrupt = new Thread(Namespaces::removeLeftovers, "namespaces-end");

    private Namespaces(List<Integer> ids) {
        this.ids = List.copyOf(ids);
    }

    /// Lays the cables; skips the test where that is not allowed.
    static Namespaces of(ClusterPlan plan) {
        Finished allowed = sh("ip netns list && test $(id -u) = 0");
        if (allowed.exit() != 0) {
            throw Skip.because("network namespaces need root and iproute2: " + allowed.err());
        }
        removeLeftovers();
        var namespaces =
                new Namespaces(plan.places().stream().map(NodePlace::id).toList());
        Runtime.getRuntime().addShutdownHook(namespaces.onInterrupt);
        Finished laid = namespaces.lay();
        if (laid.exit() != 0) {
            namespaces.close();
            throw Skip.because("network namespaces can not be had here: " + laid.err());
        }
        return namespaces;
    }

    private static Finished sh(String script) {
        return Programs.run(LIMIT, List.of("sh", "-ec", script));
    }

    private static void sh(List<String> commands) {
        sh(String.join("\n", commands)).ok();
    }

    private Finished lay() {
        var commands = new ArrayList<String>();
        ids.forEach(id -> layHome(id, commands));
        for (int one : ids) {
            ids.stream().filter(other -> other > one).forEach(other -> layBetween(one, other, commands));
        }
        return sh(String.join("\n", commands));
    }

    private void layHome(int id, List<String> commands) {
        String here = home(run, id);
        commands.add("ip netns add " + name(id));
        commands.add(in(id) + "link set lo up");
        commands.add(in(id) + "addr add " + address(id) + "/32 dev lo");
        commands.add("ip link add " + here + " type veth peer name " + HOME + " netns " + name(id));
        commands.add("ip addr add " + homeOf(id) + "/32 dev " + here);
        commands.add("ip link set " + here + " up");
        commands.add("ip route add " + address(id) + "/32 dev " + here + " src " + homeOf(id));
        commands.add(in(id) + "link set " + HOME + " up");
        commands.add(in(id) + "route add " + homeOf(id) + "/32 dev " + HOME + " src " + address(id));
    }

    private void layBetween(int one, int other, List<String> commands) {
        commands.add("ip link add " + to(other) + " netns " + name(one) + " type veth peer name " + to(one) + " netns "
                + name(other));
        layEnd(one, other, commands);
        layEnd(other, one, commands);
    }

    private void layEnd(int from, int to, List<String> commands) {
        commands.add(in(from) + "link set " + to(to) + " up");
        commands.add(in(from) + "route add " + address(to) + "/32 dev " + to(to) + " src " + address(from));
    }

    /// The end of a node's cable on this machine. 15 characters are allowed.
    private static String home(long run, int id) {
        return "mr" + run + "h" + id;
    }

    private String name(int id) {
        return "millrace-" + run + "-" + id;
    }

    private String in(int id) {
        return "ip -n " + name(id) + " ";
    }

    private static String to(int id) {
        return "to-" + id;
    }

    private String address(int id) {
        return "198." + (18 + (run >> 8 & 1)) + "." + (run & 255) + "." + id;
    }

    /// Where the node finds the test and its clients.
    private String homeOf(int id) {
        return address(HOMES_FROM + id);
    }

    /// The place as it is found from everywhere.
    NodePlace through(NodePlace place) {
        return place.at(address(place.id()));
    }

    /// The software started inside.
    NodeSoftware under(NodeSoftware software) {
        return new NodeSoftware() {
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
                Launch launch = software.launch(plan, place);
                var command = new ArrayList<>(List.of("ip", "netns", "exec", Namespaces.this.name(place.id())));
                command.addAll(launch.command());
                return new Launch(command, launch.environment());
            }
        };
    }

    @Override
    public void cut(int from, int to) {
        sh(List.of(lost(from, address(to), to(to))));
    }

    private String lost(int from, String address, String device) {
        return in(from) + "neigh replace " + address + " lladdr " + NOBODY + " dev " + device + " nud permanent";
    }

    @Override
    public void isolate(int id) {
        deafen(id);
        mute(id);
    }

    /// Nothing from other nodes gets to it.
    void deafen(int id) {
        sh(ids.stream()
                .filter(other -> other != id)
                .map(other -> lost(other, address(id), to(id)))
                .toList());
    }

    /// Nothing from it gets to other nodes.
    void mute(int id) {
        sh(ids.stream()
                .filter(other -> other != id)
                .map(other -> lost(id, address(other), to(other)))
                .toList());
    }

    /// Its machine is gone for everybody, also for clients.
    void vanish(int id) {
        isolate(id);
        sh(List.of(lost(id, homeOf(id), HOME)));
    }

    @Override
    public boolean canBeSlow() {
        return false;
    }

    @Override
    public void slow(int one, int other, long ms) {
        throw new UnsupportedOperationException("cables are never slow");
    }

    @Override
    public void heal() {
        sh(ids.stream().map(id -> in(id) + "neigh flush nud permanent").toList());
    }

    @Override
    public void isDown(int id) {
        // The kernel of its namespace says so itself.
    }

    @Override
    public void isUp(int id) {
        // As above.
    }

    /// Namespaces of this process, and of earlier ones that did not get to it, with what still runs in them.
    private static void removeLeftovers() {
        for (String line : sh("ip netns list").lines()) {
            Matcher ours = NAME.matcher(line.split(" ")[0]);
            if (ours.matches() && isOver(Long.parseLong(ours.group(1)))) {
                sh("ip netns pids " + ours.group())
                        .lines()
                        .forEach(
                                pid -> ProcessHandle.of(Long.parseLong(pid)).ifPresent(ProcessHandle::destroyForcibly));
                // First the cable: it would go with the namespace, but only some time later
                sh("ip link del " + home(Long.parseLong(ours.group(1)), Integer.parseInt(ours.group(2))));
                sh("ip netns del " + ours.group());
            }
        }
    }

    private static boolean isOver(long run) {
        return run == ProcessHandle.current().pid()
                || ProcessHandle.of(run).filter(ProcessHandle::isAlive).isEmpty();
    }

    @Override
    public void close() {
        removeLeftovers();
        try {
            Runtime.getRuntime().removeShutdownHook(onInterrupt);
        } catch (IllegalStateException endingAlready) {
            // The hook is running: it does the same.
        }
    }
}
