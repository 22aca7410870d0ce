package io.millrace.broker.group;

import io.millrace.model.ErrorKind;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/// One call into a shard: the time it happens at and everything that comes out of it. Nothing leaves the shard before
/// the call has ended, so an answer can never find the shard half changed.
///
/// Owned by: the caller, for the length of one call.
public final class Turn {
    private final Moment now;
    private final List<Runnable> answers = new ArrayList<>(1);
    private final List<Append> appends = new ArrayList<>(1);
    private final List<GroupEvent> events = new ArrayList<>(0);

    public Turn(Moment now) {
        this.now = now;
    }

    public Moment now() {
        return now;
    }

    /// Answers in the order they were given; to be run by the caller.
    public List<Runnable> answers() {
        return answers;
    }

    /// What is to be appended to the shard's log, in this order.
    public List<Append> appends() {
        return appends;
    }

    public List<GroupEvent> events() {
        return events;
    }

    long nowMs() {
        return now.monotonicMs();
    }

    <R> void answer(Consumer<R> to, R reply) {
        answers.add(() -> to.accept(reply));
    }

    void append(List<GroupRecord> records, Outcome outcome) {
        appends.add(new Append(List.copyOf(records), outcome));
    }

    void event(GroupEvent event) {
        events.add(event);
    }

    /// Records that belong together and what follows when they are, or are not, in the log.
    public record Append(List<GroupRecord> records, Outcome outcome) {}

    /// How an append ends: exactly one of the two is called, once.
    public interface Outcome {
        /// The records are in the log and have been applied.
        void appended(Turn turn);

        /// The records are not known to be in the log.
        void refused(ErrorKind error, Turn turn);
    }
}
