package io.millrace.benchmarks.vskafka.broker;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Apache Kafka from its Maven artifacts: KRaft with broker and controller in one process, the JVM flags of
/// `kafka-server-start.sh` and otherwise its defaults.
///
/// @param name `kafka`, or another label for a second Kafka beside it
/// @param classPath the resolved class path of `peers/kafka/pom.xml`
/// @param loggingConfig a Log4j 2 file that logs as the distribution's does
public record KafkaBroker(String name, Path java, String classPath, Path loggingConfig) implements BrokerKind {
    private static final List<String> JVM_FLAGS = List.of(
            "-Xmx1G",
            "-Xms1G",
            "-server",
            "-XX:+UseG1GC",
            "-XX:MaxGCPauseMillis=20",
            "-XX:InitiatingHeapOccupancyPercent=35",
            "-XX:+ExplicitGCInvokesConcurrent",
            "-Djava.awt.headless=true");
    private static final String CLUSTER_ID = "bWlsbHJhY2UtYmVuY2htYQ";

    @Override
    public void prepare(Path folder, int port) throws IOException, InterruptedException {
        Files.writeString(properties(folder), serverProperties(folder, port, FreePorts.next()));
        List<String> command = command(List.of("-Xmx256M"));
        command.addAll(List.of("kafka.tools.StorageTool", "format", "-t", CLUSTER_ID, "-c"));
        command.add(properties(folder).toString());
        Path log = folder.resolve("format.log");
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
    public List<String> startCommand(Path folder, int port) {
        List<String> command = command(JVM_FLAGS);
        command.add("kafka.Kafka");
        command.add(properties(folder).toString());
        return command;
    }

    @Override
    public Map<String, String> topicConfigs(Durability durability) {
        return durability == Durability.FSYNC ? Map.of("flush.messages", "1") : Map.of();
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

    private static Path properties(Path folder) {
        return folder.resolve("server.properties");
    }

    /// Defaults, but for one node, and deleted topics leave the disk after a second instead of a minute.
    private static String serverProperties(Path folder, int port, int controllerPort) {
        return """
                process.roles=broker,controller
                node.id=1
                controller.quorum.voters=1@127.0.0.1:%2$d
                listeners=PLAINTEXT://127.0.0.1:%1$d,CONTROLLER://127.0.0.1:%2$d
                advertised.listeners=PLAINTEXT://127.0.0.1:%1$d
                inter.broker.listener.name=PLAINTEXT
                controller.listener.names=CONTROLLER
                listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
                log.dirs=%3$s
                offsets.topic.replication.factor=1
                transaction.state.log.replication.factor=1
                transaction.state.log.min.isr=1
                log.segment.delete.delay.ms=1000
                """.formatted(port, controllerPort, folder.resolve("data"));
    }
}
