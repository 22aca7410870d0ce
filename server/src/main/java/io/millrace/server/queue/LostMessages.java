package io.millrace.server.queue;

import io.millrace.broker.queue.QueueEvents;
import io.millrace.broker.routing.Destination.Target;
import io.millrace.broker.topology.QueueRef;
import io.millrace.model.Clock;
import io.millrace.model.TopicPartition;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Messages of queues that can not be had any more, and letters that do not arrive: told and counted; and duplicates,
/// which are only counted. May be used from any thread.
final class LostMessages implements QueueEvents {
    private static final Logger LOG = LoggerFactory.getLogger(LostMessages.class);

    private record Hole(TopicPartition log, long end) {}

    private final LongAdder count = new LongAdder();
    private final LongAdder duplicates = new LongAdder();
    private final LongAdder lettersDropped = new LongAdder();
    private final LongAdder lettersWaiting = new LongAdder();
    private final AtomicReference<@Nullable Hole> told = new AtomicReference<>();
    private final OncePerMinute<QueueRef> dropsTold;

    LostMessages(Clock clock) {
        this.dropsTold = new OncePerMinute<>(clock);
    }

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

    @Override
    public void unfit(QueueRef from, Target target) {
        lettersDropped.increment();
        if (dropsTold.isNew(from)) {
            LOG.warn(
                    "event=letter-dropped queue={} target={} hint=\"the topic can never take it: too large, or without a"
                            + " key where one is needed; see queue_letters_dropped_total for how many\"",
                    from,
                    target);
        }
    }

    @Override
    public void lettersWait(int more) {
        lettersWaiting.add(more);
    }

    @Override
    public void letterWaits(QueueRef from, Set<Target> left, int letters) {
        LOG.warn(
                "event=letters-wait queue={} targets={} letters={} hint=\"the targets do not take them: they are full,"
                        + " nobody leads them, or they have too few replicas; sent again until they do\"",
                from,
                left,
                letters);
    }

    long lettersDropped() {
        return lettersDropped.sum();
    }

    long lettersWaiting() {
        return lettersWaiting.sum();
    }

    long duplicates() {
        return duplicates.sum();
    }

    long count() {
        return count.sum();
    }
}
