package io.millrace.benchmarks.vskafka.broker;

import io.millrace.cli.cluster.local.KafkaJvm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// Apache Kafka from its Maven artifacts: KRaft with broker and controller in one process, the JVM flags of
/// `kafka-server-start.sh` and otherwise its defaults.
///
/// @param name `kafka`, or another label for a second Kafka beside it
/// @param kafka on the resolved class path of `peers/kafka/pom.xml`
public record KafkaBroker(String name, KafkaJvm kafka) implements BrokerKind {
    private static final String CLUSTER_ID = "bWlsbHJhY2UtYmVuY2htYQ";

    @Override
    public void prepare(Path folder, int port) throws IOException, InterruptedException {
        Files.writeString(properties(folder), serverProperties(folder, port, FreePorts.next()));
        kafka.format(properties(folder), CLUSTER_ID, folder.resolve("format.log"), "-Xmx256M");
    }

    @Override
    public List<String> startCommand(Path folder, int port) {
        return kafka.server(properties(folder));
    }

    @Override
    public Map<String, String> topicConfigs(Durability durability) {
        return durability == Durability.FSYNC ? Map.of("flush.messages", "1") : Map.of();
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
