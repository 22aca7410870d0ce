package io.millrace.server.partition;

import io.millrace.broker.partition.FetchQuery;
import io.millrace.broker.partition.FetchReply;
import io.millrace.broker.partition.FetchReply.Part;
import io.millrace.broker.partition.LeaderHint;
import io.millrace.broker.partition.Partitions;
import io.millrace.cluster.replica.FetchBudget;
import io.millrace.cluster.replica.Partition;
import io.millrace.cluster.replica.ReadOutcome;
import io.millrace.log.FileSlice;
import io.millrace.log.ReadResult;
import io.millrace.model.ErrorKind;
import io.millrace.model.InvariantViolation;
import io.millrace.model.Loop;
import io.millrace.model.TopicPartition;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// One fetch from question to answer: reads all partitions, waits when there is too little, reads again when woken.
///
/// Reading goes through the owning loops one after the other (with one loop: a plain pass), because the byte budget is
/// spent in the order of the question. Waiting leaves a ticket with every partition and one timer; no thread.
///
/// Owned by: the home loop of the session that asked.
final class FetchOperation implements Partitions.Waiting {
    private final NodePartitions node;
    private final FetchQuery query;
    private final long deadlineMs;
    private final Consumer<FetchReply> reply;
    private final Reader reader;
    private final @Nullable Part[] parts;
    /// How far the asker could have read of each partition.
    private final long[] readableEnds;
    private final FetchWaits waits;
    private final ColdReads coldReads;
    private Loop.@Nullable Timer timer;
    private FetchBudget budget;
    private boolean answerNow;
    private boolean finished;
    private boolean reading;
    private boolean wokenWhileReading;

    /// Reads one of the partitions, on its loop.
    interface Reader {
        /// @param index which of the partitions asked for it is
        ReadOutcome read(Partition partition, int index, int maxBytes, boolean minOneBatch);
    }

    FetchOperation(NodePartitions node, FetchQuery query, long deadlineMs, Consumer<FetchReply> reply) {
        this(
                node,
                query,
                deadlineMs,
                reply,
                (partition, index, maxBytes, minOneBatch) ->
                        partition.read(query, query.partitions().get(index), maxBytes, minOneBatch));
    }

    FetchOperation(NodePartitions node, FetchQuery query, long deadlineMs, Consumer<FetchReply> reply, Reader reader) {
        this.node = node;
        this.query = query;
        this.deadlineMs = deadlineMs;
        this.reply = reply;
        this.reader = reader;
        this.parts = new Part[query.partitions().size()];
        this.readableEnds = new long[parts.length];
        this.budget = new FetchBudget(query.maxBytes());
        this.waits = new FetchWaits(node, () -> !finished && !reading, this::onWake);
        this.coldReads = new ColdReads(node, query, reader, this::onCold);
    }

    void start(long nowMs) {
        reading = true;
        wokenWhileReading = false;
        answerNow = false;
        budget = new FetchBudget(query.maxBytes());
        readFrom(0, nowMs);
    }

    /// Reads from the ask at `index` on, as far as the current owner reaches; then moves to the next owner.
    private void readFrom(int index, long nowMs) {
        boolean isRead = false;
        try {
            int resume = readOwned(index);
            isRead = true;
            if (resume < parts.length) {
                PartitionHost next =
                        node.hosts().of(query.partitions().get(resume).partition());
                next.loop().post(() -> readFrom(resume, nowMs));
                return;
            }
        } finally {
            if (!isRead) {
                node.home().post(this::onFault);
            }
        }
        node.home().run(() -> onReadDone(nowMs));
    }

    /// Returns where the next owner has to go on.
    private int readOwned(int index) {
        List<FetchQuery.Ask> asks = query.partitions();
        for (int at = index; at < asks.size(); at++) {
            PartitionHost host = node.hosts().of(asks.get(at).partition());
            if (!host.loop().isOwned()) {
                return at;
            }
            read(host, at, asks.get(at));
        }
        return asks.size();
    }

    /// A read threw that never should. Its loop tells the fault; the client gets an answer all the same.
    private void onFault() {
        reading = false;
        coldReads.clear();
        releaseSlices();
        if (finished) {
            return;
        }
        for (int i = 0; i < parts.length; i++) {
            TopicPartition id = query.partitions().get(i).partition();
            parts[i] = Part.refused(id, ErrorKind.STORAGE_ERROR, LeaderHint.NONE);
        }
        finish();
    }

    private void read(PartitionHost host, int index, FetchQuery.Ask ask) {
        Hosted hosted = host.hosted(ask.partition());
        if (hosted == null) {
            answerNow = true;
            parts[index] = Part.refused(ask.partition(), node.absence(ask.partition()), node.leaderOf(ask.partition()));
            return;
        }
        Partition partition = hosted.partition;
        if (!query.asker().isFollower() && !host.maySpeakFor(partition)) {
            answerNow = true;
            parts[index] = Part.refused(ask.partition(), ErrorKind.NOT_LEADER, LeaderHint.NONE);
            return;
        }
        ReadOutcome outcome = reader.read(partition, index, budget.of(ask), budget.isUntouched());
        int spent = budget.spend(ask, outcome.bytes());
        if (isNews(outcome)) {
            answerNow = true;
        }
        FileSlice slice = null;
        switch (outcome.bytes()) {
            case null -> {}
            case ReadResult.Ready ready -> slice = ready.slice();
            case ReadResult.Cold cold -> coldReads.add(hosted, index, spent, cold);
            case ReadResult.Refused refused -> answerNow = true;
            case ReadResult.Damaged(long offset) -> {
                answerNow = true;
                host.onDamaged(hosted, offset);
                parts[index] = Part.refused(ask.partition(), DamagedLogs.refusal(partition), LeaderHint.NONE);
                return;
            }
            case ReadResult.Moved moved -> throw new InvariantViolation("only a cold read can find files moved");
        }
        parts[index] = part(ask, outcome, slice);
        readableEnds[index] = partition.highWatermark();
        if (query.asker().isFollower()) {
            host.onAcknowledged(hosted);
        }
    }

    /// What does not wait for records.
    private static boolean isNews(ReadOutcome outcome) {
        return outcome.error() != ErrorKind.NONE
                || outcome.divergingEpoch() != null
                || outcome.nearerReplica() != Part.NO_REPLICA;
    }

    private Part part(FetchQuery.Ask ask, ReadOutcome outcome, @Nullable FileSlice slice) {
        boolean isElsewhere =
                outcome.error() == ErrorKind.FENCED_LEADER_EPOCH || outcome.error() == ErrorKind.NOT_LEADER;
        LeaderHint hint = isElsewhere ? node.leaderOf(ask.partition()) : LeaderHint.NONE;
        return new Part(
                ask.partition(),
                outcome.error(),
                slice,
                outcome.highWatermark(),
                outcome.lastStableOffset(),
                outcome.logStartOffset(),
                hint,
                outcome.divergingEpoch(),
                outcome.nearerReplica());
    }

    private void onCold(int index, ReadResult result, boolean isLast) {
        Part before = parts[index];
        if (finished || before == null) {
            if (result instanceof ReadResult.Ready(FileSlice slice)) {
                slice.release(); // nobody waits for it any more
            }
            return;
        }
        switch (result) {
            case ReadResult.Ready ready -> parts[index] = before.withSlice(ready.slice());
            case ReadResult.Refused refused -> {
                answerNow = true;
                parts[index] = Part.refused(before.partition(), refused.error(), LeaderHint.NONE);
            }
            case ReadResult.Cold cold -> throw new InvariantViolation("a cold read stayed cold");
            case ReadResult.Damaged damaged -> throw new InvariantViolation("a read that nobody was told of");
            case ReadResult.Moved moved -> throw new InvariantViolation("a read that has to be asked again");
        }
        if (isLast) {
            finish();
        }
    }

    private void onReadDone(long nowMs) {
        reading = false;
        if (finished) {
            releaseSlices();
            return;
        }
        if (!coldReads.isEmpty()) {
            coldReads.start(); // cold bytes are data: answered when they are here
            return;
        }
        if (answerNow || budget.bytesRead() >= query.minBytes() || parts.length == 0 || nowMs >= deadlineMs) {
            finish();
        } else if (wokenWhileReading) {
            readAgain();
        } else {
            waitForMore(nowMs);
        }
    }

    private void waitForMore(long nowMs) {
        releaseSlices();
        if (timer == null) {
            timer = node.home().after(deadlineMs - nowMs, this::onDeadline);
        }
        for (int i = 0; i < parts.length; i++) {
            waits.await(query.partitions().get(i).partition(), readableEnds[i]);
        }
    }

    private void onWake() {
        if (finished) {
            return;
        }
        if (reading) {
            wokenWhileReading = true;
        } else {
            readAgain();
        }
    }

    private void readAgain() {
        waits.drop();
        start(node.nowMs());
    }

    private void onDeadline() {
        timer = null;
        if (!finished && !reading) {
            waits.drop();
            start(Math.max(node.nowMs(), deadlineMs));
        }
    }

    private void finish() {
        finished = true;
        stopTimer();
        waits.drop();
        List<Part> answer = new ArrayList<>(parts.length);
        for (Part part : parts) {
            if (part != null) {
                answer.add(part);
            }
        }
        reply.accept(new FetchReply(answer));
    }

    private void stopTimer() {
        if (timer != null) {
            timer.cancel();
            timer = null;
        }
    }

    private void releaseSlices() {
        for (int i = 0; i < parts.length; i++) {
            Part part = parts[i];
            if (part != null && part.slice() != null) {
                part.slice().release();
                parts[i] = part.withSlice(null);
            }
        }
    }

    @Override
    public void cancel() {
        if (finished) {
            return;
        }
        finished = true;
        stopTimer();
        waits.drop();
        if (!reading) {
            releaseSlices();
        }
    }
}
