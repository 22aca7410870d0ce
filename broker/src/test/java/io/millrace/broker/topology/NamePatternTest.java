package io.millrace.broker.topology;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class NamePatternTest {
    @Test
    void matchesAnywhereInAName() {
        assertThat(new NamePattern("rd").matches("orders")).isTrue();
        assertThat(new NamePattern("^rd").matches("orders")).isFalse();
        assertThat(new NamePattern("").matches("")).isTrue();
        assertThat(new NamePattern("").matches("orders")).isFalse();
        assertThat(new NamePattern("(").isValid()).isFalse();
    }

    @Test
    void whatTakesAnyBeginningIsTriedOnce() {
        String name = "a.queue.with.a.name.of.some.length";
        assertThat(new NamePattern(".*-dlq$").matches(name)).isFalse();
        assertThat(new NamePattern(".*-dlq$").looks(name)).isLessThan(4 * name.length());
        assertThat(new NamePattern(".*length").matches(name)).isTrue();
        assertThat(new NamePattern(".*x|some").matches(name)).isTrue();
        for (String lines : List.of("first\nsecond", "first\u0085second", "first\u2028second", "first\rsecond")) {
            assertThat(new NamePattern(".*second").matches(lines)).isTrue();
        }
    }

    @Test
    void aBraceThatBeginsNoCountIsALetter() {
        assertThat(new NamePattern("^{username}-a{2,}$").matches("{username}-aaa"))
                .isTrue();
        assertThat(new NamePattern("^a{,2}[{]$").matches("a{,2}{")).isTrue();
        assertThat(new NamePattern("^\\{\\p{Alpha}{2}\\Q{x\\E$").matches("{ab{x"))
                .isTrue();
        assertThat(new NamePattern("^a{1}$").matches("a")).isTrue();
    }

    @Test
    void whatTakesTooLongDoesNotMatch() {
        NamePattern endless = new NamePattern("a.*a.*a.*a.*a.*b");
        String name = "a".repeat(60) + "!";
        assertThat(endless.matches(name)).isFalse();
        assertThat(endless.looks(name)).isEqualTo(Integer.MAX_VALUE);
    }
}
