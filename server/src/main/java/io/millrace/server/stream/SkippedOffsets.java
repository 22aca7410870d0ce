package io.millrace.server.stream;

import io.millrace.broker.stream.StreamEvents;
import io.millrace.model.TopicPartition;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What consumers of streams miss because a log is damaged: told and counted. May be used from any thread.
public final class SkippedOffsets implements StreamEvents {
    private static final Logger LOG = LoggerFactory.getLogger(SkippedOffsets.class);

    private record Hole(TopicPartition log, long end) {}

    private final LongAdder count = new LongAdder();
    private final AtomicReference<@Nullable Hole> told = new AtomicReference<>();

    @Override
    public void skipped(TopicPartition log, long first, long end) {
        count.add(end - first);
        Hole hole = new Hole(log, end);
        if (hole.equals(told.getAndSet(hole))) {
            return; // each consumer comes upon it
        }
        LOG.error(
                "event=stream-offsets-skipped log={} first={} last={} hint=\"the log is damaged there, and nobody else"
                        + " has it: consumers go on behind; look after the disk\"",
                log,
                first,
                end - 1);
    }

    /// Offsets passed over, once for all who stood at the same place.
    public long count() {
        return count.sum();
    }
}
