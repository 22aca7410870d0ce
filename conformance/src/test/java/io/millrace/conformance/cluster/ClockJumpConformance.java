package io.millrace.conformance.cluster;

import io.millrace.cli.cluster.local.NodeProcess;
import io.millrace.conformance.BrokerKind;
import io.millrace.conformance.Skip;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// The wall clocks of nodes jump. Time is told to records, for retention and in logs by them, and nothing else.
final class ClockJumpConformance {
    private static final int PARTITIONS = 3;
    private static final Duration FORTH = Duration.ofHours(6);

    /// Not as far as an hour: Kafka's default refuses records that claim to be from a later one.
    private static final Duration BACK = Duration.ofMinutes(-50);

    /// Retention looks all the time: it must not take fresh records for old ones.
    private static final List<String> EAGER = List.of("log.retention.check.interval.ms=200");

    @Test
    @Timeout(value = 5, unit = TimeUnit.MINUTES)
    void whatIsWrittenStaysWhileTheClockOfALeaderJumpsToAndFro() throws IOException, InterruptedException {
        Machines machines = Machines.under(ClusterUnderTest.software(), 1);
        try (var cluster = ClusterUnderTest.start(new WithSettings(machines, node -> EAGER))) {
            UnderLoad.judge(cluster, "clock-of-one", PARTITIONS, load -> {
                NodeProcess leader = cluster.leader("clock-of-one", 0);
                for (Duration ahead : List.of(FORTH, BACK, FORTH, Duration.ZERO)) {
                    machines.of(leader.id()).setClockAhead(ahead);
                    load.awaitProgress();
                }
            });
        }
    }

    /// Whoever waits for a while must not wait for a point in time that was moved.
    @Test
    @Timeout(value = 5, unit = TimeUnit.MINUTES)
    void aLostControllerIsReplacedAlthoughAllClocksWereSetBack() throws IOException, InterruptedException {
        if (BrokerKind.underTest() == BrokerKind.KAFKA) {
            throw Skip.because("Kafka's voters wait by the wall clock");
        }
        Machines machines = Machines.under(ClusterUnderTest.software(), 1);
        try (var cluster = ClusterUnderTest.start(machines)) {
            UnderLoad.judge(cluster, "clock-of-all", PARTITIONS, load -> {
                NodeProcess controller = cluster.controller();
                for (NodeProcess node : cluster.nodes().all()) {
                    machines.of(node.id()).setClockAhead(BACK);
                }
                load.awaitProgress();

                controller.pause();

                ClusterUnderTest.await(
                        "another controller than node " + controller.id(),
                        () -> cluster.view().controller().orElse(controller.id()) != controller.id());
                load.awaitProgress();
                controller.resume();
            });
        }
    }
}
