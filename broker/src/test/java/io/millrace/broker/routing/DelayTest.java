package io.millrace.broker.routing;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.model.ArgumentValue;
import io.millrace.model.ArgumentValue.Whole;
import io.millrace.model.ArgumentValue.Width;
import io.millrace.model.Arguments;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What consumers see of a delay that is over.
final class DelayTest {
    private static Whole waited(ArgumentValue delay) {
        return (Whole) Delay.waited(Arguments.of(Map.of("x-delay", delay)))
                .find("x-delay")
                .orElseThrow();
    }

    @ParameterizedTest
    @CsvSource({
        "BYTE, BYTE",
        "SHORT, SHORT",
        "INT, INT",
        "LONG, LONG",
        "UNSIGNED_BYTE, SHORT",
        "UNSIGNED_SHORT, INT",
        "UNSIGNED_INT, LONG"
    })
    void aDelayIsNegatedInTheWidthItHad(Width width, Width after) {
        Whole seen = waited(new Whole(100, width));

        assertThat(seen.value()).isEqualTo(-100);
        assertThat(seen.width()).isEqualTo(after);
    }

    @Test
    void aDelayWithAFractionIsSeenWithoutIt() {
        assertThat(waited(new ArgumentValue.Real(1500.5, false)).value()).isEqualTo(-1500);
    }
}
