package io.millrace.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SeededRandomnessTest {
    @Test
    void followsTheReferenceSequenceOfSplitMix64() {
        // From the published reference implementation, seed 1234567.
        var randomness = new SeededRandomness(1234567);

        assertThat(List.of(
                        Long.toUnsignedString(randomness.nextLong()),
                        Long.toUnsignedString(randomness.nextLong()),
                        Long.toUnsignedString(randomness.nextLong())))
                .containsExactly("6457827717110365317", "3203168211198807973", "9817491932198370423");
    }

    @Property
    void theSameSeedDrawsTheSame(SeededRandomness randomness) {
        var again = new SeededRandomness(randomness.seed());

        for (int i = 0; i < 10; i++) {
            assertThat(again.nextInt(1000)).isEqualTo(randomness.nextInt(1000));
            assertThat(again.nextDouble()).isEqualTo(randomness.nextDouble());
            assertThat(again.nextBoolean()).isEqualTo(randomness.nextBoolean());
            assertThat(again.bytes(5)).isEqualTo(randomness.bytes(5));
        }
    }

    @Property
    void staysInsideItsBounds(SeededRandomness randomness) {
        int bound = randomness.between(1, Integer.MAX_VALUE);

        assertThat(randomness.nextInt(bound)).isBetween(0, bound - 1);
        assertThat(randomness.nextDouble()).isGreaterThanOrEqualTo(0).isLessThan(1);
        assertThat(randomness.between(-3, 3)).isBetween(-3, 3);
        assertThat(randomness.between(5, 5)).isEqualTo(5);
    }

    @Test
    void reachesEveryValueAboutEquallyOften() {
        var randomness = new SeededRandomness(7);
        int[] counts = new int[10];

        IntStream.range(0, 100_000).forEach(i -> counts[randomness.nextInt(10)]++);

        assertThat(Arrays.stream(counts).boxed())
                .allSatisfy(count -> assertThat(count).isBetween(9_500, 10_500));
    }

    @Test
    void refusesBoundsThatHoldNoValue() {
        var randomness = new SeededRandomness(1);

        assertThatThrownBy(() -> randomness.nextInt(0)).hasMessage("bound 0 must be positive");
        assertThatThrownBy(() -> randomness.between(2, 1)).hasMessage("no value from 2 to 1");
    }
}
