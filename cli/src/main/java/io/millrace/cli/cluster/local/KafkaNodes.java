package io.millrace.cli.cluster.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/// Apache Kafka from its Maven artifacts: every node broker and controller in one process, the JVM flags of
/// `kafka-server-start.sh`, and otherwise its defaults.
public record KafkaNodes(KafkaJvm kafka) implements NodeSoftware {
    private static final String CLUSTER_ID = "bWlsbHJhY2UtZXhwZXJpbQ";

    @Override
    public String name() {
        return "kafka";
    }

    @Override
    public void prepare(ClusterPlan plan, NodePlace place) throws IOException, InterruptedException {
        Files.createDirectories(place.folder());
        Files.writeString(properties(place), serverProperties(plan, place));
        Path log = place.folder().resolve("format.log");
        kafka.format(properties(place), CLUSTER_ID, log, "-Xmx256M", "-XX:TieredStopAtLevel=1");
    }

    @Override
    public Launch launch(ClusterPlan plan, NodePlace place) {
        List<String> command = kafka.server(properties(place));
        command.addAll(1, place.jvmFlags());
        return new Launch(command, Map.of());
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
                listeners=PLAINTEXT://%8$s:%3$d,CLUSTER://%8$s:%4$d,CONTROLLER://%8$s:%5$d
                advertised.listeners=PLAINTEXT://%8$s:%3$d,CLUSTER://%6$s:%4$d
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
                        place.data(),
                        place.host());
        return ours + String.join("\n", plan.settings()) + "\n";
    }
}
