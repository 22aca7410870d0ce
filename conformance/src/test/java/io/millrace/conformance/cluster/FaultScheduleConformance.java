package io.millrace.conformance.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.cli.experiment.history.Verdict;
import io.millrace.cli.experiment.load.FinalRead;
import io.millrace.cli.experiment.load.Load;
import io.millrace.cli.experiment.load.LoadShape;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Random faults on real processes under load, again and again; then everything is read and judged.
///
/// `-Dmillrace.cluster.schedules` says how many, `-Dmillrace.cluster.seed` the seed of the first; the next ones have
/// the seeds after it. A seed fixes the faults and their moments, not how threads and disks run.
final class FaultScheduleConformance {
    private static final int SCHEDULES = Integer.getInteger("millrace.cluster.schedules", 2);
    private static final long SEED = Long.getLong("millrace.cluster.seed", 1);
    private static final int PARTITIONS = 3;
    private static final long RATE = 600;

    @Test
    @Timeout(value = 3, unit = TimeUnit.HOURS)
    void nothingAcknowledgedIsLostReorderedDoubledOrChanged() throws IOException, InterruptedException {
        try (var cluster = ClusterUnderTest.start()) {
            for (long seed = SEED; seed < SEED + SCHEDULES; seed++) {
                FaultSchedule schedule = FaultSchedule.of(seed);
                System.err.println("cluster: " + schedule);
                try {
                    run(cluster, schedule);
                } catch (RuntimeException | AssertionError failed) {
                    cluster.keep();
                    throw new AssertionError("-Dmillrace.cluster.seed=" + seed + ": " + schedule, failed);
                }
            }
        }
    }

    private static void run(ClusterUnderTest cluster, FaultSchedule schedule) throws IOException, InterruptedException {
        var shape = new LoadShape("schedule-" + schedule.seed(), PARTITIONS, 2, 2, RATE, 100);
        cluster.topic(shape.topic(), PARTITIONS);
        try (Load load = Load.begin(cluster.bootstrap(), shape)) {
            ClusterUnderTest.await("writes", () -> load.journal().acknowledged() > 0);

            new FaultRun(cluster, shape.topic()).run(schedule);
            cluster.awaitInSync(shape.topic());
            load.end();

            Verdict verdict = load.journal().judge(FinalRead.of(cluster.bootstrap(), shape.topic(), PARTITIONS));
            System.err.println("cluster: seed " + schedule.seed() + ": " + verdict.sent() + " sent, "
                    + verdict.acknowledged() + " acknowledged, " + verdict.unknown() + " unknown, " + verdict.read()
                    + " read, " + verdict.counts() + ", longest gap "
                    + load.journal().tally().longestGapMs() + " ms");
            assertThat(verdict.examples()).isEmpty();
            assertThat(verdict.acknowledged()).isPositive();
            assertThat(load.journal().isReadToEnd()).as("read to the end").isTrue();
        }
    }
}
