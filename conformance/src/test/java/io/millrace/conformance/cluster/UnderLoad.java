package io.millrace.conformance.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.cli.experiment.history.Verdict;
import io.millrace.cli.experiment.load.FinalRead;
import io.millrace.cli.experiment.load.Load;
import io.millrace.cli.experiment.load.LoadShape;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// A topic that is written and read while something happens to the cluster; afterwards everything is read and judged.
///
/// Owned by: the test's thread.
final class UnderLoad {
    private static final int PRODUCERS = 2;
    private static final int READERS = 2;
    private static final long RATE = 600;
    private static final int RECORD_BYTES = 100;

    /// Who asked a node that says nothing any more asks another one after so long, not after Kafka's 30 s.
    private static final Map<String, Object> IMPATIENT = Map.of("request.timeout.ms", "5000");

    /// Longer than the 120 s after which a client gives a record up: when a leader that hears nobody answers late, the
    /// client sends again what its successor had stored before it knew five later batches, is told that it is out of
    /// order, and sends nothing else until then. Kafka's leaders do the same to it.
    private static final long ANSWER_SECONDS_MAX = 150;

    private final LoadShape shape;
    private final Load load;

    /// What happens meanwhile.
    interface Happening {
        void run(UnderLoad load) throws IOException, InterruptedException;
    }

    private UnderLoad(LoadShape shape, Load load) {
        this.shape = shape;
        this.load = load;
    }

    /// Makes the topic, lets it happen, waits until all replicas are in sync again, and judges.
    static void judge(ClusterUnderTest cluster, String topic, int partitions, Happening what)
            throws IOException, InterruptedException {
        var shape = new LoadShape(topic, partitions, PRODUCERS, READERS, RATE, RECORD_BYTES);
        try {
            cluster.topic(topic, partitions);
            judge(cluster, shape, what);
        } catch (RuntimeException | AssertionError failed) {
            cluster.keep();
            throw failed;
        }
    }

    private static void judge(ClusterUnderTest cluster, LoadShape shape, Happening what)
            throws IOException, InterruptedException {
        try (Load load = Load.begin(cluster.bootstrap(), shape, IMPATIENT)) {
            ClusterUnderTest.await("writes", () -> load.journal().acknowledged() > 0);
            what.run(new UnderLoad(shape, load));
            cluster.awaitInSync(shape.topic());
            load.end();

            Verdict verdict =
                    load.journal().judge(FinalRead.of(cluster.bootstrap(), shape.topic(), shape.partitions()));
            System.err.println("cluster: " + shape.topic() + ": " + verdict.sent() + " sent, " + verdict.acknowledged()
                    + " acknowledged, " + verdict.unknown() + " unknown, " + verdict.read() + " read, "
                    + verdict.counts() + ", longest gap "
                    + load.journal().tally().longestGapMs() + " ms");
            assertThat(verdict.examples()).isEmpty();
            assertThat(verdict.acknowledged()).isPositive();
            assertThat(load.journal().isReadToEnd()).as("read to the end").isTrue();
        }
    }

    /// Waits until so many more records are acknowledged.
    void awaitMore(long records) {
        long before = load.journal().acknowledged();
        ClusterUnderTest.await(records + " more records", () -> load.journal().acknowledged() >= before + records);
    }

    /// Waits until something that is sent from now on is acknowledged, in each partition.
    void awaitProgress() throws InterruptedException {
        long nowNs = System.nanoTime();
        for (int partition = 0; partition < shape.partitions(); partition++) {
            try {
                load.journal().acknowledgedAgain(partition, nowNs).get(ANSWER_SECONDS_MAX, TimeUnit.SECONDS);
            } catch (ExecutionException | TimeoutException never) {
                throw new AssertionError(
                        "nothing sent to partition " + partition + " of " + shape.topic() + " is acknowledged; "
                                + load.journal().firstErrors(),
                        never);
            }
        }
    }
}
