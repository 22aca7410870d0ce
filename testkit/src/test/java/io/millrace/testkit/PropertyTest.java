package io.millrace.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import io.millrace.model.Randomness;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.platform.testkit.engine.EngineExecutionResults;
import org.junit.platform.testkit.engine.EngineTestKit;
import org.junit.platform.testkit.engine.Event;

class PropertyTest {
    private static final Set<Long> SEEN = new HashSet<>();

    @Test
    void triesAsManySeedsAsAskedEachItsOwn() {
        SEEN.clear();

        var results = run(Holds.class).execute();

        assertThat(results.testEvents().succeeded().count()).isEqualTo(7);
        assertThat(SEEN).hasSize(7);
    }

    @Test
    void stopsAtTheFirstFailureAndNamesItsSeed() {
        SEEN.clear();

        var results = run(FailsAtTheThirdTry.class).execute();

        assertThat(results.testEvents().succeeded().count()).isEqualTo(2);
        Throwable failure = onlyFailure(results);
        assertThat(failure).isInstanceOf(PropertyFailed.class).hasMessageContaining("the third of them");
        assertThat(SEEN)
                .anySatisfy(seed -> assertThat(failure)
                        .hasMessageStartingWith("seed " + seed + " (again with -Dmillrace.seed=" + seed + ")"));
    }

    @Test
    void replaysOneSeed() {
        SEEN.clear();

        var results = run(Holds.class)
                .configurationParameter(PropertyExtension.SEED_KEY, "-42")
                .execute();

        assertThat(results.testEvents().started().count()).isEqualTo(1);
        assertThat(SEEN).containsExactly(-42L);
    }

    @Test
    void triesCanBeRaisedFromOutside() {
        SEEN.clear();

        run(Holds.class)
                .configurationParameter(PropertyExtension.TRIES_KEY, "250")
                .execute();

        assertThat(SEEN).hasSize(250);
    }

    @Test
    void anAssumptionThatDoesNotHoldIsNoFailure() {
        var results = run(Assumes.class).execute();

        assertThat(results.testEvents().failed().count()).isZero();
        assertThat(results.testEvents().aborted().count()).isEqualTo(5);
    }

    private static EngineTestKit.Builder run(Class<?> sample) {
        return EngineTestKit.engine("junit-jupiter")
                .selectors(selectClass(sample))
                .enableImplicitConfigurationParameters(false);
    }

    private static Throwable onlyFailure(EngineExecutionResults results) {
        List<Event> failed = results.testEvents().failed().list();
        assertThat(failed).hasSize(1);
        return failed.getFirst()
                .getRequiredPayload(org.junit.platform.engine.TestExecutionResult.class)
                .getThrowable()
                .orElseThrow();
    }

    static final class Holds {
        @Property(tries = 7)
        void holds(SeededRandomness randomness) {
            SEEN.add(randomness.seed());
        }
    }

    static final class FailsAtTheThirdTry {
        @Property
        void fails(SeededRandomness randomness) {
            SEEN.add(randomness.seed());
            assertThat(SEEN).as("the third of them").hasSizeLessThan(3);
        }
    }

    static final class Assumes {
        @Property(tries = 5)
        void assumes(Randomness randomness) {
            assumeTrue(randomness.nextDouble() > 1);
        }
    }
}
