package io.millrace.conformance.cluster;

import io.millrace.cli.cluster.local.NodeSoftware;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Random faults on real processes under load, again and again; then everything is read and judged.
///
/// `-Dmillrace.cluster.schedules` says how many, `-Dmillrace.cluster.seed` the seed of the first; the next ones have
/// the seeds after it. `-Dmillrace.cluster.namespaces=true` gives every node a network namespace of its own. A seed
/// fixes the faults and their moments, not how threads and disks run.
final class FaultScheduleConformance {
    private static final int SCHEDULES = Integer.getInteger("millrace.cluster.schedules", 2);
    private static final long SEED = Long.getLong("millrace.cluster.seed", 1);
    private static final boolean APART = Boolean.getBoolean("millrace.cluster.namespaces");
    private static final int PARTITIONS = 3;
    private static final int REASON_CHARS_MAX = 800;

    @Test
    @Timeout(value = 3, unit = TimeUnit.HOURS)
    void nothingAcknowledgedIsLostReorderedDoubledOrChanged() throws IOException, InterruptedException {
        NodeSoftware software = ClusterUnderTest.software();
        Optional<Machines> machines = Machines.ifPossible(software, 1);
        try (var cluster = start(machines.map(NodeSoftware.class::cast).orElse(software))) {
            for (long seed = SEED; seed < SEED + SCHEDULES; seed++) {
                FaultSchedule schedule = FaultSchedule.of(seed);
                System.err.println("cluster: " + schedule);
                try {
                    run(cluster, machines, schedule);
                } catch (RuntimeException | AssertionError failed) {
                    throw new AssertionError(
                            "-Dmillrace.cluster.seed=" + seed + ": " + oneLine(failed) + ": " + schedule, failed);
                }
            }
        }
    }

    /// All that a report of a long run may show is the first line.
    private static String oneLine(Throwable failed) {
        String text = String.valueOf(failed.getMessage()).replaceAll("\\s+", " ");
        return text.substring(0, Math.min(REASON_CHARS_MAX, text.length()));
    }

    private static ClusterUnderTest start(NodeSoftware software) throws IOException, InterruptedException {
        return APART ? ClusterUnderTest.apart(software) : ClusterUnderTest.start(software);
    }

    private static void run(ClusterUnderTest cluster, Optional<Machines> machines, FaultSchedule schedule)
            throws IOException, InterruptedException {
        String topic = "schedule-" + schedule.seed();
        UnderLoad.judge(cluster, topic, PARTITIONS, load -> new FaultRun(cluster, machines, topic).run(schedule));
    }
}
