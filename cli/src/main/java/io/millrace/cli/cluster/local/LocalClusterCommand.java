package io.millrace.cli.cluster.local;

import io.millrace.cli.CommandFailure;
import io.millrace.cli.ExitCode;
import io.millrace.cli.Logging;
import io.millrace.cli.output.Answer;
import io.millrace.cli.output.Column;
import io.millrace.cli.output.OutputFormat;
import io.millrace.server.loop.StopLoop;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `millrace local-cluster`: several nodes on this machine, each a process of its own, until Ctrl-C.
@Command(
        name = "local-cluster",
        description = "Run a cluster on this machine, every node a process. Ctrl-C stops all of them clean.",
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "millrace local-cluster 3",
            "millrace topic create orders --replicas 3; kill -9 one of the processes, and see what clients notice"
        })
public final class LocalClusterCommand implements Callable<Integer> {
    private static final int NODES_MAX = 9;
    private static final Duration READY_MAX = Duration.ofSeconds(60);
    private static final long STOP_MS_MAX = 120_000;

    private static final List<Column<NodeProcess>> COLUMNS = List.of(
            new Column<>("node", NodeProcess::id),
            new Column<>("process", NodeProcess::pid),
            new Column<>("kafka", node -> node.place().kafkaAddress()),
            new Column<>("amqp", node -> node.place().amqpAddress()),
            new Column<>("management", node -> node.place().managementAddress()),
            new Column<>("cluster", node -> node.place().clusterAddress()),
            new Column<>("http", node -> NodePlace.LOOPBACK + ":" + node.place().thirdPort()),
            new Column<>("data", node -> node.place().data()));

    @Parameters(
            index = "0",
            arity = "0..1",
            paramLabel = "NODES",
            description = "How many, 1 to 9 (default: ${DEFAULT-VALUE}).")
    private int count = 3;

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description = "Where the nodes' folders lie (default: ${DEFAULT-VALUE}).")
    private Path data = Path.of("data", "local-cluster");

    @Option(
            names = "--base-port",
            paramLabel = "PORT",
            description = "The first node's Kafka port; the next nodes' follow. 0 takes free ports (default:"
                    + " ${DEFAULT-VALUE}).")
    private int basePort = 9092;

    @Option(names = "--restart", description = "Start a node again that died.")
    private boolean restart;

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description = "Any key of the configuration, for every node. May be repeated.")
    private List<String> settings = new ArrayList<>();

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli fills it in
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException, InterruptedException {
        ClusterPlan plan = plan();
        NodeSoftware millrace = Installation.ofThisCommand().millraceWithAmqp();
        Logging.silenceLibraries();
        PrintWriter out = spec.commandLine().getOut();
        try (LocalNodes nodes = LocalNodes.start(millrace, plan, place -> lines(place, out))) {
            var stop = new StopLoop(STOP_MS_MAX);
            try {
                run(nodes, stop, out);
            } finally {
                stop.stopped();
            }
            return (stop.hasFailed() ? ExitCode.FAILED : ExitCode.OK).number();
        }
    }

    private ClusterPlan plan() {
        if (count < 1 || count > NODES_MAX || !isBasePort()) {
            throw new ParameterException(
                    spec.commandLine(),
                    "NODES is 1 to 9, --base-port 0 or " + ClusterPlan.BASE_PORT_MIN + " to "
                            + ClusterPlan.BASE_PORT_MAX);
        }
        Path folder = data.toAbsolutePath().normalize();
        ClusterPlan plan =
                basePort == 0 ? ClusterPlan.anywhere(folder, count) : ClusterPlan.from(basePort, folder, count);
        plan.places().stream()
                .flatMap(place -> place.ports().stream())
                .filter(port -> !FreePorts.isFree(port))
                .findFirst()
                .ifPresent(LocalClusterCommand::taken);
        return plan.withSettings(settings);
    }

    private boolean isBasePort() {
        return basePort == 0 || basePort >= ClusterPlan.BASE_PORT_MIN && basePort <= ClusterPlan.BASE_PORT_MAX;
    }

    private static void taken(int port) {
        throw new CommandFailure(
                ExitCode.FAILED, "Port " + port + " is taken", "Other ports: --base-port PORT, or 0 for free ones");
    }

    private static NodeOutput lines(NodePlace place, PrintWriter out) {
        return new NodeOutput.ToLines(line -> say(out, place.name() + " | " + line));
    }

    private void run(LocalNodes nodes, StopLoop stop, PrintWriter out) throws InterruptedException {
        new Answer(OutputFormat.TABLE, out).table(COLUMNS, nodes.all());
        var watch = new NodeWatch(nodes, restart, stop, line -> say(out, line));
        watch.begin();
        if (ready(nodes)) {
            say(out, "All " + count + " nodes are there: --bootstrap " + nodes.bootstrap() + " (Ctrl-C stops them)");
        } else if (!watch.isOver()) {
            say(out, "Not all nodes are there yet; what they wait for is above");
        }
        stop.awaitSignal();
        watch.end();
        say(out, "Stopping all nodes");
        nodes.stop();
    }

    private static boolean ready(LocalNodes nodes) throws InterruptedException {
        try {
            nodes.awaitAll(READY_MAX);
            return true;
        } catch (CommandFailure notYet) {
            return false; // the watch and the nodes themselves say why
        }
    }

    private static void say(PrintWriter out, String line) {
        synchronized (out) { // every node's output comes on a thread of its own
            out.println(line);
            out.flush();
        }
    }
}
