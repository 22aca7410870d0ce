package io.millrace.benchmarks.vsrabbitmq;

import io.millrace.benchmarks.vskafka.report.Metric;
import io.millrace.benchmarks.vskafka.report.Sample;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/// Runs RabbitMQ's PerfTest in a JVM of its own against a broker and takes the broker's CPU meanwhile.
///
/// Immutable. The CPU is that of the whole run, connecting and declaring included.
///
/// @param java the `java` to run it with
/// @param classPath of PerfTest
/// @param seconds how long each run publishes
record PerfTestRun(Path java, String classPath, int seconds) {
    private static final double MILLION = 1e6;
    private static final int EXTRA_SECONDS_MAX = 120;

    /// One run of a case.
    Sample run(PerfTestCase load, AmqpProcess broker) throws IOException, InterruptedException {
        double before = broker.cpuSeconds();
        Sample sample = PerfTestOutput.summary(output(load, broker));
        double messages = sample.value(Metric.RECORDS_PER_SECOND).orElse(0) * seconds;
        return sample.with(Metric.CPU_SECONDS_PER_MILLION, (broker.cpuSeconds() - before) / messages * MILLION)
                .with(Metric.RSS_MB, broker.rssMb());
    }

    private String output(PerfTestCase load, AmqpProcess broker) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(java.toString(), "-cp", classPath));
        command.addAll(List.of("com.rabbitmq.perf.PerfTest", "--uri", broker.uri()));
        command.addAll(List.of("--time", Integer.toString(seconds)));
        command.addAll(load.named("vs-" + UUID.randomUUID()));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        try (var stream = process.getInputStream()) {
            String output = new String(stream.readAllBytes(), StandardCharsets.UTF_8);
            if (!process.waitFor(seconds + EXTRA_SECONDS_MAX, TimeUnit.SECONDS) || process.exitValue() != 0) {
                throw new IOException("PerfTest failed: " + output);
            }
            return output;
        } finally {
            process.destroyForcibly();
        }
    }
}
