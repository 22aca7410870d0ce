package io.millrace.server.partition;

import io.millrace.broker.partition.FetchQuery;
import io.millrace.broker.partition.FetchReply;
import io.millrace.broker.partition.FetchReply.Part;
import io.millrace.broker.partition.LeaderHint;
import io.millrace.broker.partition.Partitions;
import io.millrace.cluster.replica.Partition;
import io.millrace.cluster.replica.ReadOutcome;
import io.millrace.cluster.replica.ReadTicket;
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
    private static final long MOVED_RETRY_MS = 2;

    private final NodePartitions node;
    private final FetchQuery query;
    private final long deadlineMs;
    private final Consumer<FetchReply> reply;
    private final @Nullable Part[] parts;
    private final List<Wait> waits = new ArrayList<>();
    private final List<Runnable> coldReads = new ArrayList<>(0);
    private Loop.@Nullable Timer timer;
    private int bytesLeft;
    private int bytesRead;
    private int coldReadsOut;
    private boolean failed;
    private boolean finished;
    private boolean reading;
    private boolean wokenWhileReading;

    /// A ticket left with a partition, and the loop it may be cancelled on.
    private record Wait(Loop owner, ReadTicket ticket) {}

    FetchOperation(NodePartitions node, FetchQuery query, long deadlineMs, Consumer<FetchReply> reply) {
        this.node = node;
        this.query = query;
        this.deadlineMs = deadlineMs;
        this.reply = reply;
        this.parts = new Part[query.partitions().size()];
    }

    void start(long nowMs) {
        reading = true;
        wokenWhileReading = false;
        failed = false;
        bytesLeft = query.maxBytes();
        bytesRead = 0;
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
            parts[i] = refused(query.partitions().get(i).partition(), ErrorKind.STORAGE_ERROR);
        }
        finish();
    }

    private static Part refused(TopicPartition partition, ErrorKind error) {
        return new Part(partition, error, null, -1, -1, -1, LeaderHint.NONE, null);
    }

    private void read(PartitionHost host, int index, FetchQuery.Ask ask) {
        PartitionHost.Hosted hosted = host.hosted(ask.partition());
        if (hosted == null) {
            failed = true;
            parts[index] = new Part(
                    ask.partition(),
                    node.absence(ask.partition()),
                    null,
                    -1,
                    -1,
                    -1,
                    node.leaderOf(ask.partition()),
                    null);
            return;
        }
        Partition partition = hosted.partition;
        boolean first = bytesRead == 0;
        ReadOutcome outcome = partition.read(query, ask, Math.min(ask.maxBytes(), bytesLeft), first);
        if (outcome.error() != ErrorKind.NONE || outcome.divergingEpoch() != null) {
            failed = true;
        }
        FileSlice slice = null;
        switch (outcome.bytes()) {
            case null -> {}
            case ReadResult.Ready ready -> slice = ready.slice();
            case ReadResult.Cold cold -> readCold(hosted, index, cold);
            case ReadResult.Refused refused -> failed = true;
            case ReadResult.Moved moved -> throw new InvariantViolation("only a cold read can find files moved");
        }
        if (slice != null) {
            bytesRead += slice.length();
            bytesLeft -= slice.length();
        }
        parts[index] = part(ask, outcome, slice);
    }

    private Part part(FetchQuery.Ask ask, ReadOutcome outcome, @Nullable FileSlice slice) {
        LeaderHint hint =
                outcome.error() == ErrorKind.FENCED_LEADER_EPOCH ? node.leaderOf(ask.partition()) : LeaderHint.NONE;
        return new Part(
                ask.partition(),
                outcome.error(),
                slice,
                outcome.highWatermark(),
                outcome.lastStableOffset(),
                outcome.logStartOffset(),
                hint,
                outcome.divergingEpoch());
    }

    /// Cold bytes count as read in full: the answer waits for them anyway. The job starts when the pass is over: its
    /// outcome may arrive on the home loop while another loop is still in the middle of the pass.
    private void readCold(PartitionHost.Hosted hosted, int index, ReadResult.Cold cold) {
        bytesRead++;
        int budget = Math.min(query.partitions().get(index).maxBytes(), bytesLeft);
        bytesLeft -= budget;
        coldReads.add(() -> runCold(hosted, index, budget, cold));
    }

    private void startColdReads() {
        coldReadsOut = coldReads.size();
        coldReads.forEach(Runnable::run);
        coldReads.clear();
    }

    private void runCold(PartitionHost.Hosted hosted, int index, int budget, ReadResult.Cold cold) {
        TopicPartition id = hosted.partition.id();
        hosted.disk.read(() -> {
            ReadResult result = new ReadResult.Refused(ErrorKind.STORAGE_ERROR);
            try {
                result = cold.job().run();
            } finally {
                if (result instanceof ReadResult.Moved) {
                    node.hosts().of(id).loop().after(MOVED_RETRY_MS, () -> readMoved(hosted, index, budget));
                } else {
                    answerCold(index, result); // also after a fault of ours: somebody waits
                }
            }
        });
    }

    private void answerCold(int index, ReadResult result) {
        node.home().post(() -> onCold(index, result));
    }

    /// Compaction swapped files under a cold read: the same read once more, on the log's owner.
    private void readMoved(PartitionHost.Hosted hosted, int index, int budget) {
        FetchQuery.Ask ask = query.partitions().get(index);
        if (node.hosts().of(ask.partition()).hosted(ask.partition()) != hosted) {
            answerCold(index, new ReadResult.Refused(ErrorKind.NOT_LEADER));
            return;
        }
        ReadResult result = new ReadResult.Refused(ErrorKind.STORAGE_ERROR);
        try {
            result = readOnceMore(hosted, ask, budget);
        } finally {
            if (result instanceof ReadResult.Cold cold) {
                runCold(hosted, index, budget, cold);
            } else {
                answerCold(index, result);
            }
        }
    }

    private ReadResult readOnceMore(PartitionHost.Hosted hosted, FetchQuery.Ask ask, int budget) {
        ReadOutcome outcome = hosted.partition.read(query, ask, budget, true);
        return switch (outcome.bytes()) {
            case null ->
                outcome.error() == ErrorKind.NONE
                        ? new ReadResult.Ready(FileSlice.empty())
                        : new ReadResult.Refused(outcome.error());
            case ReadResult found -> found;
        };
    }

    private void onCold(int index, ReadResult result) {
        coldReadsOut--;
        Part before = parts[index];
        if (finished || before == null) {
            if (result instanceof ReadResult.Ready(FileSlice slice)) {
                slice.release(); // nobody waits for it any more
            }
            return;
        }
        switch (result) {
            case ReadResult.Ready ready -> {
                bytesRead += ready.slice().length();
                parts[index] = new Part(
                        before.partition(),
                        before.error(),
                        ready.slice(),
                        before.highWatermark(),
                        before.lastStableOffset(),
                        before.logStartOffset(),
                        before.leader(),
                        before.divergingEpoch());
            }
            case ReadResult.Refused refused -> {
                failed = true;
                parts[index] = refused(before.partition(), refused.error());
            }
            case ReadResult.Cold cold -> throw new InvariantViolation("a cold read stayed cold");
            case ReadResult.Moved moved -> throw new InvariantViolation("a read that has to be asked again");
        }
        if (coldReadsOut == 0) {
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
            startColdReads(); // cold bytes are data: answered when they are here
            return;
        }
        if (failed || bytesRead >= query.minBytes() || parts.length == 0 || nowMs >= deadlineMs) {
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
        for (Part part : parts) {
            if (part != null) {
                await(part);
            }
        }
    }

    private void await(Part part) {
        PartitionHost host = node.hosts().of(part.partition());
        Runnable wake = () -> node.home().run(this::onWake);
        if (host.loop() == node.home()) {
            ReadTicket ticket = ticket(host, part, wake);
            if (ticket != null) {
                waits.add(new Wait(host.loop(), ticket));
            }
            return;
        }
        host.loop().post(() -> {
            ReadTicket ticket = ticket(host, part, wake);
            if (ticket != null) {
                node.home().post(() -> keep(new Wait(host.loop(), ticket)));
            }
        });
    }

    private void keep(Wait wait) {
        if (finished || reading) {
            wait.owner().post(wait.ticket()::cancel);
        } else {
            waits.add(wait);
        }
    }

    private @Nullable ReadTicket ticket(PartitionHost host, Part part, Runnable wake) {
        PartitionHost.Hosted hosted = host.hosted(part.partition());
        if (hosted == null || hosted.partition.highWatermark() != part.highWatermark()) {
            wake.run(); // changed while we were on the way
            return null;
        }
        return hosted.partition.await(part.highWatermark(), wake);
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
        dropWaits();
        start(node.nowMs());
    }

    private void onDeadline() {
        timer = null;
        if (!finished && !reading) {
            dropWaits();
            start(Math.max(node.nowMs(), deadlineMs));
        }
    }

    private void finish() {
        finished = true;
        stopTimer();
        dropWaits();
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

    private void dropWaits() {
        for (Wait wait : waits) {
            wait.owner().run(wait.ticket()::cancel);
        }
        waits.clear();
    }

    private void releaseSlices() {
        for (int i = 0; i < parts.length; i++) {
            Part part = parts[i];
            if (part != null && part.slice() != null) {
                part.slice().release();
                parts[i] = new Part(
                        part.partition(),
                        part.error(),
                        null,
                        part.highWatermark(),
                        part.lastStableOffset(),
                        part.logStartOffset(),
                        part.leader(),
                        part.divergingEpoch());
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
        dropWaits();
        if (!reading) {
            releaseSlices();
        }
    }
}
