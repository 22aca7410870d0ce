package io.millrace.server.metrics;

import io.millrace.kafka.session.RequestMetrics;
import io.millrace.log.clean.CleanStats;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.apache.kafka.common.protocol.ApiKeys;

/// The node's counters. Hooks are called per request, batch, flush or error, never per record; each is an addition
/// that no other thread waits for.
///
/// Owned by: nobody; every loop adds, the HTTP loop reads, from before the node serves: gauges appear as they are
/// registered.
public final class Metrics implements RequestMetrics {
    private static final int API_ID_MAX =
            Stream.of(ApiKeys.values()).mapToInt(key -> key.id).max().orElse(0);

    private final List<RequestCount> requests =
            Stream.generate(RequestCount::new).limit(API_ID_MAX + 1L).toList();
    private final LongAdder appends = new LongAdder();
    private final LongAdder appendedBytes = new LongAdder();
    private final LongAdder flushes = new LongAdder();
    private final LongAdder flushNs = new LongAdder();
    private final LongAdder storageErrors = new LongAdder();
    private final LongAdder replicatedBytes = new LongAdder();
    private final LongAdder cleanerRounds = new LongAdder();
    private final LongAdder cleanerBytesRead = new LongAdder();
    private final LongAdder cleanerBytesWritten = new LongAdder();
    private final LongAdder cleanerRecordsRead = new LongAdder();
    private final LongAdder cleanerRecordsKept = new LongAdder();
    private final List<Gauge> gauges = new CopyOnWriteArrayList<>();
    private final List<Gauge> counters = new CopyOnWriteArrayList<>();

    /// What is counted of one API.
    static final class RequestCount {
        final LongAdder requests = new LongAdder();
        final LongAdder elapsedNs = new LongAdder();
        final LongAdder requestBytes = new LongAdder();
        final LongAdder responseBytes = new LongAdder();
    }

    /// A value that is asked for when somebody looks. It is read on the HTTP loop.
    ///
    /// @param name with underscores and its unit at the end, without `millrace_`
    record Gauge(String name, String help, LongSupplier value) {}

    @Override
    public void onRequest(ApiKeys key, short version, long requestBytes, long responseBytes, long elapsedNs) {
        RequestCount count = requests.get(key.id);
        count.requests.increment();
        count.elapsedNs.add(elapsedNs);
        count.requestBytes.add(requestBytes);
        count.responseBytes.add(responseBytes);
    }

    /// Batches were taken into a log.
    public void onAppend(long bytes) {
        appends.increment();
        appendedBytes.add(bytes);
    }

    /// A log was written out, with or without fsync.
    public void onFlush(long elapsedNs) {
        flushes.increment();
        flushNs.add(elapsedNs);
    }

    /// Another node answered with this much for the partitions followed here.
    public void onReplicated(long bytes) {
        replicatedBytes.add(bytes);
    }

    /// A disk refused.
    public void onStorageError() {
        storageErrors.increment();
    }

    /// A round of the cleaner ended, well or not.
    public void onCleaned(CleanStats round) {
        cleanerRounds.increment();
        cleanerBytesRead.add(round.bytesRead());
        cleanerBytesWritten.add(round.bytesWritten());
        cleanerRecordsRead.add(round.recordsRead());
        cleanerRecordsKept.add(round.recordsKept());
    }

    /// Shows a value that somebody else keeps, from now on.
    ///
    /// @param name with underscores and its unit at the end, without `millrace_`, such as `request_memory_bytes`
    public void gauge(String name, String help, LongSupplier value) {
        gauges.add(new Gauge(name, help, value));
    }

    /// Shows a count that somebody else keeps and that only grows, from now on.
    ///
    /// @param name as for [#gauge]; the page adds `_total`
    public void counter(String name, String help, LongSupplier value) {
        counters.add(new Gauge(name, help, value));
    }

    RequestCount requestsOf(ApiKeys key) {
        return requests.get(key.id);
    }

    LongAdder appends() {
        return appends;
    }

    LongAdder appendedBytes() {
        return appendedBytes;
    }

    LongAdder flushes() {
        return flushes;
    }

    LongAdder flushNs() {
        return flushNs;
    }

    LongAdder replicatedBytes() {
        return replicatedBytes;
    }

    LongAdder storageErrors() {
        return storageErrors;
    }

    LongAdder cleanerRounds() {
        return cleanerRounds;
    }

    LongAdder cleanerBytesRead() {
        return cleanerBytesRead;
    }

    LongAdder cleanerBytesWritten() {
        return cleanerBytesWritten;
    }

    LongAdder cleanerRecordsRead() {
        return cleanerRecordsRead;
    }

    LongAdder cleanerRecordsKept() {
        return cleanerRecordsKept;
    }

    List<Gauge> gauges() {
        return List.copyOf(gauges);
    }

    List<Gauge> counters() {
        return List.copyOf(counters);
    }
}
