package io.millrace.simulator.world;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testkit.Property;
import io.millrace.testkit.SeededRandomness;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class WorldTest {
    private final World world = new World(1);
    private final List<String> happened = new ArrayList<>();

    private void runAll() {
        while (world.step()) {
            // until nothing is left
        }
    }

    @Property
    void eventsHappenInTheOrderOfTheirTimeAndThoseOfOneMomentAsTheyWereAskedFor(SeededRandomness randomness) {
        List<long[]> ran = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            int asked = i;
            long dueNs = randomness.nextInt(40) * 7L * World.MS;
            world.after(dueNs, () -> {
                ran.add(new long[] {world.nowNs(), asked});
                if (randomness.onceIn(4)) {
                    world.after(randomness.nextInt(100) * World.MS, () -> ran.add(new long[] {world.nowNs(), 1_000}));
                }
            });
        }
        runAll();

        assertThat(ran).hasSizeGreaterThanOrEqualTo(300);
        for (int i = 1; i < ran.size(); i++) {
            long[] before = ran.get(i - 1);
            long[] after = ran.get(i);
            assertThat(before[0]).isLessThanOrEqualTo(after[0]);
            if (before[0] == after[0] && before[1] < 1_000) {
                assertThat(before[1]).isLessThanOrEqualTo(after[1]);
            }
        }
    }

    @Test
    void whatIsCalledOffDoesNotHappen() {
        world.after(1, () -> happened.add("near")).cancel();
        world.after(1_000 * World.MS, () -> happened.add("far")).cancel();
        runAll();

        assertThat(happened).isEmpty();
    }

    @Test
    void aLoopThatDiesForgetsItsTurns() {
        SimLoop loop = new SimLoop(world, "loop");
        loop.post(() -> {
            happened.add("first");
            loop.die();
        });
        loop.post(() -> happened.add("second"));
        loop.after(5, () -> happened.add("third"));
        runAll();

        assertThat(happened).containsExactly("first");
    }

    @Test
    void aLoopThatStandsStillTakesItsTurnsLater() {
        SimLoop loop = new SimLoop(world, "loop");
        loop.standStill(50 * World.MS);
        loop.post(() -> happened.add("at " + world.nowMs()));
        runAll();

        assertThat(happened).containsExactly("at 50");
    }

    @Test
    void componentsDoNotShareTheirChance() {
        World again = new World(1);
        again.chance("one").nextLong();

        assertThat(again.chance("other").nextLong())
                .isEqualTo(world.chance("other").nextLong());
        assertThat(world.chance("one").nextLong())
                .isNotEqualTo(world.chance("other").nextLong());
        assertThat(new World(2).chance("one").nextLong())
                .isNotEqualTo(world.chance("one").nextLong());
    }
}
