package io.millrace.cli.experiment.load;

import io.millrace.cli.experiment.history.FinalLog;
import io.millrace.cli.experiment.history.History;
import io.millrace.cli.experiment.history.RecordId;
import io.millrace.cli.experiment.history.Verdict;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/// Takes down what all clients were told, in the order they were told it, and answers when something begins to work
/// again.
///
/// Owned by: whoever holds its lock; clients call from threads of their own.
public final class Journal {
    private static final int ERRORS_KEPT_MAX = 20;
    private static final long NS_PER_MS = 1_000_000;

    /// Somebody waits for an acknowledgement of a record that was sent after a moment.
    private record Waiter(int partition, long sentAfterNs, CompletableFuture<Long> atNs) {}

    private final History history;
    private final Series series;
    private final long startNs = System.nanoTime();
    private final long[] lastAcknowledgedNs;

    /// By partition: the highest offset that was acknowledged, and by reader the last that it got; -1 for none.
    private final long[] acknowledgedTo;

    private final long[][] readTo;
    private final List<Waiter> waiters = new ArrayList<>();
    private final List<String> firstErrors = new ArrayList<>();
    private long acknowledged;
    private long read;
    private long errors;
    private long longestGapNs;

    public Journal(LoadShape load) {
        history = new History(load.producers(), load.readers(), load.partitions());
        series = new Series(startNs);
        lastAcknowledgedNs = new long[load.partitions()];
        Arrays.fill(lastAcknowledgedNs, startNs);
        acknowledgedTo = new long[load.partitions()];
        Arrays.fill(acknowledgedTo, -1);
        readTo = new long[load.readers()][load.partitions()];
        for (long[] reader : readTo) {
            Arrays.fill(reader, -1);
        }
    }

    /// Milliseconds since the load began.
    public long nowMs() {
        return (System.nanoTime() - startNs) / NS_PER_MS;
    }

    synchronized void sent(RecordId id) {
        history.sent(id);
    }

    synchronized void acknowledged(RecordId id, long offset, long sentNs) {
        long nowNs = System.nanoTime();
        history.acknowledged(id, offset);
        series.acknowledged(nowNs);
        acknowledged++;
        acknowledgedTo[id.partition()] = Math.max(acknowledgedTo[id.partition()], offset);
        gapEnds(id.partition(), nowNs);
        for (Waiter waiter : waiters) {
            if (waiter.partition == id.partition() && sentNs > waiter.sentAfterNs) {
                waiter.atNs.complete(nowNs);
            }
        }
        waiters.removeIf(waiter -> waiter.atNs.isDone());
    }

    private void gapEnds(int partition, long nowNs) {
        longestGapNs = Math.max(longestGapNs, nowNs - lastAcknowledgedNs[partition]);
        lastAcknowledgedNs[partition] = nowNs;
    }

    /// It may be stored or not: the client's errors do not tell, since an earlier try may have gone through.
    synchronized void failed(RecordId id, Exception error) {
        error("record " + id + ": " + error);
    }

    synchronized void readerFailed(int reader, Exception error) {
        error("reader " + reader + ": " + error);
    }

    synchronized void readersAreStuck() {
        error("the readers did not get to the end");
    }

    private void error(String what) {
        series.error(System.nanoTime());
        errors++;
        if (firstErrors.size() < ERRORS_KEPT_MAX) {
            firstErrors.add(what);
        }
    }

    synchronized void retried(long records) {
        series.retries(System.nanoTime(), records);
    }

    synchronized void moved(int reader, int partition) {
        history.moved(reader, partition);
    }

    synchronized void read(int reader, int partition, long offset, Optional<RecordId> id) {
        history.read(reader, partition, offset, id);
        readTo[reader][partition] = offset;
        series.read(System.nanoTime());
        read++;
    }

    /// Completes with the `System.nanoTime` of the first acknowledgement of a record of the partition that was sent
    /// after that moment: an answer to an earlier one may have been on its way from a node that is dead by now.
    public synchronized CompletableFuture<Long> acknowledgedAgain(int partition, long sentAfterNs) {
        var waiter = new Waiter(partition, sentAfterNs, new CompletableFuture<>());
        waiters.add(waiter);
        return waiter.atNs;
    }

    /// Where it stands; the longest gap begins anew with each call. A gap that goes on counts as far as it got.
    public synchronized Tally tally() {
        long nowNs = System.nanoTime();
        for (long last : lastAcknowledgedNs) {
            longestGapNs = Math.max(longestGapNs, nowNs - last);
        }
        var tally = new Tally(acknowledged, read, errors, longestGapNs / NS_PER_MS);
        longestGapNs = 0;
        return tally;
    }

    /// Whether every reader got what was acknowledged last.
    public synchronized boolean isReadToEnd() {
        for (long[] reader : readTo) {
            for (int partition = 0; partition < reader.length; partition++) {
                if (reader[partition] < acknowledgedTo[partition]) {
                    return false;
                }
            }
        }
        return true;
    }

    /// Records so far.
    public synchronized long acknowledged() {
        return acknowledged;
    }

    /// What the applications were told first, and what else they could complain of.
    public synchronized List<String> firstErrors() {
        return List.copyOf(firstErrors);
    }

    public synchronized List<Bucket> buckets() {
        return series.buckets();
    }

    public synchronized Verdict judge(FinalLog log) {
        return history.judge(log);
    }
}
