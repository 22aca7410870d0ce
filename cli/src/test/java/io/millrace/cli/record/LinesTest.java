package io.millrace.cli.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.cli.CommandFailure;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// Cutting a stream into lines, however it arrives.
class LinesTest {
    @Test
    void linesAreCutAtEveryLineEnd() throws IOException {
        assertThat(lines("a\n\nb\r\nlast")).containsExactly("a", "", "b\r", "last");
        assertThat(lines("one\n")).containsExactly("one");
        assertThat(lines("")).isEmpty();
    }

    @Test
    void itDoesNotMatterHowTheBytesArrive() throws IOException {
        String text = "x".repeat(100_000) + "\n" + "y".repeat(200_000) + "\nz";

        List<String> oneByOne = lines(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)) {
            @Override
            public synchronized int read(byte[] into, int at, int length) {
                return super.read(into, at, Math.min(length, 977));
            }
        });

        assertThat(oneByOne).isEqualTo(lines(text)).extracting(String::length).containsExactly(100_000, 200_000, 1);
    }

    @Test
    void aLineBeyondTheLimitIsRefused() {
        var endless = new Lines(new ByteArrayInputStream(new byte[1_000_000]), 100_000);

        assertThatThrownBy(endless::next).isInstanceOf(CommandFailure.class).hasMessageContaining("100000 bytes");
    }

    private static List<String> lines(String text) throws IOException {
        return lines(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)));
    }

    private static List<String> lines(InputStream in) throws IOException {
        var lines = new Lines(in, 1 << 20);
        var all = new ArrayList<String>();
        Optional<byte[]> line = lines.next();
        while (line.isPresent()) {
            all.add(new String(line.get(), StandardCharsets.UTF_8));
            line = lines.next();
        }
        return all;
    }
}
