package io.millrace.benchmarks.vskafka.scenario;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// One of Kafka's own command-line tools as a child JVM with the heap its script gives it.
///
/// @param classPath the resolved class path of `peers/kafka-tools/pom.xml`
public record KafkaTool(Path java, String classPath) {
    private static final long RUN_MINUTES_MAX = 10;

    /// Runs the tool to its end and returns what it printed.
    String run(String tool, List<String> arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(java.toString(), "-Xmx512M", "-server", "-cp", classPath));
        command.add("org.apache.kafka.tools." + tool);
        command.addAll(arguments);
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        try {
            // Reading to the end waits for the tool; the limit below only sees one that closed its output and hangs.
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (!process.waitFor(RUN_MINUTES_MAX, TimeUnit.MINUTES) || process.exitValue() != 0) {
                throw new IOException(tool + " failed:\n" + output);
            }
            return output;
        } finally {
            process.destroyForcibly();
        }
    }
}
