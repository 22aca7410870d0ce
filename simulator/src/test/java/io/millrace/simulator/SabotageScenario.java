package io.millrace.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.millrace.broker.partition.Acks;
import io.millrace.simulator.Plan.Client;
import io.millrace.simulator.Plan.Topic;
import io.millrace.simulator.check.Violation;
import io.millrace.simulator.node.Sabotage;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// Bugs on purpose: each must be found, as what it is, within some thousand seeds; most take a few.
class SabotageScenario {
    private static final int SEEDS_MAX = 3_000;

    @Test
    void findsASyncThatDoesNothing() {
        assertThat(found(Sabotage.LYING_DISK, Map.of(FaultKind.POWER_CUT, 3, FaultKind.BLACKOUT, 1)))
                .isNotEmpty();
    }

    @Test
    void findsAcknowledgementsBeforeTheHighWatermark() {
        assertThat(found(Sabotage.EARLY_ACKNOWLEDGEMENT, Map.of(FaultKind.KILL_LEADER, 1)))
                .contains("acknowledged");
    }

    @Test
    void findsLogsThatPartAndAreNotCut() {
        assertThat(found(Sabotage.NO_TRUNCATION, Map.of(FaultKind.KILL_LEADER, 3, FaultKind.ISOLATE, 1)))
                .isNotEmpty();
    }

    @Test
    void findsALeaderThatServesWhenOthersLead() {
        assertThat(found(Sabotage.UNFENCED_LEADER, Map.of(FaultKind.ISOLATE, 1, FaultKind.PAUSE, 1)))
                .contains("high watermark falls");
    }

    @Test
    void findsARepairWhileOthersCountOnWhatItThrowsAway() {
        assertThat(found(Sabotage.HASTY_REPAIR, Map.of(FaultKind.BIT_FLIP, 3))).contains("while it counts");
    }

    /// What the first failing seed broke.
    private static String found(Sabotage sabotage, Map<FaultKind, Integer> faults) {
        Topic safe = new Topic("safe", 1, 3, Map.of("min.insync.replicas", "2"));
        Plan plan = new Plan(
                3,
                2_000,
                List.of(faults.containsKey(FaultKind.BIT_FLIP) ? safe.sealing() : safe),
                List.of(new Client("safe", 0, Acks.ALL), new Client("safe", 0, Acks.LEADER)),
                new EnumMap<>(faults), // in the order of the kinds: a seed says the same in every JVM
                600,
                6_000,
                Plan.ROOMY);
        for (int seed = 1; seed <= SEEDS_MAX; seed++) {
            try {
                new Simulation(seed, plan, sabotage).run();
            } catch (Failure failure) {
                assertThat(failure.getCause()).isInstanceOf(Violation.class);
                return failure.getCause().getMessage();
            }
        }
        return fail(sabotage + " was not found");
    }
}
