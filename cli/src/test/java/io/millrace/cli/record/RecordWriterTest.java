package io.millrace.cli.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.cli.MemoryOutlet;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;

/// Which records count as written when the output takes only some of the bytes.
class RecordWriterTest {
    private final List<Long> written = new ArrayList<>();

    @Test
    void everyRecordIsToldAfterItsBytesAreOut() throws IOException {
        MemoryOutlet out = MemoryOutlet.endless();
        RecordWriter writer = threeRecords(out);
        assertThat(written).isEmpty();

        writer.flush();

        assertThat(out.text()).isEqualTo("0123\n0123\n0123\n");
        assertThat(written).containsExactly(0L, 1L, 2L);
        assertThat(writer.written()).isEqualTo(3);
    }

    @Test
    void aRecordThatWasCutOffIsNotWritten() {
        MemoryOutlet out = MemoryOutlet.failingAfter(14, "No space left on device");
        RecordWriter writer = threeRecords(out);

        assertThatThrownBy(writer::flush).isInstanceOf(IOException.class).hasMessage("No space left on device");

        assertThat(out.text()).isEqualTo("0123\n0123\n0123");
        assertThat(written).containsExactly(0L, 1L);
        assertThat(writer.written()).isEqualTo(2);
    }

    private RecordWriter threeRecords(Outlet out) {
        var writer = new RecordWriter(RecordFormat.of("%s\\n"), out, entry -> written.add(entry.offset()));
        for (long offset = 0; offset < 3; offset++) {
            writer.add(new ConsumerRecord<>(
                    "t", 0, offset, "k".getBytes(StandardCharsets.UTF_8), "0123".getBytes(StandardCharsets.UTF_8)));
        }
        return writer;
    }
}
