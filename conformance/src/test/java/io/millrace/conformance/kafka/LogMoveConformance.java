package io.millrace.conformance.kafka;

import static io.millrace.conformance.kafka.JavaClients.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.conformance.BrokerKind;
import io.millrace.conformance.BrokerUnderTest;
import io.millrace.conformance.Finished;
import io.millrace.conformance.KafkaTools;
import io.millrace.conformance.Programs;
import io.millrace.conformance.Repository;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.DescribeReplicaLogDirsResult.ReplicaLogDirInfo;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartitionReplica;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.InvalidReplicaAssignmentException;
import org.apache.kafka.common.errors.LogDirNotFoundException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Logs that move between the two disks of one node (KIP-113).
final class LogMoveConformance {
    private static final int NODE = 1;
    private static final int PARTITIONS = 4;
    private static final int WRITERS = 2;
    private static final int ROUNDS = Integer.getInteger("millrace.crash.rounds", 5);
    private static final Duration SOON = Duration.ofSeconds(90);
    private static final String THROTTLE = "replica.alter.log.dirs.io.max.bytes.per.second";
    private static final String TOOL = "org.apache.kafka.tools.reassign.ReassignPartitionsCommand";

    @TempDir
    private Path folder;

    private BrokerUnderTest broker;
    private JavaClients clients;

    @BeforeEach
    void start() {
        Assumptions.assumeTrue(
                BrokerKind.underTest() == BrokerKind.MILLRACE, "Kafka under test has one folder, and needs more help");
        broker = BrokerUnderTest.start("storage.directories=" + disk(0) + "," + disk(1));
        clients = new JavaClients(broker.bootstrap());
    }

    @AfterEach
    void close() {
        if (broker != null) {
            broker.close();
        }
    }

    private String disk(int which) {
        return folder.resolve("disk-" + which).toString();
    }

    private String otherThan(String disk) {
        return disk.equals(disk(0)) ? disk(1) : disk(0);
    }

    @Test
    @Timeout(value = 15, unit = TimeUnit.MINUTES)
    void logsMoveUnderLoadAndThroughKills() throws IOException {
        String topic = clients.topic("moved", PARTITIONS, Map.of("segment.bytes", "1048576"));
        List<CrashWriter> writers = new ArrayList<>();
        for (int i = 0; i < WRITERS; i++) {
            writers.add(new CrashWriter(i, clients, topic, PARTITIONS));
        }
        int moved = 0;
        try (Admin admin = clients.admin()) {
            awaitMore(writers, 20_000);
            for (int round = 0; round < ROUNDS; round++) {
                Map<Integer, String> before = places(admin, topic);
                throttle(admin, round % 2 == 0 ? 2_000_000 : Long.MAX_VALUE);
                Map<TopicPartitionReplica, String> wishes = new HashMap<>();
                before.forEach((partition, disk) -> wishes.put(replica(topic, partition), otherThan(disk)));
                get(admin.alterReplicaLogDirs(wishes).all());
                awaitMore(writers, 200 + 400 * round);
                broker.kill9();
                broker.restart();
                throttle(admin, Long.MAX_VALUE);
                awaitAtRest(admin, topic);
                Map<Integer, String> after = places(admin, topic);
                for (int partition = 0; partition < PARTITIONS; partition++) {
                    assertThat(after.get(partition))
                            .as("partition %d, wished for before the kill", partition)
                            .isEqualTo(otherThan(before.get(partition)));
                    moved++;
                }
                assertThat(foldersOf(topic)).hasSize(PARTITIONS);
            }
            awaitMore(writers, 500);
        } finally {
            writers.forEach(CrashWriter::finish);
        }

        List<ConsumerRecord<String, String>> read = clients.readAll(topic);
        System.err.println("log moves: " + moved + " moves through " + ROUNDS + " kills, " + acknowledged(writers)
                + " acknowledged, " + read.size() + " read");
        for (CrashWriter writer : writers) {
            assertThat(writer.failures()).isEmpty();
            writer.check(read);
        }
    }

    @Test
    @Timeout(value = 5, unit = TimeUnit.MINUTES)
    void aMoveShowsItsLagAndIsCancelledByNamingWhereTheLogIs() throws IOException {
        String topic = clients.topic("cancelled", 1, Map.of("segment.bytes", "1048576"));
        fill(topic, 4_000);
        try (Admin admin = clients.admin()) {
            throttle(admin, 50_000);
            String here = places(admin, topic).get(0);
            get(admin.alterReplicaLogDirs(Map.of(replica(topic, 0), otherThan(here)))
                    .all());

            Awaitility.await().atMost(SOON).untilAsserted(() -> {
                ReplicaLogDirInfo info = info(admin, topic, 0);
                assertThat(info.getCurrentReplicaLogDir()).isEqualTo(here);
                assertThat(info.getFutureReplicaLogDir()).isEqualTo(otherThan(here));
                assertThat(info.getFutureReplicaOffsetLag()).isBetween(1L, 4_000L);
            });
            assertThat(futures()).hasSize(1);

            get(admin.alterReplicaLogDirs(Map.of(replica(topic, 0), here)).all());
            Awaitility.await()
                    .atMost(SOON)
                    .untilAsserted(() -> assertThat(info(admin, topic, 0).getFutureReplicaLogDir())
                            .isNull());
            Awaitility.await()
                    .atMost(SOON)
                    .untilAsserted(() -> assertThat(futures()).isEmpty());
            assertThat(places(admin, topic)).containsEntry(0, here);
            assertThat(clients.readAll(topic)).hasSize(4_000);

            assertThatThrownBy(() -> get(admin.alterReplicaLogDirs(Map.of(replica(topic, 0), "/nowhere"))
                            .all()))
                    .isInstanceOf(LogDirNotFoundException.class);
        }
    }

    @Test
    @Timeout(value = 5, unit = TimeUnit.MINUTES)
    void aLogThatIsNotHereYetComesWhereItWasWishedFor() {
        try (Admin admin = clients.admin()) {
            for (int round = 0; round < 4; round++) {
                String topic = JavaClients.fresh("wished");
                String wish = disk(round / 2);
                assertThatThrownBy(() -> get(admin.alterReplicaLogDirs(Map.of(replica(topic, 0), wish))
                                .all()))
                        .isInstanceOf(UnknownTopicOrPartitionException.class);
                clients.createTopic(topic, 1, Map.of());
                assertThat(places(admin, topic)).containsEntry(0, wish);
            }
        }
    }

    @Test
    @Timeout(value = 5, unit = TimeUnit.MINUTES)
    void kafkasToolMovesAndVerifies() throws IOException {
        String topic = clients.topic("tool", 2, Map.of());
        fill(topic, 2_000);
        try (Admin admin = clients.admin();
                var tools = new KafkaTools()) {
            Map<Integer, String> before = places(admin, topic);
            Path plan = folder.resolve("plan.json");
            Files.writeString(plan, """
                    {"version":1,"partitions":[
                     {"topic":"%1$s","partition":0,"replicas":[1],"log_dirs":["%2$s"]},
                     {"topic":"%1$s","partition":1,"replicas":[1],"log_dirs":["any"]}]}
                    """.formatted(topic, otherThan(before.get(0))));

            Finished begun = reassign(tools, plan, "--execute", "--replica-alter-log-dirs-throttle", "1000000");
            assertThat(begun.exit()).as("%s", begun).isZero();
            Awaitility.await()
                    .atMost(SOON)
                    .untilAsserted(
                            () -> assertThat(reassign(tools, plan, "--verify").out())
                                    .contains("completed successfully")
                                    .doesNotContain("still"));
            assertThat(places(admin, topic))
                    .containsEntry(0, otherThan(before.get(0)))
                    .containsEntry(1, before.get(1));
            assertThat(clients.readAll(topic)).hasSize(2_000);
        }
    }

    @Test
    @Timeout(value = 5, unit = TimeUnit.MINUTES)
    void aDiskIsDrainedAndStaysEmpty() {
        String topic = clients.topic("drained", PARTITIONS, Map.of());
        fill(topic, 1_000);
        try (Admin admin = clients.admin()) {
            Finished drained = millrace("cluster", "drain", "--disk", disk(0)).ok();

            assertThat(drained.out())
                    .contains(disk(0) + " has no replicas any more; the node's metadata log is still there");
            assertThat(places(admin, topic).values()).containsOnly(disk(1));
            String later = clients.topic("later", PARTITIONS, Map.of());
            assertThat(places(admin, later).values()).containsOnly(disk(1));
            assertThatThrownBy(() -> get(admin.alterReplicaLogDirs(Map.of(replica(topic, 0), disk(0)))
                            .all()))
                    .isInstanceOf(InvalidReplicaAssignmentException.class);

            assertThat(millrace("cluster", "drain", "--disk", disk(1), "-o", "json")
                            .exit())
                    .as("there is no folder left that takes anything")
                    .isEqualTo(5);
            assertThat(millrace("cluster", "drain", "--disk", "/nowhere").exit())
                    .isEqualTo(4);
            millrace("cluster", "drain", "--disk", disk(1), "--undo").ok();
            millrace("cluster", "drain", "--disk", disk(0), "--undo").ok();
            get(admin.alterReplicaLogDirs(Map.of(replica(topic, 0), disk(0))).all());
            awaitAtRest(admin, topic);
            assertThat(places(admin, topic)).containsEntry(0, disk(0));
            assertThat(clients.readAll(topic)).hasSize(1_000);
        }
    }

    private Finished millrace(String... words) {
        List<String> command =
                new ArrayList<>(List.of(Repository.file("bin/millrace").toString()));
        command.addAll(List.of(words));
        command.addAll(List.of("--bootstrap", broker.bootstrap()));
        return Programs.run(Duration.ofSeconds(90), command, "", Map.of("JAVA_HOME", System.getProperty("java.home")));
    }

    private Finished reassign(KafkaTools tools, Path plan, String... words) {
        return tools.run(
                TOOL,
                Stream.concat(
                                Stream.of(
                                        "--bootstrap-server",
                                        broker.bootstrap(),
                                        "--reassignment-json-file",
                                        plan.toString()),
                                Stream.of(words))
                        .toList());
    }

    private void fill(String topic, int records) {
        clients.send(
                topic,
                IntStream.range(0, records)
                        .mapToObj(number -> number + " ".repeat(500))
                        .toList());
    }

    private static TopicPartitionReplica replica(String topic, int partition) {
        return new TopicPartitionReplica(topic, partition, NODE);
    }

    private static ReplicaLogDirInfo info(Admin admin, String topic, int partition) {
        TopicPartitionReplica replica = replica(topic, partition);
        return get(admin.describeReplicaLogDirs(List.of(replica)).all()).get(replica);
    }

    private static Map<Integer, String> places(Admin admin, String topic) {
        var places = new HashMap<Integer, String>();
        get(admin.describeLogDirs(List.of(NODE)).allDescriptions())
                .get(NODE)
                .forEach((disk, described) -> described.replicaInfos().forEach((partition, replica) -> {
                    if (partition.topic().equals(topic) && !replica.isFuture()) {
                        places.put(partition.partition(), disk);
                    }
                }));
        return places;
    }

    private static void awaitAtRest(Admin admin, String topic) {
        Awaitility.await()
                .atMost(SOON)
                .untilAsserted(() -> assertThat(
                                get(admin.describeLogDirs(List.of(NODE)).allDescriptions()).get(NODE).values().stream()
                                        .flatMap(disk -> disk.replicaInfos().entrySet().stream())
                                        .filter(entry -> entry.getKey().topic().equals(topic))
                                        .filter(entry -> entry.getValue().isFuture()))
                        .isEmpty());
    }

    private static void throttle(Admin admin, long bytesPerSecond) {
        get(admin.incrementalAlterConfigs(Map.of(
                        new ConfigResource(ConfigResource.Type.BROKER, Integer.toString(NODE)),
                        List.of(new AlterConfigOp(
                                new ConfigEntry(THROTTLE, Long.toString(bytesPerSecond)), AlterConfigOp.OpType.SET))))
                .all());
    }

    /// Folders that are the topic's partitions, on whichever disk.
    private List<Path> foldersOf(String topic) throws IOException {
        return folders().stream()
                .filter(path -> path.getFileName().toString().startsWith(topic + "-")
                        && !path.getFileName().toString().contains("."))
                .toList();
    }

    private List<Path> futures() throws IOException {
        return folders().stream()
                .filter(path -> path.toString().endsWith("-future"))
                .toList();
    }

    private List<Path> folders() throws IOException {
        var all = new ArrayList<Path>();
        for (int which = 0; which < 2; which++) {
            try (Stream<Path> names = Files.list(Path.of(disk(which)))) {
                names.filter(Files::isDirectory).forEach(all::add);
            }
        }
        return all;
    }

    private static void awaitMore(List<CrashWriter> writers, int records) {
        long wanted = acknowledged(writers) + records;
        Awaitility.await().atMost(SOON).pollInterval(Duration.ofMillis(5)).until(() -> acknowledged(writers) >= wanted);
    }

    private static long acknowledged(List<CrashWriter> writers) {
        return writers.stream().mapToLong(CrashWriter::acknowledged).sum();
    }
}
