package io.millrace.benchmarks.vskafka.broker;

import java.io.IOException;
import java.nio.file.Path;

/// One side of the comparison: a broker in one process, or a cluster of them.
public sealed interface Contender permits BrokerKind, ClusterKind {
    /// The name in tables and of `--brokers`.
    String name();

    /// Starts it on an empty folder, without waiting until it is ready.
    BrokerUnderTest launch(Path folder) throws IOException, InterruptedException;
}
