package io.millrace.server.metrics;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.apache.kafka.common.protocol.ApiKeys;

/// [Metrics] in Prometheus' text format, with the basics of the JVM. Made when it is first asked for: a node that
/// nobody watches does not load the library.
///
/// Owned by: the HTTP loop.
public final class MetricsPage implements AutoCloseable {
    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final JvmGcMetrics collections = new JvmGcMetrics();
    private final Metrics metrics;
    private final Set<ApiKeys> shown = EnumSet.noneOf(ApiKeys.class);
    private int countersShown;
    private int gaugesShown;

    public MetricsPage(Metrics metrics) {
        this.metrics = metrics;
        new JvmMemoryMetrics().bindTo(registry);
        new JvmThreadMetrics().bindTo(registry);
        new ProcessorMetrics().bindTo(registry);
        new FileDescriptorMetrics().bindTo(registry);
        new UptimeMetrics().bindTo(registry);
        collections.bindTo(registry);
        counter("millrace.appends", "Appends to logs", metrics.appends());
        counter("millrace.appended.bytes", "Bytes appended to logs", metrics.appendedBytes());
        counter("millrace.replicated.bytes", "Bytes fetched from leaders", metrics.replicatedBytes());
        counter("millrace.storage.errors", "Times a disk refused", metrics.storageErrors());
        counter("millrace.cleaner.rounds", "Rounds of compaction", metrics.cleanerRounds());
        counter("millrace.cleaner.read.bytes", "Bytes read to be compacted", metrics.cleanerBytesRead());
        counter("millrace.cleaner.written.bytes", "Bytes left by compaction", metrics.cleanerBytesWritten());
        counter("millrace.cleaner.read.records", "Records looked at by compaction", metrics.cleanerRecordsRead());
        counter("millrace.cleaner.kept.records", "Records left by compaction", metrics.cleanerRecordsKept());
        FunctionTimer.builder(
                        "millrace.flush",
                        metrics,
                        all -> all.flushes().sum(),
                        all -> all.flushNs().sum(),
                        TimeUnit.NANOSECONDS)
                .description("Writing logs out to disk")
                .register(registry);
    }

    /// What there is to see of a part of the node appears when that part has come to life.
    private void showNew() {
        List<Metrics.Gauge> counters = metrics.counters();
        for (; countersShown < counters.size(); countersShown++) {
            Metrics.Gauge counter = counters.get(countersShown);
            FunctionCounter.builder(nameOf(counter), counter, one -> one.value().getAsLong())
                    .description(counter.help())
                    .register(registry);
        }
        List<Metrics.Gauge> gauges = metrics.gauges();
        for (; gaugesShown < gauges.size(); gaugesShown++) {
            Metrics.Gauge gauge = gauges.get(gaugesShown);
            Gauge.builder(nameOf(gauge), gauge, one -> one.value().getAsLong())
                    .description(gauge.help())
                    .register(registry);
        }
    }

    private static String nameOf(Metrics.Gauge shown) {
        return "millrace." + shown.name().replace('_', '.');
    }

    /// The page, of this moment.
    public String text() {
        showNew();
        for (ApiKeys key : ApiKeys.values()) {
            Metrics.RequestCount count = metrics.requestsOf(key);
            if (!shown.contains(key) && count.requests.sum() > 0) {
                shown.add(key);
                show(key, count);
            }
        }
        return registry.scrape();
    }

    /// An API appears with its first request: most of the ninety are never asked.
    private void show(ApiKeys key, Metrics.RequestCount count) {
        FunctionTimer.builder(
                        "millrace.request",
                        count,
                        one -> one.requests.sum(),
                        one -> one.elapsedNs.sum(),
                        TimeUnit.NANOSECONDS)
                .description("Requests, from their arrival to their answer")
                .tag("api", key.name)
                .register(registry);
        counterOf(key, "millrace.request.bytes", "Bytes of requests", count.requestBytes);
        counterOf(key, "millrace.response.bytes", "Bytes of answers", count.responseBytes);
    }

    private void counter(String name, String help, LongAdder value) {
        FunctionCounter.builder(name, value, LongAdder::sum).description(help).register(registry);
    }

    private void counterOf(ApiKeys key, String name, String help, LongAdder value) {
        FunctionCounter.builder(name, value, LongAdder::sum)
                .description(help)
                .tag("api", key.name)
                .register(registry);
    }

    @Override
    public void close() {
        collections.close();
        registry.close();
    }
}
