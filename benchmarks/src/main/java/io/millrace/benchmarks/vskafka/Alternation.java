package io.millrace.benchmarks.vskafka;

import io.millrace.benchmarks.vskafka.broker.BrokerKind;
import io.millrace.benchmarks.vskafka.broker.BrokerUnderTest;
import io.millrace.benchmarks.vskafka.broker.ClusterKind;
import io.millrace.benchmarks.vskafka.broker.Contender;
import io.millrace.benchmarks.vskafka.report.Comparison;
import io.millrace.benchmarks.vskafka.report.ComparisonTable;
import io.millrace.benchmarks.vskafka.report.Sample;
import io.millrace.benchmarks.vskafka.scenario.RunSettings;
import io.millrace.benchmarks.vskafka.scenario.Scenario;
import io.millrace.benchmarks.vskafka.scenario.TopicSet;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Runs scenarios against the brokers in turn (A B A B ...), after runs of each that do not count.
///
/// Owned by: the command's main thread.
final class Alternation implements AutoCloseable {
    private final List<Contender> kinds;
    private final Path folder;
    private final int warmUpRuns;
    private final int runs;
    private final RunSettings settings;
    private final PrintWriter out;
    private final List<BrokerUnderTest> running = new ArrayList<>();
    private int launches;

    Alternation(List<Contender> kinds, Path folder, int warmUpRuns, int runs, RunSettings settings, PrintWriter out) {
        this.kinds = kinds;
        this.folder = folder;
        this.warmUpRuns = warmUpRuns;
        this.runs = runs;
        this.settings = settings;
        this.out = out;
    }

    /// All runs of one scenario.
    Comparison compare(Scenario scenario) throws IOException, InterruptedException {
        return switch (scenario) {
            case Scenario.OnRunning onRunning -> compareRunning(onRunning);
            case Scenario.OnFresh onFresh ->
                compareFresh(onFresh, (kind, folder) -> switch (kind) {
                    case BrokerKind one -> onFresh.run(one, folder, settings);
                    case ClusterKind _ -> throw new IOException("not with --cluster");
                });
            case Scenario.OnFreshCluster onFresh ->
                compareFresh(onFresh, (kind, folder) -> switch (kind) {
                    case BrokerKind _ -> throw new IOException("only with --cluster");
                    case ClusterKind three -> onFresh.run(three, folder, settings);
                });
        };
    }

    private Comparison compareRunning(Scenario.OnRunning scenario) throws IOException, InterruptedException {
        ensureRunning();
        Comparison comparison = new Comparison(scenario.name(), scenario.family());
        List<TopicSet> prepared = new ArrayList<>();
        for (BrokerUnderTest broker : running) {
            prepared.addAll(scenario.prepare(broker));
        }
        for (int run = 1 - warmUpRuns; run <= runs; run++) {
            for (BrokerUnderTest broker : running) {
                count(comparison, run, broker.name(), scenario.run(broker, settings));
            }
        }
        for (TopicSet topics : prepared) {
            topics.close();
        }
        return comparison;
    }

    /// A process that starts anew has nothing to warm but the page cache, which the first start does for the others.
    private Comparison compareFresh(Scenario scenario, FreshRun fresh) throws IOException, InterruptedException {
        endBrokers();
        Comparison comparison = new Comparison(scenario.name(), scenario.family());
        for (int run = 1; run <= runs; run++) {
            for (Contender kind : kinds) {
                count(comparison, run, kind.name(), fresh.run(kind, nextFolder(kind)));
            }
        }
        return comparison;
    }

    /// One run on brokers of its own.
    private interface FreshRun {
        Sample run(Contender kind, Path folder) throws IOException, InterruptedException;
    }

    private void count(Comparison comparison, int run, String broker, Sample sample) {
        String label = run < 1 ? "warm-up" : run + "/" + runs;
        out.printf("%-24s %-7s %-9s %s%n", comparison.scenario(), label, broker, ComparisonTable.line(sample));
        out.flush();
        if (run > 0) {
            comparison.add(broker, sample);
        }
    }

    private void ensureRunning() throws IOException, InterruptedException {
        if (running.isEmpty()) {
            for (Contender kind : kinds) {
                BrokerUnderTest broker = kind.launch(nextFolder(kind));
                running.add(broker);
                broker.awaitReady();
            }
        }
    }

    private Path nextFolder(Contender kind) {
        return folder.resolve(kind.name() + "-" + launches++);
    }

    @Override
    public void close() {
        endBrokers();
    }

    /// Ends the shared brokers: after a failure, and before fresh ones to leave those the machine.
    void endBrokers() {
        running.forEach(BrokerUnderTest::close);
        running.clear();
    }
}
