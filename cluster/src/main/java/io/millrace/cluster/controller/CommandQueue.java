package io.millrace.cluster.controller;

import io.millrace.broker.catalog.Outcome;
import io.millrace.cluster.metadata.CatalogDelta;
import io.millrace.cluster.metadata.ImageChanges;
import io.millrace.cluster.metadata.MetadataImage;
import io.millrace.cluster.metadata.MetadataLog;
import io.millrace.cluster.metadata.MetadataRecord;
import io.millrace.model.ErrorKind;
import io.millrace.model.Loop;
import io.millrace.model.Randomness;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/// Commands of the leader on their way into the log. One batch is under way at a time; what arrives meanwhile is
/// decided together and becomes the next, so that a hundred commands cost one fsync and the log never sees a backlog.
///
/// Owned by: the metadata loop. Invariant: every command is answered exactly once, and with success only when its batch
/// is committed; decisions see everything decided before, committed or not.
public final class CommandQueue {
    private static final int WAITING_MAX = 100_000;
    private static final int RECORDS_PER_BATCH = 2_000;
    private static final int COMMANDS_PER_BATCH = 2_000;
    /// Steps of long decisions in one turn: heartbeats wait as long as that takes.
    private static final int STEPS_PER_TURN = 8;
    private static final long RETRY_MS = 5;
    /// The next leader may find the batch in its log, or not.
    private static final Outcome UNDECIDED = Outcome.refused(
            ErrorKind.REQUEST_TIMED_OUT, "The controller changed before the change was known to be committed.");
    private static final Outcome OVERLOADED =
            Outcome.refused(ErrorKind.THROTTLED, "Too many metadata changes are waiting.");
    private static final Outcome TOO_LARGE =
            Outcome.refused(ErrorKind.POLICY_VIOLATION, "Unable to perform excessively large batch operation.");

    private final Loop loop;
    private final MetadataLog log;
    private final Randomness randomness;
    private final Runnable onHalfDone;
    private final Deque<Waiting<?>> waiting = new ArrayDeque<>();
    private State state = new Following();

    /// @param onHalfDone called when a command is refused of which earlier steps are committed
    public CommandQueue(Loop loop, MetadataLog log, Randomness randomness, Runnable onHalfDone) {
        this.loop = loop;
        this.log = log;
        this.randomness = randomness;
        this.onHalfDone = onHalfDone;
    }

    /// A command and who waits for its reply.
    ///
    /// @param isBegun whether earlier steps of it are decided
    private record Waiting<R>(Command<R> command, Consumer<R> reply, Runnable notLeading, boolean isBegun) {
        Decided decide(MetadataImage image, Randomness randomness) {
            Decision<R> decision = command.decide(image, randomness);
            Optional<Waiting<?>> rest = decision.rest().map(more -> new Waiting<>(more, reply, notLeading, true));
            return new Decided(this, decision, rest, () -> reply.accept(decision.reply()));
        }

        void refuse(Outcome why) {
            reply.accept(command.refused(why));
        }
    }

    /// A command with its decision; `answer` hands out the reply, unless there is a rest, which will.
    private record Decided(Waiting<?> waiting, Decision<?> decision, Optional<Waiting<?>> rest, Runnable answer) {
        void answerIfLast() {
            if (rest.isEmpty()) {
                answer.run();
            }
        }

        void refuseIfLast(Outcome why) {
            if (rest.isEmpty()) {
                waiting.refuse(why);
            }
        }
    }

    /// What this node is, and the data it has as such.
    private sealed interface State {}

    private record Following() implements State {}

    private record Idle(int epoch, MetadataImage image) implements State {}

    private record Committing(int epoch, Proposal proposal, long lastOffset) implements State {}

    /// What was decided together, on the image before, and comes to the image after.
    private record Proposal(
            List<Decided> batch, List<MetadataRecord> records, MetadataImage before, MetadataImage after) {
        CatalogDelta delta() {
            return ImageChanges.all(batch.stream()
                            .map(decided -> decided.decision().changes())
                            .toList())
                    .between(before, after);
        }
    }

    /// What a batch is known to make of an image before it is committed.
    public record Foreseen(MetadataImage after, CatalogDelta delta) {}

    /// Whether this node decides.
    public boolean isLeading() {
        return !(state instanceof Following);
    }

    /// Asks for `command`; the reply is handed out inside the loop.
    ///
    /// @param notLeading called instead of `reply` when nothing was done because this node does not decide
    public <R> void submit(Command<R> command, Consumer<R> reply, Runnable notLeading) {
        loop.assertOwned();
        if (state instanceof Following) {
            notLeading.run();
        } else if (waiting.size() >= WAITING_MAX) {
            reply.accept(command.refused(OVERLOADED));
        } else {
            waiting.add(new Waiting<>(command, reply, notLeading, false));
            step(COMMANDS_PER_BATCH);
        }
    }

    /// This node leads `epoch`, and `image` is everything committed before.
    public void onLeading(int epoch, MetadataImage image) {
        onFollowing();
        state = new Idle(epoch, image);
    }

    /// Another node leads, or none.
    public void onFollowing() {
        State before = state;
        state = new Following();
        refuseAll(before);
    }

    /// What the batch of `records` records that ends at `last` makes of `image`: known when it is the one under way and
    /// was decided on this very image, so that nobody needs to work it out once more.
    public Optional<Foreseen> foreseen(MetadataLog.Position last, int records, MetadataImage image) {
        return state instanceof Committing(int epoch, Proposal proposal, long lastOffset)
                        && last.epoch() == epoch
                        && last.offset() == lastOffset
                        && proposal.records().size() == records
                        && proposal.before() == image
                ? Optional.of(new Foreseen(proposal.after(), proposal.delta()))
                : Optional.empty();
    }

    /// Everything up to `last` is committed and applied. A batch of another leader's where ours should be means that
    /// ours is not, though nobody told us yet that we lead no more.
    ///
    /// @param applied what all of it adds up to. Once our batch is among it, it is the same as what the batch was
    ///     decided to make; keeping this one, which the node has anyway, spares a second copy of every partition
    public void onCommitted(MetadataLog.Position last, MetadataImage applied) {
        if (!(state instanceof Committing committing) || last.offset() < committing.lastOffset()) {
            return;
        }
        if (last.epoch() != committing.epoch()) {
            onFollowing();
        } else {
            state = new Idle(committing.epoch(), applied);
            committing.proposal().batch().forEach(Decided::answerIfLast);
            step(COMMANDS_PER_BATCH);
        }
    }

    private void step(int commandsMax) {
        if (state instanceof Idle idle && !waiting.isEmpty()) {
            List<Decided> batch = new ArrayList<>();
            List<MetadataRecord> records = new ArrayList<>();
            MetadataImage image = idle.image();
            int steps = 0;
            while (!waiting.isEmpty()
                    && batch.size() < commandsMax
                    && records.size() < RECORDS_PER_BATCH
                    && steps < STEPS_PER_TURN) {
                Decided decided = waiting.remove().decide(image, randomness);
                if (decided.rest().isPresent()) {
                    waiting.addFirst(decided.rest().get());
                    steps++;
                }
                batch.add(decided);
                records.addAll(decided.decision().records());
                image = decided.decision().after();
            }
            propose(idle.epoch(), new Proposal(batch, records, idle.image(), image));
        }
    }

    private void propose(int epoch, Proposal proposal) {
        List<Decided> batch = proposal.batch();
        if (proposal.records().isEmpty()) {
            batch.forEach(Decided::answerIfLast);
            if (!waiting.isEmpty()) {
                loop.post(() -> step(COMMANDS_PER_BATCH));
            }
            return;
        }
        switch (log.append(epoch, proposal.records())) {
            case MetadataLog.AppendReply.Accepted accepted ->
                state = new Committing(epoch, proposal, accepted.lastOffset());
            case MetadataLog.AppendReply.NotLeader notLeader -> {
                requeue(batch);
                onFollowing();
            }
            case MetadataLog.AppendReply.Busy busy -> {
                requeue(batch);
                loop.after(RETRY_MS, () -> step(COMMANDS_PER_BATCH));
            }
            case MetadataLog.AppendReply.DiskRefused refused -> {
                Outcome why = Outcome.refused(ErrorKind.STORAGE_ERROR, refused.why());
                refuse(batch, why);
                step(COMMANDS_PER_BATCH);
            }
            case MetadataLog.AppendReply.TooLarge tooLarge -> onTooLarge(batch);
        }
    }

    /// Together they are too much: one at a time may fit, and one that does not never will.
    private void onTooLarge(List<Decided> batch) {
        if (batch.size() > 1) {
            requeue(batch);
            step(1);
        } else {
            refuse(batch, TOO_LARGE);
            step(COMMANDS_PER_BATCH);
        }
    }

    private void refuse(List<Decided> batch, Outcome why) {
        int commands = requeue(batch);
        boolean leavesHalf = false;
        for (int at = 0; at < commands; at++) {
            Waiting<?> refused = waiting.remove();
            leavesHalf |= refused.isBegun();
            refused.refuse(why);
        }
        if (leavesHalf) {
            onHalfDone.run();
        }
    }

    /// Puts commands back as they were before the batch was decided: what is left of one of them stands in the batch
    /// behind it, or waits in front. Answers how many there are.
    private int requeue(List<Decided> batch) {
        for (Decided decided : batch.reversed()) {
            if (decided.rest().isPresent()) {
                waiting.removeFirst();
            }
            waiting.addFirst(decided.waiting());
        }
        long finished =
                batch.stream().filter(decided -> decided.rest().isEmpty()).count();
        return (int) finished + (batch.getLast().rest().isPresent() ? 1 : 0);
    }

    private void refuseAll(State before) {
        if (before instanceof Committing committing) {
            committing.proposal().batch().forEach(decided -> decided.refuseIfLast(UNDECIDED));
        }
        while (!waiting.isEmpty()) {
            waiting.remove().notLeading().run();
        }
    }
}
