package io.millrace.cli.cluster;

import io.millrace.cli.CommandFailure;
import io.millrace.cli.ExitCode;
import io.millrace.cli.client.AdminOption;
import io.millrace.cli.client.Replies;
import io.millrace.cli.cluster.ReplicaMap.Placed;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `millrace cluster drain`: a node gets no new replicas (Kafka's setting `cordoned.log.dirs`, KIP-1066), and those it
/// has move to others; or the same of one folder of a node ([DiskDrain]). Looks at what there is in every round, so it
/// can be interrupted and asked again at any time.
@Command(
        name = "drain",
        description = "Move everything off a node, or off one of its folders, and keep it empty.",
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "millrace cluster drain 2",
            "millrace cluster drain 2 --undo",
            "millrace cluster drain --disk /disk-1/millrace --node 2"
        })
final class DrainNode implements Runnable {
    private static final String CORDON = "cordoned.log.dirs";
    private static final String ALL = "*";

    @Parameters(paramLabel = "NODE", arity = "0..1", description = "Its number.")
    private @Nullable Integer named;

    @Option(names = "--disk", paramLabel = "FOLDER", description = "Only this folder of the node: to its other ones.")
    private @Nullable String disk;

    @Option(names = "--node", paramLabel = "NODE", description = "Whose folder; the only node, if there is one.")
    private @Nullable Integer ofNode;

    private int node;

    @Option(names = "--undo", description = "Let it have replicas again; moves away from it under way are cancelled.")
    private boolean undo;

    @Option(names = "--no-wait", description = "Do not wait until it is empty.")
    private boolean noWait;

    @Mixin
    private final AdminOption shared = new AdminOption();

    @Override
    public void run() {
        try (Admin admin = shared.admin()) {
            ClusterMembers cluster = ClusterMembers.ask(admin);
            node = node(cluster);
            cluster.require(node);
            if (disk != null) {
                new DiskDrain(admin, node, disk, shared).run(undo, noWait);
                return;
            }
            if (cluster.serves(node)) {
                cordon(admin);
            } else {
                shared.mention("Node " + node + " does not run: its settings stay as they are, and it gets new replicas"
                        + " only when there are too few other nodes");
            }
            if (undo) {
                undo(admin);
            } else {
                drain(admin);
            }
        }
    }

    private int node(ClusterMembers cluster) {
        Integer said = named == null ? ofNode : named;
        if (said != null && (named == null || ofNode == null || named.equals(ofNode))) {
            return said;
        }
        if (said == null && disk != null && cluster.nodes().size() == 1) {
            return cluster.nodes().keySet().iterator().next();
        }
        throw new CommandFailure(
                ExitCode.USAGE,
                said == null ? "Which node?" : "Two nodes are named: " + named + " and " + ofNode,
                disk == null ? "millrace cluster drain 2" : "millrace cluster drain --disk " + disk + " --node 2");
    }

    /// Kafka's client asks a node about its settings, and nobody else.
    private void cordon(Admin admin) {
        var operation = new AlterConfigOp(
                new ConfigEntry(CORDON, undo ? "" : ALL),
                undo ? AlterConfigOp.OpType.DELETE : AlterConfigOp.OpType.SET);
        Replies.await(
                admin,
                admin.incrementalAlterConfigs(Map.of(resource(node), List.of(operation)))
                        .all());
    }

    private static ConfigResource resource(int node) {
        return new ConfigResource(ConfigResource.Type.BROKER, Integer.toString(node));
    }

    private void undo(Admin admin) {
        List<TopicPartition> leaving = ReplicaMap.ask(admin).on(node).stream()
                .filter(placed -> placed.isMoving() && !placed.target().contains(node))
                .map(Placed::id)
                .toList();
        Moves.cancel(admin, leaving);
        shared.answer()
                .say("Node " + node + " gets replicas again"
                        + (leaving.isEmpty() ? "" : ", and keeps " + leaving.size() + " that were on the way"));
        if (shared.isJson()) {
            shared.answer().json(Map.of("node", node, "drained", false, "cancelled", names(leaving)));
        }
    }

    private void drain(Admin admin) {
        Round round = new Round(admin);
        int moved = round.left.size();
        shared.mention(moved + " partition(s) leave node " + node);
        round.begin(admin);
        while (!noWait && !round.left.isEmpty()) {
            Moves.pause();
            Round next = new Round(admin);
            if (next.left.size() < round.left.size()) {
                shared.mention(next.left.size() + " of " + moved + " partition(s) left on node " + node);
            }
            next.begin(admin);
            round = next;
        }
        tell(moved, round);
    }

    private void tell(int moved, Round last) {
        if (shared.isJson()) {
            var facts = new LinkedHashMap<String, Object>();
            facts.put("node", node);
            facts.put("drained", last.left.isEmpty() && last.stuck.isEmpty());
            facts.put("partitions", moved);
            facts.put("left", names(last.left));
            facts.put("stuck", names(last.stuck));
            shared.answer().json(facts);
        }
        if (!last.stuck.isEmpty()) {
            throw new CommandFailure(
                    ExitCode.REFUSED,
                    last.stuck.size() + " partition(s) of node " + node + " have nowhere to go: "
                            + String.join(", ", names(last.stuck)),
                    last.serves
                            ? "Each has a replica on every other node that takes any: add a node, or give them fewer"
                                    + " replicas with millrace cluster move. Node " + node
                                    + " still gets no new replicas; to end that: millrace cluster drain " + node
                                    + " --undo"
                            : "Start the node again if its disk is not lost: others have no copy, or have one each");
        }
        shared.answer()
                .say(
                        last.left.isEmpty()
                                ? "Node " + node + " has no replicas any more"
                                : last.left.size() + " partition(s) are on the way");
    }

    private static List<String> names(List<TopicPartition> partitions) {
        return partitions.stream()
                .map(partition -> partition.topic() + ":" + partition.partition())
                .sorted()
                .toList();
    }

    /// What there is to do now.
    ///
    /// Owned by: the command's thread.
    private final class Round {
        private final Map<TopicPartition, List<Integer>> targets =
                new TreeMap<>(Comparator.comparing(TopicPartition::topic).thenComparingInt(TopicPartition::partition));
        private final List<TopicPartition> left;
        private final List<TopicPartition> stuck;
        private final boolean serves;

        Round(Admin admin) {
            ReplicaMap map = ReplicaMap.ask(admin);
            ClusterMembers cluster = ClusterMembers.ask(admin);
            Evacuation evacuation = new Evacuation(node, hosts(admin, cluster), map.load());
            this.serves = cluster.serves(node);
            List<TopicPartition> nowhere = new ArrayList<>();
            List<TopicPartition> going = new ArrayList<>();
            for (Placed placed : map.on(node)) {
                if (!serves && placed.inSync().equals(List.of(node))) {
                    nowhere.add(placed.id()); // nobody can copy it
                    continue;
                }
                Optional<List<Integer>> target =
                        placed.target().contains(node) ? evacuation.target(placed.target()) : Optional.empty();
                target.ifPresent(nodes -> targets.put(placed.id(), nodes));
                boolean leaves = target.isPresent() || !placed.target().contains(node);
                (leaves ? going : nowhere).add(placed.id());
            }
            this.left = List.copyOf(going);
            this.stuck = List.copyOf(nowhere);
        }

        void begin(Admin admin) {
            Moves.beginWhereThere(admin, targets);
        }

        private List<Evacuation.Host> hosts(Admin admin, ClusterMembers cluster) {
            return cluster.nodes().values().stream()
                    .map(host -> new Evacuation.Host(
                            host.id(), rack(host), !host.isFenced() && host.id() != node && !isCordoned(admin, host)))
                    .toList();
        }

        private static String rack(Node host) {
            return host.rack() == null ? "" : host.rack();
        }

        private static boolean isCordoned(Admin admin, Node host) {
            ConfigResource resource = resource(host.id());
            return Replies.await(admin, admin.describeConfigs(List.of(resource)).all()).values().stream()
                    .flatMap(config -> config.entries().stream())
                    .anyMatch(entry -> entry.name().equals(CORDON) && ALL.equals(entry.value()));
        }
    }
}
