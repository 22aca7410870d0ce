package io.millrace.cli.cluster.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Apache Kafka's server as its Maven artifacts and a JVM start it, with the flags of `kafka-server-start.sh`.
///
/// @param classPath jars of Kafka's server, as for `java -cp`
/// @param loggingConfig a Log4j 2 file that logs as the distribution's does
public record KafkaJvm(Path java, String classPath, Path loggingConfig) {
    private static final List<String> SERVER_FLAGS = List.of(
            "-Xmx1G",
            "-Xms1G",
            "-server",
            "-XX:+UseG1GC",
            "-XX:MaxGCPauseMillis=20",
            "-XX:InitiatingHeapOccupancyPercent=35",
            "-XX:+ExplicitGCInvokesConcurrent",
            "-Djava.awt.headless=true");

    /// Lays out the folders that `properties` names, as a node's first start needs them.
    ///
    /// @param log takes what the tool says
    /// @throws IOException when the tool fails, with what it said
    public void format(Path properties, String clusterId, Path log, String... flags)
            throws IOException, InterruptedException {
        List<String> command = command(List.of(flags));
        command.addAll(List.of("kafka.tools.StorageTool", "format", "-t", clusterId, "-c"));
        command.add(properties.toString());
        int exit = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start()
                .waitFor();
        if (exit != 0) {
            throw new IOException("Kafka's storage could not be formatted: " + Files.readString(log));
        }
    }

    /// What starts a server; flags for its JVM may be added behind the first word.
    public List<String> server(Path properties) {
        List<String> command = command(SERVER_FLAGS);
        command.add("kafka.Kafka");
        command.add(properties.toString());
        return command;
    }

    private List<String> command(List<String> flags) {
        List<String> command = new ArrayList<>();
        command.add(java.toString());
        command.addAll(flags);
        command.add("-Dlog4j2.configurationFile=" + loggingConfig);
        command.add("-cp");
        command.add(classPath);
        return command;
    }
}
