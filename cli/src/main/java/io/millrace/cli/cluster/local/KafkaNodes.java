package io.millrace.cli.cluster.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/// Apache Kafka from its Maven artifacts: every node broker and controller in one process, the JVM flags of
/// `kafka-server-start.sh`, and otherwise its defaults.
///
/// @param classPath jars of Kafka's server, as for `java -cp`
/// @param loggingConfig a Log4j 2 file that logs as the distribution's does
public record KafkaNodes(Path java, String classPath, Path loggingConfig) implements NodeSoftware {
    private static final List<String> JVM_FLAGS = List.of(
            "-Xmx1G",
            "-Xms1G",
            "-server",
            "-XX:+UseG1GC",
            "-XX:MaxGCPauseMillis=20",
            "-XX:InitiatingHeapOccupancyPercent=35",
            "-XX:+ExplicitGCInvokesConcurrent",
            "-Djava.awt.headless=true");
    private static final String CLUSTER_ID = "bWlsbHJhY2UtZXhwZXJpbQ";

    @Override
    public String name() {
        return "kafka";
    }

    @Override
    public void prepare(ClusterPlan plan, NodePlace place) throws IOException, InterruptedException {
        Files.createDirectories(place.folder());
        Files.writeString(properties(place), serverProperties(plan, place));
        List<String> command = command(List.of("-Xmx256M", "-XX:TieredStopAtLevel=1"));
        command.addAll(List.of("kafka.tools.StorageTool", "format", "-t", CLUSTER_ID, "-c"));
        command.add(properties(place).toString());
        Path log = place.folder().resolve("format.log");
        int exit = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start()
                .waitFor();
        if (exit != 0) {
            throw new IOException("Kafka's storage could not be formatted: " + Files.readString(log));
        }
    }

    @Override
    public Launch launch(ClusterPlan plan, NodePlace place) {
        List<String> command = command(JVM_FLAGS);
        command.addAll(1, place.jvmFlags());
        command.add("kafka.Kafka");
        command.add(properties(place).toString());
        return new Launch(command, Map.of());
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

    private static Path properties(NodePlace place) {
        return place.folder().resolve("server.properties");
    }

    /// Defaults, but for what says who and where the nodes are.
    private static String serverProperties(ClusterPlan plan, NodePlace place) {
        String voters = plan.places().stream()
                .map(each -> each.id() + "@" + each.clusterHost() + ":" + each.thirdPort())
                .collect(Collectors.joining(","));
        String ours = """
                process.roles=broker,controller
                node.id=%1$d
                controller.quorum.voters=%2$s
                listeners=PLAINTEXT://127.0.0.1:%3$d,CLUSTER://127.0.0.1:%4$d,CONTROLLER://127.0.0.1:%5$d
                advertised.listeners=PLAINTEXT://127.0.0.1:%3$d,CLUSTER://%6$s:%4$d
                inter.broker.listener.name=CLUSTER
                controller.listener.names=CONTROLLER
                listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CLUSTER:PLAINTEXT,CONTROLLER:PLAINTEXT
                log.dirs=%7$s
                """.formatted(
                        place.id(),
                        voters,
                        place.kafkaPort(),
                        place.clusterPort(),
                        place.thirdPort(),
                        place.clusterHost(),
                        place.data());
        return ours + String.join("\n", plan.settings()) + "\n";
    }
}
