package io.millrace.cli.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/// A line as key and value, and what stands for signs a shell can not type.
class LineRecordTest {
    @Test
    void withoutASeparatorTheLineIsTheValue() {
        assertThat(read("a:b", "", "")).isEqualTo("null=a:b");
    }

    @Test
    void theFirstSeparatorCounts() {
        assertThat(read("a:b:c", ":", "")).isEqualTo("a=b:c");
        assertThat(read("a=>b", "=>", "")).isEqualTo("a=b");
        assertThat(read(":b", ":", "")).isEqualTo("=b");
        assertThat(read("a:", ":", "")).isEqualTo("a=");
    }

    @Test
    void aMarkedValueIsATombstone() {
        assertThat(read("a:NULL", ":", "NULL")).isEqualTo("a=null");
        assertThat(read("a:", ":", "")).isEqualTo("a=");
    }

    @Test
    void aLineWithoutItsSeparatorIsNoRecord() {
        assertThat(LineRecord.read("ab".getBytes(StandardCharsets.UTF_8), LineRecord.Rule.of(":", "")))
                .isEmpty();
    }

    @Test
    void escapesAreRead() {
        assertThat(Escapes.read("a\\tb\\n\\x41\\\\\\0")).isEqualTo("a\tb\nA\\\0");
        assertThatThrownBy(() -> Escapes.read("\\q")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Escapes.read("\\x4")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Escapes.read("end\\")).isInstanceOf(IllegalArgumentException.class);
    }

    private static String read(String line, String separator, String nullMark) {
        LineRecord read = LineRecord.read(
                        line.getBytes(StandardCharsets.UTF_8), LineRecord.Rule.of(separator, nullMark))
                .orElseThrow();
        return text(read.key()) + "=" + text(read.value());
    }

    private static String text(byte[] bytes) {
        return bytes == null ? "null" : new String(bytes, StandardCharsets.UTF_8);
    }
}
