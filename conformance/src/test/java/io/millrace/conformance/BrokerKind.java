package io.millrace.conformance;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// Which broker the clients are pointed at.
///
/// Chosen by `-Dmillrace.conformance.broker`: Millrace unless told otherwise. Kafka is there to prove the tests right:
/// a test that fails on both is a wrong test.
public enum BrokerKind {
    /// The command in this repository, packaged earlier in the same build.
    MILLRACE {
        @Override
        void format(BrokerHome home) {}

        @Override
        List<String> command(BrokerHome home) {
            var command = new ArrayList<>(List.of(
                    Repository.file("bin/millrace").toString(),
                    "start",
                    "--set",
                    "storage.directories=" + home.data(), // unless the test says otherwise
                    "--set",
                    "listeners.kafka=" + home.bootstrap(),
                    "--set",
                    "listeners.http=127.0.0.1:" + home.secondPort(),
                    "--set",
                    "listeners.management=",
                    "--set",
                    "listeners.amqp=",
                    "--set",
                    "groups.initial-rebalance-delay-ms=0")); // only costs time, as below
            home.settings().forEach(setting -> command.addAll(List.of("--set", setting)));
            return command;
        }
    },

    /// Apache Kafka 4.4.0, one combined KRaft node with its default flags.
    KAFKA {
        @Override
        void format(BrokerHome home) throws IOException {
            Files.writeString(properties(home), settings(home));
            var format = new ArrayList<>(java());
            format.addAll(List.of("kafka.tools.StorageTool", "format", "--cluster-id", CLUSTER_ID, "--config"));
            format.add(properties(home).toString());
            Finished finished = Programs.run(Duration.ofSeconds(30), format);
            if (finished.exit() != 0) {
                throw new IllegalStateException("cannot format Kafka's folder: " + finished);
            }
        }

        @Override
        List<String> command(BrokerHome home) {
            var command = new ArrayList<>(java());
            command.addAll(List.of("kafka.Kafka", properties(home).toString()));
            return command;
        }

        // One node needs one replica of everything; the rest are Kafka's defaults, but for the wait before the first
        // rebalance, which only costs time.
        private static String settings(BrokerHome home) {
            return """
                    process.roles=broker,controller
                    node.id=1
                    controller.quorum.voters=1@127.0.0.1:%2$d
                    listeners=PLAINTEXT://127.0.0.1:%1$d,CONTROLLER://127.0.0.1:%2$d
                    advertised.listeners=PLAINTEXT://127.0.0.1:%1$d
                    controller.listener.names=CONTROLLER
                    listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT
                    log.dirs=%3$s
                    offsets.topic.replication.factor=1
                    offsets.topic.num.partitions=4
                    transaction.state.log.replication.factor=1
                    transaction.state.log.min.isr=1
                    group.initial.rebalance.delay.ms=0
                    """.formatted(home.kafkaPort(), home.secondPort(), home.data());
        }

        private static Path properties(BrokerHome home) {
            return home.folder().resolve("server.properties");
        }

        private static List<String> java() {
            String classpath = PeerClasspath.of("kafka").joined();
            return List.of(Programs.java(), "-Xms1g", "-Xmx1g", "-cp", classpath);
        }
    };

    private static final String CLUSTER_ID = "bWlsbHJhY2UtcGVlci0wMQ";

    /// The broker this run is about.
    public static BrokerKind underTest() {
        String name = System.getProperty("millrace.conformance.broker", "millrace");
        return switch (name) {
            case "millrace" -> MILLRACE;
            case "kafka" -> KAFKA;
            default ->
                throw new IllegalArgumentException("millrace.conformance.broker: millrace or kafka, not " + name);
        };
    }

    /// Prepares an empty folder, once in its life.
    abstract void format(BrokerHome home) throws IOException;

    /// The command line that runs the broker in the foreground.
    abstract List<String> command(BrokerHome home);
}
