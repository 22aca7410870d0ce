package io.millrace.cluster.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.broker.catalog.CatalogChanges.MorePartitions;
import io.millrace.broker.catalog.CatalogChanges.NewTopic;
import io.millrace.broker.catalog.CatalogChanges.NewTopicReply;
import io.millrace.broker.catalog.CatalogChanges.ProducerIdBlock;
import io.millrace.broker.catalog.ClusterChanges.QuorumReply;
import io.millrace.broker.catalog.ClusterChanges.QuorumView;
import io.millrace.broker.catalog.NodeView;
import io.millrace.broker.catalog.Outcome;
import io.millrace.broker.catalog.TopicView;
import io.millrace.cluster.CatalogBarrier;
import io.millrace.cluster.ClusterSettings;
import io.millrace.cluster.NodeIdentity;
import io.millrace.model.ErrorKind;
import io.millrace.model.TopicId;
import io.millrace.testkit.ManualClock;
import io.millrace.testkit.SeededRandomness;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RaftNodeTest {
    private static final NodeIdentity IDENTITY = new NodeIdentity("wxyzWXYZ0123456789abcd", 1, new TopicId(7, 8));

    @TempDir
    Path folder;

    private final List<AutoCloseable> open = new ArrayList<>();
    private MetadataThread caller;

    @BeforeEach
    void startCaller() {
        caller = new MetadataThread("caller", failure -> {});
        open.add(caller);
    }

    @AfterEach
    void closeAll() throws Exception {
        for (AutoCloseable each : open.reversed()) {
            each.close();
        }
    }

    @Test
    void keepsEverythingOverACleanRestart() throws Exception {
        RaftNode first = started(settings(1_000_000));
        create(first, "orders", 3);
        ProducerIdBlock ids = ask(first.cluster()::allocateProducerIds);
        TopicView before = first.cluster().current().topic("orders").orElseThrow();
        first.close();

        RaftNode second = started(settings(1_000_000));

        assertThat(second.cluster().current().topic(before.id())).contains(before);
        assertThat(second.cluster().current().controllerId()).isEqualTo(1);
        ProducerIdBlock next = ask(second.cluster()::allocateProducerIds);
        assertThat(next.first()).isEqualTo(ids.first() + ids.count());
    }

    @Test
    void keepsWhatWasAcknowledgedWhenItCrashes() throws Exception {
        RaftNode first = started(settings(1_000_000));
        for (int at = 0; at < 20; at++) {
            create(first, "t" + at, 1);
        }
        Path crashed = Files.createDirectory(folder.resolveSibling(folder.getFileName() + "-crashed"));
        copy(folder, crashed);

        RaftNode second = startedIn(crashed, settings(1_000_000));

        assertThat(second.cluster().current().topics()).hasSize(20);
    }

    @Test
    void keepsWhatWasAcknowledgedWhateverTheEnginesIndexesSay() throws Exception {
        RaftNode first = started(settings(1_000_000));
        for (int at = 0; at < 20; at++) {
            create(first, "t" + at, 1);
        }
        Path crashed = Files.createDirectory(folder.resolveSibling(folder.getFileName() + "-power-lost"));
        copy(folder, crashed);
        for (String index : List.of("00000000000000000000.index", "00000000000000000000.timeindex")) {
            Path file = crashed.resolve("__cluster_metadata-0").resolve(index);
            byte[] garbage = Files.readAllBytes(file);
            Arrays.fill(garbage, (byte) 0x5A);
            Files.write(file, garbage);
        }

        RaftNode second = startedIn(crashed, settings(1_000_000));

        assertThat(second.cluster().current().topics()).hasSize(20);
        create(second, "later", 1);
    }

    @Test
    void keepsWhatWasAcknowledgedWhenTheMarkIsOlder() throws Exception {
        RaftNode first = started(settings(1_000_000));
        create(first, "early", 1);
        Path mark = folder.resolve("__cluster_metadata-0").resolve(CommittedOffset.NAME);
        byte[] old = Files.readAllBytes(mark);
        for (int at = 0; at < 20; at++) {
            create(first, "t" + at, 1);
        }
        Path crashed = Files.createDirectory(folder.resolveSibling(folder.getFileName() + "-power-lost"));
        copy(folder, crashed);
        Files.write(crashed.resolve("__cluster_metadata-0").resolve(CommittedOffset.NAME), old);

        RaftNode second = startedIn(crashed, settings(1_000_000));

        assertThat(second.cluster().current().topics()).hasSize(21);
    }

    @Test
    void refusesToStartWhenACommittedByteFlipped() throws Exception {
        RaftNode first = started(settings(1_000_000));
        for (int at = 0; at < 20; at++) {
            create(first, "t" + at, 1);
        }
        first.close();
        Path log = logFile();
        flip(log, Files.size(log) / 2);
        byte[] damaged = Files.readAllBytes(log);

        RaftNode second = node(folder, settings(1_000_000));

        assertThatThrownBy(() -> second.start().get(10, TimeUnit.SECONDS))
                .hasMessageContaining("is damaged at byte")
                .hasMessageContaining("Nothing was changed");
        assertThat(Files.readAllBytes(log)).isEqualTo(damaged);
    }

    @Test
    void refusesToStartWhenTheCommittedEndIsMissing() throws Exception {
        RaftNode first = started(settings(1_000_000));
        create(first, "orders", 1);
        first.close();
        Path log = logFile();
        try (RandomAccessFile file = new RandomAccessFile(log.toFile(), "rw")) {
            file.setLength(file.length() - 10);
        }

        RaftNode second = node(folder, settings(1_000_000));

        assertThatThrownBy(() -> second.start().get(10, TimeUnit.SECONDS)).hasMessageContaining("is damaged");
    }

    @Test
    void cutsATailThatWasNeverCommitted() throws Exception {
        RaftNode first = started(settings(1_000_000));
        create(first, "orders", 1);
        first.close();
        try (RandomAccessFile file = new RandomAccessFile(logFile().toFile(), "rw")) {
            file.seek(file.length());
            file.write(new byte[100]);
        }

        RaftNode second = started(settings(1_000_000));

        assertThat(second.cluster().current().topic("orders")).isPresent();
    }

    @Test
    void cutsABatchThatIsThereTwiceAndNothingBeforeIt() throws Exception {
        RaftNode first = started(settings(1_000_000));
        create(first, "orders", 1);
        first.close();
        byte[] log = Files.readAllBytes(logFile());
        int batchBytes = 12 + ByteBuffer.wrap(log).getInt(8);
        try (RandomAccessFile file = new RandomAccessFile(logFile().toFile(), "rw")) {
            file.seek(file.length());
            file.write(log, 0, batchBytes);
        }

        RaftNode second = started(settings(1_000_000));

        assertThat(second.cluster().current().topic("orders")).isPresent();
        assertThat(Arrays.copyOf(Files.readAllBytes(logFile()), log.length)).isEqualTo(log);
    }

    @Test
    void refusesChangesWhileTheDiskDoesAndGoesOnAfterwards() throws Exception {
        RaftNode node = started(settings(1_000_000));
        create(node, "orders", 1);
        AtomicInteger tries = new AtomicInteger();
        // A folder in the place of the file that finds out: no write gets through, whoever runs the test.
        Path obstacle = Files.createDirectories(folder.resolve("__cluster_metadata-0/space.part/in-the-way"));

        // A disk that took something a moment ago is not asked again before the next.
        Awaitility.await()
                .until(() -> ask((Consumer<List<NewTopicReply>> reply) -> node.cluster()
                                .createTopics(List.of(topic("try-" + tries.incrementAndGet(), 1)), false, reply))
                        .getFirst()
                        .outcome()
                        .error()
                        .equals(ErrorKind.STORAGE_ERROR));

        assertThat(node.cluster().current().topic("orders")).isPresent();
        assertThat(node.cluster().current().topic("try-" + tries)).isEmpty();
        Files.delete(obstacle);
        Files.delete(obstacle.getParent());
        create(node, "more", 1);
    }

    @Test
    void refusesToStartOnADiskThatTakesNothing() throws Exception {
        RaftNode first = started(settings(1_000_000));
        create(first, "orders", 1);
        first.close();
        Files.createDirectories(folder.resolve("__cluster_metadata-0/space.part/in-the-way"));

        RaftNode second = node(folder, settings(1_000_000));

        assertThatThrownBy(() -> second.start().get(10, TimeUnit.SECONDS))
                .hasMessageContaining("__cluster_metadata-0 can not be written");
    }

    @Test
    void startsFromASnapshot() throws Exception {
        RaftNode first = started(settings(10));
        for (int at = 0; at < 30; at++) {
            create(first, "t" + at, 2);
        }
        first.close();
        try (Stream<Path> files = Files.list(folder.resolve("__cluster_metadata-0"))) {
            assertThat(files.filter(file -> file.toString().endsWith(".checkpoint"))
                            .count())
                    .isGreaterThan(1);
        }

        RaftNode second = started(settings(10));

        assertThat(second.cluster().current().topics())
                .containsExactlyElementsOf(first.cluster().current().topics());
    }

    @Test
    void describesAQuorumOfOne() throws Exception {
        RaftNode node = started(settings(1_000_000));

        QuorumView quorum = this.<QuorumReply>ask(node.cluster()::quorum).quorum();

        assertThat(quorum.leaderId()).isEqualTo(1);
        assertThat(quorum.leaderEpoch()).isPositive();
        assertThat(quorum.voters()).singleElement().satisfies(self -> {
            assertThat(self.nodeId()).isEqualTo(1);
            assertThat(self.logEndOffset()).isGreaterThanOrEqualTo(quorum.highWatermark());
        });
    }

    @Test
    void measuresStartAndThousandsOfTopics() throws Exception {
        started(settings(1_000_000)).close();
        long restartNs = System.nanoTime();
        RaftNode node = started(settings(1_000_000));
        report("restart to ready", restartNs);

        long createNs = System.nanoTime();
        List<CompletableFuture<List<NewTopicReply>>> replies = new ArrayList<>();
        for (int batch = 0; batch < 100; batch++) {
            List<NewTopic> topics = new ArrayList<>();
            for (int at = 0; at < 100; at++) {
                topics.add(topic("t-" + batch + "-" + at, 1));
            }
            replies.add(asked(reply -> node.cluster().createTopics(topics, false, reply)));
        }
        for (CompletableFuture<List<NewTopicReply>> reply : replies) {
            assertThat(reply.get(20, TimeUnit.SECONDS))
                    .allSatisfy(each -> assertThat(each.outcome()).isEqualTo(Outcome.OK));
        }
        report("10,000 topics in 100 requests", createNs);

        long wideNs = System.nanoTime();
        create(node, "wide", 10_000);
        report("1 topic of 10,000 partitions", wideNs);

        long widestNs = System.nanoTime();
        this.<List<Outcome>>ask(reply ->
                node.cluster().createPartitions(List.of(new MorePartitions("wide", 100_000, List.of())), false, reply));
        report("90,000 more partitions", widestNs);
        node.close();

        long againNs = System.nanoTime();
        RaftNode again = started(settings(1_000_000));
        report("restart with 110,000 partitions", againNs);
        assertThat(again.cluster().current().topic("wide").orElseThrow().partitions())
                .hasSize(100_000);
        assertThat(again.cluster().current().topics()).hasSize(10_001);
    }

    private static void report(String what, long sinceNs) {
        System.out.printf("%s: %d ms%n", what, TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - sinceNs));
    }

    private static ClusterSettings settings(int recordsPerSnapshot) {
        return new ClusterSettings(
                "", List.of(new NodeView.Endpoint("kafka", "localhost", 9092)), Map.of(), recordsPerSnapshot);
    }

    private static NewTopic topic(String name, int partitions) {
        return new NewTopic(name, partitions, -1, Map.of(), Map.of());
    }

    private void create(RaftNode node, String name, int partitions) throws Exception {
        List<NewTopicReply> replies =
                ask(reply -> node.cluster().createTopics(List.of(topic(name, partitions)), false, reply));
        assertThat(replies.getFirst().outcome()).isEqualTo(Outcome.OK);
    }

    private RaftNode started(ClusterSettings settings) throws Exception {
        return startedIn(folder, settings);
    }

    private RaftNode startedIn(Path where, ClusterSettings settings) throws Exception {
        RaftNode node = node(where, settings);
        node.start().get(10, TimeUnit.SECONDS);
        CompletableFuture<Boolean> serving = new CompletableFuture<>();
        node.cluster().serve(CatalogBarrier.NONE, () -> serving.complete(true));
        serving.get(10, TimeUnit.SECONDS);
        return node;
    }

    private RaftNode node(Path where, ClusterSettings settings) {
        RaftNode node = RaftNode.alone(new RaftNode.Parts(
                RaftSettings.alone(IDENTITY, where),
                settings,
                () -> caller,
                new ManualClock(),
                new SeededRandomness(open.size()),
                failure -> {}));
        open.add(node);
        return node;
    }

    private <R> R ask(Consumer<Consumer<R>> call) throws Exception {
        return this.<R>asked(call).get(10, TimeUnit.SECONDS);
    }

    private <R> CompletableFuture<R> asked(Consumer<Consumer<R>> call) {
        CompletableFuture<R> reply = new CompletableFuture<>();
        call.accept(reply::complete);
        return reply;
    }

    private Path logFile() {
        return folder.resolve("__cluster_metadata-0").resolve("00000000000000000000.log");
    }

    private static void flip(Path file, long position) throws IOException {
        try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw")) {
            bytes.seek(position);
            int old = bytes.read();
            bytes.seek(position);
            bytes.write(old ^ 1);
        }
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Path target = to.resolve(from.relativize(file).toString());
                if (Files.isDirectory(file)) {
                    Files.createDirectories(target);
                } else {
                    Files.copy(file, target);
                }
            }
        }
    }
}
