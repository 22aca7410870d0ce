package io.millrace.benchmarks.vskafka;

import io.millrace.benchmarks.vskafka.broker.BrokerKind;
import io.millrace.benchmarks.vskafka.broker.ClusterKind;
import io.millrace.benchmarks.vskafka.broker.Contender;
import io.millrace.benchmarks.vskafka.broker.Folders;
import io.millrace.benchmarks.vskafka.broker.KafkaBroker;
import io.millrace.benchmarks.vskafka.broker.MillraceBroker;
import io.millrace.benchmarks.vskafka.report.Comparison;
import io.millrace.benchmarks.vskafka.report.ComparisonTable;
import io.millrace.benchmarks.vskafka.report.JsonReport;
import io.millrace.benchmarks.vskafka.scenario.Catalogue;
import io.millrace.benchmarks.vskafka.scenario.KafkaTool;
import io.millrace.benchmarks.vskafka.scenario.RunSettings;
import io.millrace.benchmarks.vskafka.scenario.Scenario;
import io.millrace.cli.Logging;
import io.millrace.cli.cluster.local.Installation;
import io.millrace.cli.cluster.local.KafkaJvm;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `benchmarks/vs-kafka`: Kafka and Millrace by turns under the same load, and the ratios of their medians.
///
/// Owned by: the main thread.
@Command(
        name = "vs-kafka",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Runs the same load against Apache Kafka 4.4.0 and Millrace by turns and prints the ratios.")
public final class VsKafka implements Callable<Integer> {
    private static final long FREE_BYTES_MIN = 20L << 30;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(names = "--repository", required = true, hidden = true, description = "Set by the script.")
    private Path repository = Path.of("");

    @Option(names = "--kafka-class-path", required = true, hidden = true, description = "Set by the script.")
    private Path kafkaClassPath = Path.of("");

    @Option(names = "--tools-class-path", required = true, hidden = true, description = "Set by the script.")
    private Path toolsClassPath = Path.of("");

    @Option(
            names = "--brokers",
            split = ",",
            defaultValue = "kafka,millrace",
            description = "Which of kafka, millrace, kafka-control (a second Kafka: its ratios show the noise) to run, "
                    + "in this order; the first is the divisor. Default: ${DEFAULT-VALUE}.")
    private List<String> brokers = List.of();

    @Option(names = "--runs", defaultValue = "5", description = "Counted runs a scenario. Default: ${DEFAULT-VALUE}.")
    private int runs;

    @Option(names = "--seconds", defaultValue = "5", description = "Measured span. Default: ${DEFAULT-VALUE}.")
    private int seconds;

    @Option(
            names = "--warm-up",
            defaultValue = "2",
            description = "Seconds of load before it, in every run. Default: ${DEFAULT-VALUE}.")
    private int warmUpSeconds;

    @Option(
            names = "--warm-up-runs",
            defaultValue = "2",
            description = "Runs that do not count, for JIT and page cache. Default: ${DEFAULT-VALUE}.")
    private int warmUpRuns;

    @Option(names = "--idle", defaultValue = "20", description = "Seconds idle. Default: ${DEFAULT-VALUE}.")
    private int idleSeconds;

    @Option(names = "--partitions", defaultValue = "10000", description = "Default: ${DEFAULT-VALUE}.")
    private int partitions;

    @Option(
            names = "--neighbour-gb",
            defaultValue = "12",
            description = "What the saturating neighbour writes at the most in a run. Default: ${DEFAULT-VALUE}.")
    private int neighbourGigabytes;

    @Option(
            names = "--only",
            split = ",",
            description = "Scenarios to run, by name; a trailing * takes all that start so.")
    private List<String> only = List.of("*");

    @Option(
            names = "--cluster",
            description = "Three nodes of each instead of one, topics of three replicas with min.insync.replicas=2.")
    private boolean cluster;

    @Option(names = "--list", description = "Prints the names of all scenarios and ends.")
    private boolean list;

    @Option(names = "--output", description = "Folder for vs-kafka.md and vs-kafka.json. Default: benchmarks/target.")
    private Path output = Path.of("");

    @Option(names = "--work", description = "Folder for the brokers' data. Default: benchmarks/target/vs-kafka.")
    private Path work = Path.of("");

    /// Runs the command and exits with its code.
    public static void main(String[] arguments) {
        Logging.silenceLibraries();
        System.exit(new CommandLine(new VsKafka()).execute(arguments));
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        PrintWriter out = spec.commandLine().getOut();
        Path java = Path.of(System.getProperty("java.home"), "bin", "java");
        KafkaTool tool = new KafkaTool(java, Files.readString(toolsClassPath).strip());
        List<Scenario> scenarios = chosen(cluster ? Catalogue.cluster(tool) : Catalogue.all(tool));
        if (list) {
            scenarios.forEach(scenario -> out.printf("%-24s %s%n", scenario.name(), scenario.family()));
            return CommandLine.ExitCode.OK;
        }
        Path target = repository.resolve("benchmarks").resolve("target");
        Path folder = (isGiven(work) ? work : target.resolve("vs-kafka")).toAbsolutePath();
        Files.createDirectories(folder);
        List<Comparison> comparisons = new ArrayList<>();
        int failures = runAll(scenarios, folder, kinds(java), comparisons, out);
        Folders.delete(folder);
        out.println();
        out.print(ComparisonTable.markdown(comparisons));
        write(isGiven(output) ? output : target, comparisons);
        return failures == 0 ? CommandLine.ExitCode.OK : CommandLine.ExitCode.SOFTWARE;
    }

    private int runAll(
            List<Scenario> scenarios, Path folder, List<Contender> kinds, List<Comparison> comparisons, PrintWriter out)
            throws InterruptedException {
        int failures = 0;
        try (Alternation alternation = new Alternation(kinds, folder, warmUpRuns, runs, settings(), out)) {
            for (Scenario scenario : scenarios) {
                try {
                    checkDisk(folder);
                    comparisons.add(alternation.compare(scenario));
                } catch (IOException failed) {
                    // One broken scenario must not lose the others; fresh brokers rule out what it left behind.
                    failures++;
                    out.printf("%-24s FAILED  %s%n", scenario.name(), failed.getMessage());
                    out.flush();
                    alternation.endBrokers();
                }
            }
        }
        return failures;
    }

    private RunSettings settings() {
        return new RunSettings(
                Duration.ofSeconds(seconds),
                Duration.ofSeconds(warmUpSeconds),
                Duration.ofSeconds(idleSeconds),
                partitions,
                (long) neighbourGigabytes << 30);
    }

    private List<Contender> kinds(Path java) throws IOException {
        List<Contender> kinds = new ArrayList<>();
        for (String name : brokers) {
            BrokerKind kind = switch (name) {
                case "kafka", "kafka-control" ->
                    new KafkaBroker(
                            name,
                            new KafkaJvm(
                                    java,
                                    Files.readString(kafkaClassPath).strip(),
                                    repository.resolve("benchmarks/peers/kafka/log4j2.xml")));
                case "millrace" -> new MillraceBroker(repository.resolve("bin/millrace"));
                default -> throw new ParameterException(spec.commandLine(), "unknown broker: " + name);
            };
            kinds.add(cluster ? clusterOf(kind) : kind);
        }
        return kinds;
    }

    /// Deleted topics leave Kafka's disk after a second instead of a minute, as on one node.
    private ClusterKind clusterOf(BrokerKind kind) {
        Installation here = new Installation(repository);
        return kind instanceof MillraceBroker
                ? new ClusterKind(kind.name(), here.millrace(), List.of(), kind)
                : new ClusterKind(kind.name(), here.kafka(), List.of("log.segment.delete.delay.ms=1000"), kind);
    }

    private List<Scenario> chosen(List<Scenario> all) {
        for (String pattern : only) {
            if (all.stream().noneMatch(scenario -> matches(pattern, scenario.name()))) {
                throw new ParameterException(spec.commandLine(), "no scenario is called " + pattern);
            }
        }
        return all.stream()
                .filter(scenario -> only.stream().anyMatch(pattern -> matches(pattern, scenario.name())))
                .toList();
    }

    static boolean matches(String pattern, String name) {
        return pattern.endsWith("*")
                ? name.startsWith(pattern.substring(0, pattern.length() - 1))
                : name.equals(pattern);
    }

    private static void checkDisk(Path folder) throws IOException {
        long free = Files.getFileStore(folder).getUsableSpace();
        if (free < FREE_BYTES_MIN) {
            throw new IOException(
                    "only %d GB free on the disk of %s; the load needs 20 GB".formatted(free >> 30, folder));
        }
    }

    private static boolean isGiven(Path path) {
        return !path.toString().isEmpty();
    }

    private static void write(Path folder, List<Comparison> comparisons) throws IOException {
        Files.createDirectories(folder);
        Files.writeString(folder.resolve("vs-kafka.md"), ComparisonTable.markdown(comparisons));
        Files.writeString(folder.resolve("vs-kafka.json"), JsonReport.json(comparisons));
    }
}
