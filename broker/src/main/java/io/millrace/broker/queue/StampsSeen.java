package io.millrace.broker.queue;

import io.millrace.log.producer.ProducerView;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Which messages of each producer a queue's log has: the last ones without a gap. Of what lies before a gap nobody
/// knows whether it was refused or stored.
///
/// Owned by: the queue's loop. Bounded as what the log knows of its producers.
final class StampsSeen {
    private final Map<Long, Run> runs = new HashMap<>();
    private long latestProducer = Stamp.NOBODY;
    private @Nullable Run latest;

    /// What became of a message that is sent again.
    enum Verdict {
        STORED,
        ABSENT,
        UNKNOWN
    }

    private static final class Run {
        private long first;
        private long last;

        /// Of all that came, stored or not.
        private long seen;
    }

    /// Takes over what the log says of its producers. All of it is safe.
    void restore(List<ProducerView> producers) {
        for (ProducerView producer : producers) {
            if (Stamp.isOurs(producer.producerId()) && producer.lastSequence() >= 0) {
                Run run = new Run();
                run.first = Stamp.sequence(producer.epoch(), producer.firstSequence());
                run.last = Stamp.sequence(producer.epoch(), producer.lastSequence());
                run.seen = run.last;
                runs.put(producer.producerId(), run);
            }
        }
    }

    private @Nullable Run find(long producer) {
        if (producer != latestProducer) {
            latestProducer = producer;
            latest = runs.get(producer);
        }
        return latest;
    }

    /// A message comes for the first time.
    ///
    /// @return false when it, or one behind it, has come: it is a copy from a connection that has ended
    boolean comes(Stamp stamp) {
        if (stamp.isNone()) {
            return true;
        }
        Run run = find(stamp.producer());
        if (run == null) {
            run = new Run();
            run.first = stamp.sequence();
            run.last = stamp.sequence() - 1;
            runs.put(stamp.producer(), run);
            latest = run;
        } else if (stamp.sequence() <= run.seen) {
            return false;
        }
        run.seen = stamp.sequence();
        return true;
    }

    void stored(Stamp stamp) {
        Run run = stamp.isNone() ? null : find(stamp.producer());
        if (run != null) {
            run.first = stamp.sequence() == run.last + 1 ? run.first : stamp.sequence();
            run.last = stamp.sequence();
        }
    }

    /// Asked when nothing is on its way into the log.
    Verdict verdict(Stamp stamp) {
        Run run = find(stamp.producer());
        if (run == null || stamp.sequence() > run.seen) {
            return Verdict.ABSENT;
        }
        return stamp.sequence() >= run.first && stamp.sequence() <= run.last ? Verdict.STORED : Verdict.UNKNOWN;
    }
}
