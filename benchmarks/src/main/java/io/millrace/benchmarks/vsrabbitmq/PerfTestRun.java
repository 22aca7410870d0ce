package io.millrace.benchmarks.vsrabbitmq;

import io.millrace.benchmarks.vskafka.report.Metric;
import io.millrace.benchmarks.vskafka.report.Sample;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/// Runs RabbitMQ's PerfTest in a JVM of its own against a broker and takes the broker's CPU meanwhile.
///
/// Immutable.
///
/// @param java the `java` to run it with
/// @param classPath of PerfTest
/// @param seconds how long each run publishes
record PerfTestRun(Path java, String classPath, int seconds) {
    private static final int EXTRA_SECONDS_MAX = 120;

    /// One run of a case.
    Sample run(PerfTestCase load, AmqpProcess broker) throws IOException, InterruptedException {
        var cpu = new CpuSpan(broker::cpuSeconds);
        return PerfTestOutput.summary(output(load, broker, cpu))
                .with(Metric.CPU_SECONDS_PER_MILLION, cpu.secondsPerMillion())
                .with(Metric.RSS_MB, broker.rssMb());
    }

    private String output(PerfTestCase load, AmqpProcess broker, CpuSpan cpu) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(java.toString(), "-cp", classPath));
        command.addAll(List.of("com.rabbitmq.perf.PerfTest", "--uri", broker.uri()));
        command.addAll(List.of("--time", Integer.toString(seconds)));
        command.addAll(load.named("vs-" + UUID.randomUUID()));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
            var output = new StringBuilder();
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                cpu.line(line);
                output.append(line).append('\n');
            }
            if (!process.waitFor(seconds + EXTRA_SECONDS_MAX, TimeUnit.SECONDS) || process.exitValue() != 0) {
                throw new IOException("PerfTest failed: " + output);
            }
            return output.toString();
        } finally {
            process.destroyForcibly();
        }
    }
}
