package io.millrace.cli.experiment;

import io.millrace.cli.CommandFailure;
import io.millrace.cli.ExitCode;
import io.millrace.cli.Logging;
import io.millrace.cli.cluster.local.ClusterPlan;
import io.millrace.cli.cluster.local.Installation;
import io.millrace.cli.cluster.local.LocalNodes;
import io.millrace.cli.cluster.local.NodeSoftware;
import io.millrace.cli.experiment.load.LoadShape;
import io.millrace.cli.experiment.report.Failover;
import io.millrace.cli.experiment.report.FailoverChart;
import io.millrace.cli.experiment.report.FailoverCsv;
import io.millrace.cli.experiment.report.FailoverOutcome;
import io.millrace.cli.output.Answer;
import io.millrace.cli.output.Column;
import io.millrace.cli.output.OutputFormat;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `millrace experiment failover`: three nodes, a topic with three replicas, and the leader dies, again and again.
@Command(
        name = "failover",
        description = "Kill the leaders of a 3-node cluster under load and count what is lost.",
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Starts three nodes on this machine, a topic with three replicas and min.insync.replicas=2, idempotent",
            "producers with acks=all and a consumer, all of them Kafka's Java clients with their defaults. A round kills",
            "(-9) the leader, waits until writes go on, starts it again, waits until it is in sync, and does the same to",
            "the next leader. At the end everything is read and compared with what was acknowledged and read before.",
            "Failover time is from the kill to the next acknowledged record, sent after the kill, on every partition the",
            "node led. Ends with 0 only when nothing is lost, reordered, doubled or changed, else with 6.",
            "",
            "millrace experiment failover --rounds 5 --peer both"
        })
public final class FailoverCommand implements Callable<Integer> {
    private static final Duration START_MAX = Duration.ofSeconds(90);

    /// Which brokers the experiment is made with.
    enum Peer {
        MILLRACE,
        KAFKA,
        BOTH
    }

    @Option(names = "--rounds", description = "Rounds of two kills each (default: ${DEFAULT-VALUE}).")
    private int rounds = 5;

    @Option(names = "--rate", description = "Records per second of all producers (default: ${DEFAULT-VALUE}).")
    private long rate = 2_000;

    @Option(
            names = "--seconds",
            description = "Undisturbed load before each kill and restart, on average (default: ${DEFAULT-VALUE}).")
    private double seconds = 1.5;

    @Option(names = "--partitions", description = "Of the topic (default: ${DEFAULT-VALUE}).")
    private int partitions = 3;

    @Option(names = "--producers", description = "How many (default: ${DEFAULT-VALUE}).")
    private int producers = 3;

    @Option(names = "--size", description = "Bytes of each record (default: ${DEFAULT-VALUE}).")
    private int size = 100;

    @Option(
            names = "--peer",
            description = "millrace, kafka or both (default: ${DEFAULT-VALUE}). Kafka's jars must have been fetched"
                    + " before, by benchmarks/vs-kafka --list.")
    private Peer peer = Peer.MILLRACE;

    @Option(
            names = "--output",
            paramLabel = "DIR",
            description = "Where failover.svg and a CSV for each broker are written (default: ${DEFAULT-VALUE}).")
    private Path output = Path.of("failover");

    @Option(names = "--seed", description = "Of the chance in the moments of the kills (default: ${DEFAULT-VALUE}).")
    private long seed = 1;

    @Option(names = "--keep", description = "Do not delete the nodes' data and logs.")
    private boolean keep;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli fills it in
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException, InterruptedException {
        FailoverPlan plan = plan();
        Logging.silenceLibraries();
        List<FailoverOutcome> outcomes = new ArrayList<>();
        for (NodeSoftware software : softwares()) {
            outcomes.add(run(software, plan));
        }
        write(outcomes);
        outcomes.forEach(this::tellFindings);
        if (outcomes.size() > 1) {
            compare(outcomes);
        }
        say(outcomes.getLast().line());
        boolean clean = outcomes.stream().allMatch(outcome -> outcome.verdict().isClean());
        return (clean ? ExitCode.OK : ExitCode.UNSOUND).number();
    }

    private FailoverPlan plan() {
        if (rounds < 1 || rate < 1 || seconds < 0 || partitions < 1 || producers < 1 || size < 1) {
            throw new ParameterException(
                    spec.commandLine(),
                    "At least 1: --rounds, --rate, --partitions, --producers, --size; --seconds is 0 or more");
        }
        var load = new LoadShape("failover", partitions, producers, 1, rate, size);
        return new FailoverPlan(rounds, load, Math.round(seconds * 1_000), seed);
    }

    /// Ours last: its line is the command's last.
    private List<NodeSoftware> softwares() {
        Installation here = Installation.ofThisCommand();
        return switch (peer) {
            case MILLRACE -> List.of(here.millrace());
            case KAFKA -> List.of(here.kafka());
            case BOTH -> List.of(here.kafka(), here.millrace());
        };
    }

    private FailoverOutcome run(NodeSoftware software, FailoverPlan plan) throws IOException, InterruptedException {
        try (var scratch = new Scratch("millrace-failover-" + software.name())) {
            say(software.name() + ": starting " + FailoverPlan.NODES + " nodes");
            try {
                FailoverOutcome outcome = run(software, plan, scratch.folder());
                if (keep || !outcome.verdict().isClean()) {
                    keep(scratch);
                }
                return outcome;
            } catch (CommandFailure failed) {
                keep(scratch);
                throw failed;
            }
        }
    }

    private void keep(Scratch scratch) {
        scratch.keep();
        say("Data and logs of the nodes: " + scratch.folder());
    }

    private FailoverOutcome run(NodeSoftware software, FailoverPlan plan, Path folder)
            throws IOException, InterruptedException {
        ClusterPlan cluster = ClusterPlan.anywhere(folder, FailoverPlan.NODES);
        try (LocalNodes nodes = LocalNodes.start(software, cluster)) {
            nodes.awaitAll(START_MAX);
            try (var run = new FailoverRun(software.name(), plan, nodes, new Timeline(this::say))) {
                return run.run();
            }
        }
    }

    private void write(List<FailoverOutcome> outcomes) throws IOException {
        Files.createDirectories(output);
        Path chart = output.resolve("failover.svg");
        Files.writeString(chart, FailoverChart.svg(outcomes));
        for (FailoverOutcome outcome : outcomes) {
            Files.write(output.resolve("failover-" + outcome.software() + ".csv"), FailoverCsv.lines(outcome));
        }
        say("Chart and numbers: " + chart);
    }

    private void tellFindings(FailoverOutcome outcome) {
        outcome.verdict().examples().forEach(finding -> say(outcome.software() + ": " + finding));
        outcome.errors().forEach(error -> say(outcome.software() + ": error seen by an application: " + error));
    }

    private void compare(List<FailoverOutcome> outcomes) {
        new Answer(OutputFormat.TABLE, out())
                .table(
                        List.of(
                                new Column<>("broker", FailoverOutcome::software),
                                new Column<>(
                                        "kills", outcome -> outcome.failovers().size()),
                                new Column<>("leader ms (median)", outcome -> outcome.median(Failover::leaderMs)),
                                new Column<>("write ms (median)", outcome -> outcome.median(Failover::writeMs)),
                                new Column<>("write ms (worst)", outcome -> outcome.worst(Failover::writeMs)),
                                new Column<>(
                                        "acknowledged",
                                        outcome -> outcome.verdict().acknowledged()),
                                new Column<>(
                                        "violations",
                                        outcome -> outcome.verdict().counts())),
                        outcomes);
        double kafka = outcomes.getFirst().median(Failover::writeMs);
        double ours = outcomes.getLast().median(Failover::writeMs);
        say(String.format(Locale.ROOT, "Millrace writes again %.1f times as fast as Kafka", kafka / ours));
    }

    private PrintWriter out() {
        return spec.commandLine().getOut();
    }

    private void say(String line) {
        out().println(line);
        out().flush();
    }
}
