package io.millrace.benchmarks.vskafka.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.benchmarks.vskafka.report.Metric;
import io.millrace.benchmarks.vskafka.report.Sample;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.Test;

class ToolOutputTest {
    @Test
    void readsTheProducersSummaryAndNotItsProgress() throws IOException {
        Sample sample = ToolOutput.producer("""
                724761 records sent, 144952.2 records/sec (13.82 MB/sec), 90.1 ms avg latency, 500.0 ms max latency.
                1200000 records sent, 480961.9 records/sec (45.87 MB/sec), 60.22 ms avg latency, 250.00 ms max \
                latency, 43 ms 50th, 200 ms 95th, 238 ms 99th, 252 ms 99.9th.
                """);
        assertThat(sample.value(Metric.RECORDS_PER_SECOND)).hasValue(480_961.9);
        assertThat(sample.value(Metric.P50_MS)).hasValue(43);
        assertThat(sample.value(Metric.P99_MS)).hasValue(238);
        assertThat(sample.value(Metric.P999_MS)).hasValue(252);
    }

    @Test
    void readsTheConsumersFetchRate() throws IOException {
        Sample sample = ToolOutput.consumer("""
                start.time, end.time, data.consumed.in.MB, MB.sec, data.consumed.in.nMsg, nMsg.sec, \
                rebalance.time.ms, fetch.time.ms, fetch.MB.sec, fetch.nMsg.sec
                2026-11-22 03:54:01:123, 2026-11-22 03:54:07:456, 953.67, 150.5, 10000000, 1579031.1, 3500, 2833, \
                336.6, 3529827.0
                """);
        assertThat(sample.value(Metric.RECORDS_PER_SECOND)).hasValue(3_529_827.0);
    }

    @Test
    void turnsTheAverageLatencyIntoARate() throws IOException {
        Sample sample = ToolOutput.endToEnd("Avg latency: 0.8000 ms\n\nPercentiles: 50th = 0, 99th = 4, 99.9th = 9\n");
        assertThat(sample.value(Metric.RECORDS_PER_SECOND)).hasValue(1_250);
    }

    @Test
    void refusesOutputWithoutFigures() {
        assertThatThrownBy(() -> ToolOutput.producer("org.apache.kafka.common.errors.TimeoutException"))
                .isInstanceOf(IOException.class);
        assertThatThrownBy(() -> ToolOutput.consumer("")).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> ToolOutput.endToEnd("")).isInstanceOf(IOException.class);
    }

    @Test
    void namesEveryScenarioOnce() {
        List<String> names = Catalogue.all(new KafkaTool(Path.of("java"), "")).stream()
                .map(Scenario::name)
                .toList();
        assertThat(new HashSet<>(names)).hasSameSizeAs(names);
    }
}
