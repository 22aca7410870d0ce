package io.millrace.cli.cluster.local;

import io.millrace.cli.CommandFailure;
import io.millrace.cli.ExitCode;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;

/// The nodes of one cluster as child processes; closing ends them all.
///
/// Owned by: the thread that started them; a shutdown hook may end them when the command is interrupted.
public final class LocalNodes implements AutoCloseable {
    private final ClusterPlan plan;
    private final List<NodeProcess> nodes = new CopyOnWriteArrayList<>();
    private final Thread onInterrupt = new Thread(this::killAll, "local-nodes-end");

    private LocalNodes(ClusterPlan plan) {
        this.plan = plan;
    }

    /// Starts all on empty or existing folders, without waiting for them, with their output in log files. They die with
    /// this process, even if it is interrupted.
    public static LocalNodes start(NodeSoftware software, ClusterPlan plan) throws IOException, InterruptedException {
        LocalNodes all = start(software, plan, place -> new NodeOutput.ToFile());
        Runtime.getRuntime().addShutdownHook(all.onInterrupt);
        return all;
    }

    /// The same with the output elsewhere, and for somebody who stops them clean when this process is to end.
    static LocalNodes start(NodeSoftware software, ClusterPlan plan, Function<NodePlace, NodeOutput> output)
            throws IOException, InterruptedException {
        var all = new LocalNodes(plan);
        try {
            for (NodePlace place : plan.places()) {
                all.nodes.add(new NodeProcess(software, plan, place, output.apply(place)));
            }
        } catch (IOException | InterruptedException | RuntimeException failed) {
            all.close();
            throw failed;
        }
        return all;
    }

    public ClusterPlan plan() {
        return plan;
    }

    public String bootstrap() {
        return plan.bootstrap();
    }

    public List<NodeProcess> all() {
        return nodes;
    }

    public NodeProcess node(int id) {
        return nodes.stream()
                .filter(node -> node.id() == id)
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("there is no node " + id));
    }

    /// Waits until the cluster lists all its nodes.
    public void awaitAll(Duration limit) throws InterruptedException {
        try (var view = new ClusterView(bootstrap())) {
            long deadline = System.nanoTime() + limit.toNanos();
            while (view.nodes() < nodes.size()) {
                nodes.stream().filter(node -> !node.isAlive()).findFirst().ifPresent(LocalNodes::failOn);
                if (System.nanoTime() > deadline) {
                    throw new CommandFailure(
                            ExitCode.UNREACHABLE,
                            "The nodes did not find each other within " + limit.toSeconds() + " s; node 1 said:\n"
                                    + nodes.getFirst().lastLines());
                }
                Thread.sleep(ClusterView.LOOK_EVERY_MS);
            }
        }
    }

    private static void failOn(NodeProcess dead) {
        throw new CommandFailure(
                ExitCode.FAILED, "Node " + dead.id() + " ended while starting; it said:\n" + dead.lastLines());
    }

    /// Asks all to stop, then waits for all.
    public void stop() throws InterruptedException {
        List<NodeProcess> running = nodes.stream().filter(NodeProcess::isAlive).toList();
        running.forEach(NodeProcess::askToStop);
        for (NodeProcess node : running) {
            node.awaitStop();
        }
    }

    private void killAll() {
        nodes.stream().filter(NodeProcess::isAlive).forEach(NodeProcess::kill9);
    }

    @Override
    public void close() {
        killAll();
        try {
            Runtime.getRuntime().removeShutdownHook(onInterrupt);
        } catch (IllegalStateException endingAlready) {
            // The hook is running: it does the same.
        }
    }
}
