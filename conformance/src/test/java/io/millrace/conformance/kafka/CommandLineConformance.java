package io.millrace.conformance.kafka;

import static io.millrace.conformance.kafka.JavaClients.fresh;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.conformance.BrokerUnderTest;
import io.millrace.conformance.Finished;
import io.millrace.conformance.KafkaTools;
import io.millrace.conformance.PeerClasspath;
import io.millrace.conformance.Programs;
import io.millrace.conformance.SharedBroker;
import io.millrace.conformance.Soon;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Kafka's command-line classes of 4.3.1, the newest that are published, with the arguments an operator types.
@ExtendWith(SharedBroker.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class CommandLineConformance {
    private static final String TOOLS = "org.apache.kafka.tools.";
    private static final String TOPICS = TOOLS + "TopicCommand";
    private static final String GROUPS = TOOLS + "consumer.group.ConsumerGroupCommand";
    private static final String CONFIGS = "kafka.admin.ConfigCommand";

    private final BrokerUnderTest broker;
    private final JavaClients clients;
    private KafkaTools tools;

    CommandLineConformance(BrokerUnderTest broker) {
        this.broker = broker;
        this.clients = new JavaClients(broker.bootstrap());
    }

    @BeforeAll
    void load() {
        tools = new KafkaTools();
    }

    @AfterAll
    void unload() {
        if (tools != null) {
            tools.close();
        }
    }

    private Finished run(String tool, String... arguments) {
        return runWithInput("", tool, arguments);
    }

    private Finished runWithInput(String input, String tool, String... arguments) {
        var all = new ArrayList<>(List.of("--bootstrap-server", broker.bootstrap()));
        all.addAll(List.of(arguments));
        return tools.run(tool, all, input);
    }

    @Test
    void topicsAreCreatedListedDescribedGrownAndDeleted() {
        String topic = fresh("cli-topic");

        assertThat(run(TOPICS, "--create", "--topic", topic, "--partitions", "2", "--config", "retention.ms=1000")
                        .ok()
                        .out())
                .contains("Created topic " + topic + ".");
        Soon.check(() -> assertThat(run(TOPICS, "--list").ok().lines()).contains(topic));
        assertThat(run(TOPICS, "--describe", "--topic", topic).ok().out())
                .contains("PartitionCount: 2")
                .contains("ReplicationFactor: 1")
                .contains("retention.ms=1000")
                .contains("Partition: 1");
        run(TOPICS, "--alter", "--topic", topic, "--partitions", "5").ok();
        Soon.check(() -> assertThat(
                        run(TOPICS, "--describe", "--topic", topic).ok().out())
                .contains("PartitionCount: 5"));
        assertThat(run(TOPICS, "--create", "--topic", topic).exit()).isEqualTo(1);
        run(TOPICS, "--create", "--if-not-exists", "--topic", topic).ok();
        run(TOPICS, "--delete", "--topic", topic).ok();
        Soon.check(() -> assertThat(run(TOPICS, "--list").ok().lines()).doesNotContain(topic));
    }

    @Test
    void settingsAreAddedDescribedAndRemoved() {
        String topic = clients.topic("cli-config", 1, Map.of());

        run(
                        CONFIGS,
                        "--entity-type",
                        "topics",
                        "--entity-name",
                        topic,
                        "--alter",
                        "--add-config",
                        "retention.ms=5000,cleanup.policy=[compact,delete]")
                .ok();
        Soon.check(() -> assertThat(run(CONFIGS, "--entity-type", "topics", "--entity-name", topic, "--describe")
                        .ok()
                        .out())
                .contains("retention.ms=5000")
                .contains("cleanup.policy=compact,delete")
                .contains("DYNAMIC_TOPIC_CONFIG:retention.ms=5000"));
        run(CONFIGS, "--entity-type", "topics", "--entity-name", topic, "--alter", "--delete-config", "retention.ms")
                .ok();
        Soon.check(() -> assertThat(run(CONFIGS, "--entity-type", "topics", "--entity-name", topic, "--describe")
                        .ok()
                        .out())
                .doesNotContain("retention.ms="));
        assertThat(run(CONFIGS, "--entity-type", "topics", "--entity-name", topic, "--describe", "--all")
                        .ok()
                        .out())
                .contains("segment.bytes=1073741824")
                .contains("DEFAULT_CONFIG:log.segment.bytes");
        assertThat(run(CONFIGS, "--entity-type", "brokers", "--entity-name", nodeId(), "--describe", "--all")
                        .ok()
                        .out())
                .contains("node.id=" + nodeId());
    }

    private String nodeId() {
        try (var admin = clients.admin()) {
            return JavaClients.get(admin.describeCluster().controller()).idString();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"none", "gzip", "snappy", "lz4", "zstd"})
    void theConsoleProducesAndConsumes(String codec) {
        String topic = clients.topic("cli-console", 1, Map.of());
        String lines = "k1:one\nk2:two\nk3:three\n";

        runWithInput(
                        lines,
                        TOOLS + "ConsoleProducer",
                        "--topic",
                        topic,
                        "--compression-codec",
                        codec,
                        "--reader-property",
                        "parse.key=true",
                        "--reader-property",
                        "key.separator=:")
                .ok();
        Finished read = run(
                TOOLS + "consumer.ConsoleConsumer",
                "--topic",
                topic,
                "--from-beginning",
                "--max-messages",
                "3",
                "--timeout-ms",
                "15000",
                "--formatter-property",
                "print.key=true",
                "--formatter-property",
                "print.offset=true",
                "--formatter-property",
                "print.partition=true");

        assertThat(read.ok().lines())
                .containsExactly(
                        "Partition:0\tOffset:0\tk1\tone",
                        "Partition:0\tOffset:1\tk2\ttwo",
                        "Partition:0\tOffset:2\tk3\tthree");
    }

    @Test
    void groupsAreListedDescribedResetAndDeleted() {
        String topic = clients.topic("cli-group", 1, Map.of());
        String group = fresh("cli-group");
        clients.send(topic, 10);
        run(
                        TOOLS + "consumer.ConsoleConsumer",
                        "--topic",
                        topic,
                        "--group",
                        group,
                        "--from-beginning",
                        "--max-messages",
                        "10",
                        "--timeout-ms",
                        "15000")
                .ok();

        assertThat(run(GROUPS, "--list").ok().lines()).contains(group);
        assertThat(run(GROUPS, "--list", "--state").ok().out()).containsPattern(group + " +\\S* *Empty");
        assertThat(run(TOOLS + "GroupsCommand", "--list").ok().out()).containsPattern(group + " +Classic +consumer");
        assertThat(describe(group)).containsPattern(topic + " +0 +10 +10 +0");
        assertThat(run(GROUPS, "--describe", "--group", group, "--state").ok().out())
                .containsPattern(group + " .*Empty +0");
        run(GROUPS, "--describe", "--group", group, "--members").ok();
        assertThat(reset(group, topic, "--to-earliest", "--dry-run").out()).containsPattern(topic + " +0 +0");
        assertThat(describe(group)).containsPattern(topic + " +0 +10 ");
        reset(group, topic, "--to-offset", "4", "--execute").ok();
        assertThat(describe(group)).containsPattern(topic + " +0 +4 +10 +6");
        reset(group, topic, "--shift-by", "-3", "--execute").ok();
        assertThat(describe(group)).containsPattern(topic + " +0 +1 +10 +9");
        reset(group, topic, "--to-datetime", "2020-01-01T00:00:00.000", "--execute")
                .ok();
        assertThat(describe(group)).containsPattern(topic + " +0 +0 +10 +10");
        reset(group, topic, "--to-latest", "--execute").ok();
        assertThat(describe(group)).containsPattern(topic + " +0 +10 +10 +0");
        assertThat(run(GROUPS, "--delete-offsets", "--group", group, "--topic", topic)
                        .ok()
                        .out())
                .contains("Successful");
        run(GROUPS, "--delete", "--group", group).ok();
        assertThat(run(GROUPS, "--list").ok().lines()).doesNotContain(group);
    }

    private String describe(String group) {
        return run(GROUPS, "--describe", "--group", group).ok().out();
    }

    private Finished reset(String group, String topic, String... how) {
        var arguments = new ArrayList<>(List.of("--reset-offsets", "--group", group, "--topic", topic));
        arguments.addAll(List.of(how));
        return run(GROUPS, arguments.toArray(String[]::new));
    }

    @Test
    void offsetsLogDirectoriesAndDeletedRecords(@TempDir Path folder) throws IOException {
        String topic = clients.topic("cli-offsets", 2, Map.of());
        clients.send(topic, 10);
        Path json = Files.writeString(
                folder.resolve("delete.json"),
                "{\"partitions\":[{\"topic\":\"%s\",\"partition\":0,\"offset\":6}],\"version\":1}".formatted(topic));

        assertThat(run(TOOLS + "DeleteRecordsCommand", "--offset-json-file", json.toString())
                        .ok()
                        .out())
                .contains("low_watermark: 6");
        assertThat(run(TOOLS + "GetOffsetShell", "--topic", topic, "--time", "earliest")
                        .ok()
                        .lines())
                .containsExactly(topic + ":0:6", topic + ":1:0");
        assertThat(run(TOOLS + "GetOffsetShell", "--topic", topic).ok().lines())
                .containsExactly(topic + ":0:10", topic + ":1:0");
        assertThat(run(TOOLS + "LogDirsCommand", "--describe", "--topic-list", topic)
                        .ok()
                        .out())
                .contains("\"partition\":\"" + topic + "-0\"")
                .contains("\"error\":null");
    }

    @Test
    void theVerifiableClientsVerify() {
        String topic = clients.topic("cli-verifiable", 3, Map.of());
        String group = fresh("cli-verifiable");

        Finished produced =
                fork(TOOLS + "VerifiableProducer", "--topic", topic, "--max-messages", "500", "--acks", "-1");
        Finished consumed = fork(
                TOOLS + "VerifiableConsumer",
                "--topic",
                topic,
                "--group-id",
                group,
                "--max-messages",
                "500",
                "--reset-policy",
                "earliest",
                "--verbose");

        assertThat(produced.ok().out()).contains("\"sent\":500,\"acked\":500");
        assertThat(consumed.ok().lines().stream().filter(line -> line.contains("\"record_data\"")))
                .hasSize(500);
        assertThat(consumed.out()).contains("\"success\":true");
    }

    /// These two report in a shutdown hook of the JVM itself, so they get one of their own.
    private Finished fork(String tool, String... arguments) {
        String classpath = PeerClasspath.of("kafka-tools").joined();
        var command = new ArrayList<>(List.of(Programs.java(), "-XX:TieredStopAtLevel=1", "-cp", classpath, tool));
        command.addAll(List.of("--bootstrap-server", broker.bootstrap()));
        command.addAll(List.of(arguments));
        return Programs.run(Duration.ofSeconds(40), command);
    }

    @Test
    void theLoadToolsRun() {
        String topic = clients.topic("cli-perf", 3, Map.of());

        Finished produced = run(
                TOOLS + "ProducerPerformance",
                "--topic",
                topic,
                "--num-records",
                "20000",
                "--record-size",
                "100",
                "--throughput",
                "-1");
        Finished consumed =
                run(TOOLS + "ConsumerPerformance", "--topic", topic, "--num-records", "20000", "--timeout", "15000");

        assertThat(produced.ok().out()).contains("20000 records sent");
        assertThat(consumed.ok().lines().getLast().split(", ")[4]).isEqualTo("20000");
    }

    @Test
    void theClusterIsDescribed() {
        assertThat(run(TOOLS + "BrokerApiVersionsCommand").ok().out())
                .contains("Produce(0): 0 to 13")
                .contains("Fetch(1): 4 to 18");
        assertThat(run(TOOLS + "MetadataQuorumCommand", "describe", "--status")
                        .ok()
                        .out())
                .contains("LeaderId:               " + nodeId())
                .contains("HighWatermark:");
        assertThat(run(TOOLS + "MetadataQuorumCommand", "describe", "--replication")
                        .ok()
                        .out())
                .contains("Leader");
        assertThat(tools.run(TOOLS + "ClusterTool", List.of("cluster-id", "--bootstrap-server", broker.bootstrap()))
                        .ok()
                        .out())
                .contains("Cluster ID: ");
        assertThat(tools.run(TOOLS + "ClusterTool", List.of("list-endpoints", "--bootstrap-server", broker.bootstrap()))
                        .ok()
                        .out())
                .contains("unfenced");
        assertThat(run(TOOLS + "FeatureCommand", "describe").ok().out())
                .contains("metadata.version")
                .contains("kraft.version");
    }

    @Test
    void manyLinesGoThroughTheConsole() {
        String topic = clients.topic("cli-lines", 1, Map.of());
        List<String> lines =
                IntStream.range(0, 2_000).mapToObj(i -> "line " + i).toList();

        runWithInput(String.join("\n", lines) + "\n", TOOLS + "ConsoleProducer", "--topic", topic)
                .ok();

        assertThat(clients.readValues(topic)).isEqualTo(lines);
    }
}
