package io.millrace.server.queue;

import io.millrace.broker.queue.QueueEvents;
import io.millrace.model.TopicPartition;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Messages of queues that can not be had any more: told and counted; and duplicates, which are only counted. May be
/// used from any thread.
final class LostMessages implements QueueEvents {
    private static final Logger LOG = LoggerFactory.getLogger(LostMessages.class);

    private record Hole(TopicPartition log, long end) {}

    private final LongAdder count = new LongAdder();
    private final LongAdder duplicates = new LongAdder();
    private final AtomicReference<@Nullable Hole> told = new AtomicReference<>();

    @Override
    public void lost(TopicPartition log, long first, long end, long messages) {
        count.add(messages);
        Hole hole = new Hole(log, end);
        if (hole.equals(told.getAndSet(hole))) {
            return; // a queue may come upon a hole message by message
        }
        LOG.error(
                "event=queue-messages-lost log={} first={} last={} messages={} hint=\"the log is damaged there, or begins"
                        + " behind them, and nobody else has it: the queue goes on behind; look after the disk\"",
                log,
                first,
                end - 1,
                messages);
    }

    @Override
    public void duplicate() {
        duplicates.increment();
    }

    long duplicates() {
        return duplicates.sum();
    }

    long count() {
        return count.sum();
    }
}
