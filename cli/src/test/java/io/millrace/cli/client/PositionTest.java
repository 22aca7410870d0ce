package io.millrace.cli.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

/// Places in a log as users write them.
class PositionTest {
    @Test
    void everyWayToNameAPlaceIsUnderstood() {
        assertThat(Position.parse("earliest")).isEqualTo(new Position.Earliest());
        assertThat(Position.parse("latest")).isEqualTo(new Position.Latest());
        assertThat(Position.parse("beginning")).isEqualTo(new Position.Earliest());
        assertThat(Position.parse("end")).isEqualTo(new Position.Latest());
        assertThat(Position.parse("42")).isEqualTo(new Position.At(42));
        assertThat(Position.parse("-10")).isEqualTo(new Position.Shift(-10));
        assertThat(Position.parse("+3")).isEqualTo(new Position.Shift(3));
        assertThat(Position.parse("1970-01-01T00:00:01Z")).isEqualTo(new Position.Time(1_000));
        assertThat(Position.parse("1970-01-01T00:01Z")).isEqualTo(new Position.Time(60_000));
        assertThat(Position.parse("1970-01-01T01:00:00.5+01:00")).isEqualTo(new Position.Time(500));
    }

    @Test
    void anythingElseIsRefusedWithWhatIsPossible() {
        assertThatThrownBy(() -> Position.parse("yesterday"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("'yesterday' is none of earliest, latest");
        assertThatThrownBy(() -> Position.parse("99999999999999999999")).isInstanceOf(IllegalArgumentException.class);
    }
}
