package io.millrace.benchmarks.vsrabbitmq;

import io.millrace.benchmarks.vskafka.broker.Folders;
import io.millrace.benchmarks.vskafka.report.Comparison;
import io.millrace.benchmarks.vskafka.report.ComparisonTable;
import io.millrace.benchmarks.vskafka.report.JsonReport;
import io.millrace.benchmarks.vskafka.report.Sample;
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

/// `benchmarks/vs-rabbitmq`: RabbitMQ and Millrace by turns under PerfTest, and the ratios of their medians.
///
/// Owned by: the main thread.
@Command(
        name = "vs-rabbitmq",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Runs RabbitMQ's PerfTest against Debian's RabbitMQ and Millrace by turns and prints the ratios.")
public final class VsRabbitMq implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(names = "--repository", required = true, hidden = true, description = "Set by the script.")
    private Path repository = Path.of("");

    @Option(names = "--perf-test-class-path", required = true, hidden = true, description = "Set by the script.")
    private Path perfTestClassPath = Path.of("");

    @Option(
            names = "--brokers",
            split = ",",
            defaultValue = "rabbitmq,millrace",
            description =
                    "Which of rabbitmq, millrace, rabbitmq-control (a second RabbitMQ: its ratios show the noise) "
                            + "to run, in this order; the first is the divisor. Default: ${DEFAULT-VALUE}.")
    private List<String> brokers = List.of();

    @Option(names = "--runs", defaultValue = "5", description = "Counted runs a scenario. Default: ${DEFAULT-VALUE}.")
    private int runs;

    @Option(names = "--seconds", defaultValue = "10", description = "Length of a run. Default: ${DEFAULT-VALUE}.")
    private int seconds;

    @Option(
            names = "--warm-up-runs",
            defaultValue = "2",
            description = "Runs that do not count, for JIT and page cache. Default: ${DEFAULT-VALUE}.")
    private int warmUpRuns;

    @Option(
            names = "--only",
            split = ",",
            description = "Scenarios to run, by name; a trailing * takes all that start so.")
    private List<String> only = List.of("*");

    @Option(names = "--list", description = "Prints the names of all scenarios and ends.")
    private boolean list;

    /// Runs the command and exits with its code.
    public static void main(String[] arguments) {
        System.exit(new CommandLine(new VsRabbitMq()).execute(arguments));
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        PrintWriter out = spec.commandLine().getOut();
        if (list) {
            AmqpCase.all().forEach(load -> out.printf("%-20s %s%n", load.name(), load.family()));
            return CommandLine.ExitCode.OK;
        }
        Path target = repository.resolve("benchmarks/target").toAbsolutePath();
        Path folder = Files.createTempDirectory(Files.createDirectories(target), "vs-rabbitmq");
        List<Comparison> comparisons = new ArrayList<>();
        List<Side> sides = brokers.stream()
                .map(broker -> new Side(contender(broker), folder.resolve(broker)))
                .toList();
        int failures;
        try {
            failures = compareAll(chosen(), sides, comparisons, out);
        } finally {
            sides.forEach(Side::close);
            Folders.delete(folder);
        }
        out.println();
        out.print(ComparisonTable.markdown(comparisons));
        Files.writeString(target.resolve("vs-rabbitmq.md"), ComparisonTable.markdown(comparisons));
        Files.writeString(target.resolve("vs-rabbitmq.json"), JsonReport.json(comparisons));
        return failures == 0 ? CommandLine.ExitCode.OK : CommandLine.ExitCode.SOFTWARE;
    }

    private int compareAll(List<AmqpCase> loads, List<Side> sides, List<Comparison> comparisons, PrintWriter out)
            throws IOException, InterruptedException {
        Path java = Path.of(System.getProperty("java.home"), "bin", "java");
        var perfTest = new PerfTestRun(java, Files.readString(perfTestClassPath).strip(), seconds);
        int failures = 0;
        for (AmqpCase load : loads) {
            try {
                comparisons.add(compare(load, sides, perfTest, out));
            } catch (IOException failed) {
                // one broken scenario must not lose the others
                failures++;
                out.printf("%-20s FAILED  %s%n", load.name(), failed.getMessage());
                out.flush();
            }
        }
        return failures;
    }

    private Comparison compare(AmqpCase load, List<Side> sides, PerfTestRun perfTest, PrintWriter out)
            throws IOException, InterruptedException {
        var comparison = new Comparison(load.name(), load.family());
        for (int run = 1 - warmUpRuns; run <= runs; run++) {
            for (Side side : sides) {
                Sample sample = sample(load, side, perfTest);
                String label = run < 1 ? "warm-up" : run + "/" + runs;
                out.printf("%-20s %-7s %-9s %s%n", load.name(), label, side.name(), ComparisonTable.line(sample));
                out.flush();
                if (run > 0) {
                    comparison.add(side.name(), sample);
                }
            }
        }
        return comparison;
    }

    private Sample sample(AmqpCase load, Side side, PerfTestRun perfTest) throws IOException, InterruptedException {
        return switch (load) {
            case PerfTestCase byPerfTest -> perfTest.run(byPerfTest, side.running());
            case RawCase raw -> raw.run(side.running(), Duration.ofSeconds(seconds));
            case ManyQueues queues -> queues.run(side);
            case DeclareStorm storm -> storm.run(side, Duration.ofSeconds(seconds));
            case WaitingMessages messages -> messages.run(side);
        };
    }

    private AmqpContender contender(String name) {
        return switch (name) {
            case "rabbitmq", "rabbitmq-control" -> new AmqpContender.RabbitMq(name);
            case "millrace" -> new AmqpContender.Millrace(repository.resolve("bin/millrace"));
            default -> throw new ParameterException(spec.commandLine(), "unknown broker: " + name);
        };
    }

    private List<AmqpCase> chosen() {
        List<AmqpCase> chosen = AmqpCase.all().stream()
                .filter(load -> only.stream().anyMatch(pattern -> matches(pattern, load.name())))
                .toList();
        if (chosen.isEmpty()) {
            throw new ParameterException(spec.commandLine(), "no scenario is called " + String.join(",", only));
        }
        return chosen;
    }

    private static boolean matches(String pattern, String name) {
        return pattern.endsWith("*")
                ? name.startsWith(pattern.substring(0, pattern.length() - 1))
                : name.equals(pattern);
    }
}
