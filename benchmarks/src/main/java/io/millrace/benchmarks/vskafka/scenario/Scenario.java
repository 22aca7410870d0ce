package io.millrace.benchmarks.vskafka.scenario;

import io.millrace.benchmarks.vskafka.broker.BrokerKind;
import io.millrace.benchmarks.vskafka.broker.BrokerUnderTest;
import io.millrace.benchmarks.vskafka.broker.ClusterKind;
import io.millrace.benchmarks.vskafka.report.Sample;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/// One row of the comparison. The same scenario object runs against every broker in turn, so it keeps no results.
public sealed interface Scenario {
    /// The row's label and the name for `--only`.
    String name();

    /// The table it belongs to.
    String family();

    /// Runs against brokers that stay up for all runs of all such scenarios, JIT and page cache warm.
    non-sealed interface OnRunning extends Scenario {
        /// Made once before the first run, such as data to be read; topics to be deleted after the last.
        List<TopicSet> prepare(BrokerUnderTest broker) throws IOException, InterruptedException;

        /// One run; leaves nothing behind.
        Sample run(BrokerUnderTest broker, RunSettings settings) throws IOException, InterruptedException;
    }

    /// Starts and ends its own broker, because starting is what it measures.
    non-sealed interface OnFresh extends Scenario {
        Sample run(BrokerKind kind, Path folder, RunSettings settings) throws IOException, InterruptedException;
    }

    /// The same with a cluster.
    non-sealed interface OnFreshCluster extends Scenario {
        Sample run(ClusterKind kind, Path folder, RunSettings settings) throws IOException, InterruptedException;
    }
}
