package io.millrace.conformance.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.cli.cluster.local.NodeProcess;
import io.millrace.cli.experiment.history.Verdict;
import io.millrace.cli.experiment.load.FinalRead;
import io.millrace.cli.experiment.load.Load;
import io.millrace.cli.experiment.load.LoadShape;
import io.millrace.conformance.BrokerKind;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Every node is stopped clean and started again, one after the other, under the load of clients with their defaults.
final class RollingRestartConformance {
    private static final int PARTITIONS = 6;

    /// Promised is a second, on a machine with nothing else to do: `-Dmillrace.cluster.pause-ms-max=1000` checks that.
    /// With one core for all nodes and clients half of it is gone already, and a build server is busier still.
    private static final long PAUSE_MS_MAX = Long.getLong("millrace.cluster.pause-ms-max", 2_000);

    @Test
    @Timeout(value = 10, unit = TimeUnit.MINUTES)
    void clientsSeeNoErrorAndNoLongPause() throws IOException, InterruptedException {
        var shape = new LoadShape("rolling", PARTITIONS, 2, 1, 600, 100);
        try (var cluster = ClusterUnderTest.start()) {
            cluster.topic(shape.topic(), PARTITIONS);
            try (Load load = Load.begin(cluster.bootstrap(), shape)) {
                awaitMore(load, 2_000); // first requests of fresh clients and servers are slow
                load.journal().tally(); // the longest gap counts from here

                long pauseMs = 0;
                for (NodeProcess node : cluster.nodes().all()) {
                    cluster.stop(node);
                    cluster.awaitLeft(shape.topic()); // or the old view would count as being back in sync
                    long stopMs = load.journal().tally().longestGapMs();
                    cluster.restart(node);
                    cluster.awaitInSync(shape.topic());
                    awaitMore(load, 300);
                    long startMs = load.journal().tally().longestGapMs();
                    System.err.println("rolling restart: node " + node.id() + ": pauses of " + stopMs
                            + " ms while it stopped, " + startMs + " ms after");
                    pauseMs = Math.max(pauseMs, Math.max(stopMs, startMs));
                }
                load.end();

                Verdict verdict = load.journal().judge(FinalRead.of(cluster.bootstrap(), shape.topic(), PARTITIONS));
                System.err.println("rolling restart: " + verdict.acknowledged() + " acknowledged, longest pause "
                        + pauseMs + " ms");
                assertThat(verdict.examples()).isEmpty();
                assertThat(load.journal().firstErrors()).isEmpty();
                assertThat(verdict.unknown()).isZero();
                if (BrokerKind.underTest() == BrokerKind.MILLRACE) { // our promise, not Kafka's
                    assertThat(pauseMs).isLessThan(PAUSE_MS_MAX);
                }
            }
        }
    }

    private static void awaitMore(Load load, long records) {
        long wanted = load.journal().acknowledged() + records;
        ClusterUnderTest.await("more writes", () -> load.journal().acknowledged() >= wanted);
    }
}
