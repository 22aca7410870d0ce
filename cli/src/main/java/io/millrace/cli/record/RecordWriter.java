package io.millrace.cli.record;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/// Formats records and writes them out together, and tells of each one when all its bytes were taken. A write that
/// fails half-way through is why: a group may commit the records before it and none after.
///
/// Owned by: the thread of the command.
final class RecordWriter {
    /// A record that is not written yet.
    ///
    /// @param end where its bytes end among those that wait
    private record Waiting(ConsumerRecord<byte[], byte[]> entry, int end) {}

    private final RecordFormat format;
    private final Outlet outlet;
    private final Consumer<ConsumerRecord<byte[], byte[]>> onWritten;
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final Deque<Waiting> waiting = new ArrayDeque<>();
    private long written;

    RecordWriter(RecordFormat format, Outlet outlet, Consumer<ConsumerRecord<byte[], byte[]>> onWritten) {
        this.format = format;
        this.outlet = outlet;
        this.onWritten = onWritten;
    }

    /// Written with the next [#flush()].
    void add(ConsumerRecord<byte[], byte[]> entry) {
        format.write(entry, bytes);
        waiting.add(new Waiting(entry, bytes.size()));
    }

    void flush() throws IOException {
        ByteBuffer buffer = ByteBuffer.wrap(bytes.toByteArray());
        bytes.reset();
        try {
            while (buffer.hasRemaining()) {
                outlet.write(buffer);
            }
        } finally {
            while (!waiting.isEmpty() && waiting.getFirst().end() <= buffer.position()) {
                onWritten.accept(waiting.removeFirst().entry());
                written++;
            }
        }
    }

    /// Records that were written whole.
    long written() {
        return written;
    }
}
