package io.millrace.amqp.codec.wire;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class FittingTest {
    @Test
    void whatFitsStays() {
        assertThat(ShortStrings.fitting("a".repeat(255))).hasSize(255);
        assertThat(ShortStrings.fitting("ä".repeat(127))).hasSize(127);
    }

    @Test
    void ofALongerOneAsMuchIsLeftAsFits() {
        assertThat(ShortStrings.fitting("a".repeat(300))).hasSize(255);
        assertThat(ShortStrings.octets(ShortStrings.fitting("€".repeat(200)))).hasSize(255);
    }
}
