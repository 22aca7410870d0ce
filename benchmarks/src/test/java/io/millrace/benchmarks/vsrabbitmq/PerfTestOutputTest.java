package io.millrace.benchmarks.vsrabbitmq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.benchmarks.vskafka.report.Metric;
import io.millrace.benchmarks.vskafka.report.Sample;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.List;
import org.junit.jupiter.api.Test;

class PerfTestOutputTest {
    @Test
    void readsTheSummaryAndNotTheProgress() throws IOException {
        Sample sample = PerfTestOutput.summary("""
                id: t, time 1.000 s, sent: 1000 msg/s, received: 998 msg/s, min/median/75th/95th/99th consumer latency: \
                254/4411/5676/8458/10691 µs
                test stopped (Reached time limit)
                id: t, sending rate avg: 5320 msg/s
                id: t, receiving rate avg: 5319 msg/s
                id: t, consumer latency min/median/75th/95th/99th 266/6948/10416/15496/28955 µs
                id: t, confirm latency min/median/75th/95th/99th 163/3265/5383/10750/16810 µs
                """);

        assertThat(sample.value(Metric.RECORDS_PER_SECOND)).hasValue(5_319);
        assertThat(sample.value(Metric.P50_MS)).hasValue(6.948);
        assertThat(sample.value(Metric.P99_MS)).hasValue(28.955);
    }

    @Test
    void aRunThatStoppedEarlyHasNoFigures() {
        assertThatThrownBy(() -> PerfTestOutput.summary("connection refused"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("connection refused");
    }

    @Test
    void cpuCountsBetweenTheFirstAndTheLastProgress() throws IOException {
        var cpuSeconds = new ArrayDeque<>(List.of(10.0, 10.5, 11.5));
        var span = new CpuSpan(cpuSeconds::remove);

        span.line("id: t, starting producer #0");
        span.line("id: t, time 1.000 s, sent: 99 msg/s, received: 99 msg/s, min/median/75th/95th/99th");
        span.line("id: t, time 2.000 s, sent: 0 msg/s, received: 4000 msg/s, min/median/75th/95th/99th");
        span.line("id: t, time 4.000 s, sent: 0 msg/s, received: 3000 msg/s, min/median/75th/95th/99th");

        assertThat(span.secondsPerMillion()).isEqualTo(1.5 / 10_000 * 1e6);
    }

    @Test
    void everyRunHasNamesOfItsOwn() {
        for (PerfTestCase load : PerfTestCase.all()) {
            assertThat(String.join(" ", load.named("fresh"))).contains("fresh").doesNotContain("%s");
        }
        assertThat(PerfTestCase.all().stream()
                        .filter(load -> load.name().equals("fan-out-10"))
                        .findFirst()
                        .orElseThrow()
                        .named("x"))
                .contains("x-%d");
    }
}
