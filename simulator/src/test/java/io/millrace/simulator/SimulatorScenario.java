package io.millrace.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.simulator.Simulation.Outcome;
import io.millrace.simulator.node.Sabotage;
import io.millrace.simulator.world.World;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Whole clusters in trouble. Every run draws fresh seeds; `-Dmillrace.simulator.seeds=COUNT` says how many, and
/// `-Dmillrace.simulator.seed=SEED` runs one and tells everything that happens.
class SimulatorScenario {
    private static final int SEEDS = 40;
    private static final int FAILURES_TOLD = 5;

    @Test
    void nothingAcknowledgedIsLostAndClustersGetWellAgain() {
        Long only = Long.getLong("millrace.simulator.seed");
        if (only != null) {
            Simulation simulation = new Simulation(only);
            simulation.world().trace().tellEverything();
            assertThat(simulation.run().acknowledged()).isPositive();
            return;
        }
        List<Failure> failures = new ArrayList<>();
        long acknowledged = 0;
        long[] seeds = new SplittableRandom()
                .longs(Integer.getInteger("millrace.simulator.seeds", SEEDS), 0, Long.MAX_VALUE)
                .toArray();
        for (long seed : seeds) {
            try {
                acknowledged += new Simulation(seed).run().acknowledged();
            } catch (Failure failure) {
                failures.add(failure);
                if (failures.size() == FAILURES_TOLD) {
                    break;
                }
            }
        }

        assertThat(failures).isEmpty();
        assertThat(acknowledged).isPositive();
    }

    @Test
    void aSeedRepeatsExactly() {
        Outcome once = new Simulation(4711).run();
        Outcome again = new Simulation(4711).run();

        assertThat(again).isEqualTo(once);
        assertThat(once.acknowledged()).isPositive();
        assertThat(once.read()).isPositive();
    }

    /// What each of them has found is said in the simulator's ADR and where it was mended.
    ///
    /// - 1: a follower on a machine with negative monotonic time never asked its leader for anything
    /// - 837: a deleted partition's folder went before the checkpoints knew; nobody could open it again
    /// - 1109: a cut that the disk broke off was never finished
    /// - 17992: a controller that stood still took old heartbeats for new, and led on beside its successor
    /// - 17995: half a number in a torn epoch checkpoint made a follower cut what was committed
    /// - 18614: a checkpoint written during a cut remembered what went; the log could not be opened after a crash
    /// - 30094: a cut came before the checkpoint, because an earlier attempt had lowered it in memory only
    /// - 8452247176894357431: a follower dropped the high watermark it was told together with what it had asked before
    @ParameterizedTest
    @ValueSource(longs = {1, 837, 1109, 17_992, 17_995, 18_614, 30_094, 8_452_247_176_894_357_431L})
    void whatWasFoundOnceStaysMended(long seed) {
        Plan plan = Plan.draw(new World(seed).chance("plan"))
                .withoutBitFlips()
                .withRoomyAnswers()
                .withPatientMajorities();
        assertThat(new Simulation(seed, plan, Sabotage.NONE).run().acknowledged())
                .isPositive();
    }

    /// - 2880317505395028993: a log that was refused, and damaged below its recovery point, was asked for ever
    /// - 6907166207001345859: the same, where retention had deleted what was damaged
    /// - 8534010016656481262: a bit flipped in a header made a transaction of a batch, and its producer could not write
    ///   on
    @ParameterizedTest
    @ValueSource(longs = {2_880_317_505_395_028_993L, 6_907_166_207_001_345_859L, 8_534_010_016_656_481_262L})
    void whatWasFoundOnBadDisksStaysMended(long seed) {
        Plan plan = Plan.draw(new World(seed).chance("plan")).withRoomyAnswers().withPatientMajorities();
        assertThat(new Simulation(seed, plan, Sabotage.NONE).run().acknowledged())
                .isPositive();
    }

    /// - 574969631857807794, 730728856874396501: a follower's question was lost when the answer had room for a part of
    ///   its batch only
    /// - 892641395985368600: a checkpoint written during a repair forgot what stayed, and the next start cut it off
    @ParameterizedTest
    @ValueSource(longs = {574_969_631_857_807_794L, 730_728_856_874_396_501L, 892_641_395_985_368_600L})
    void whatWasFoundInNarrowAnswersStaysMended(long seed) {
        assertThat(new Simulation(seed).run().acknowledged()).isPositive();
    }
}
