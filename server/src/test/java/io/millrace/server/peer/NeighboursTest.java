package io.millrace.server.peer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.cluster.peer.PeerAddress;
import io.millrace.cluster.raft.RaftSettings;
import io.millrace.log.LogDirectory;
import io.millrace.log.disk.RealDisk;
import io.millrace.model.TopicId;
import io.millrace.server.MachineClock;
import io.millrace.server.config.ClusterConfig;
import io.millrace.server.config.Endpoint;
import io.millrace.server.config.GroupsConfig;
import io.millrace.server.config.ListenersConfig;
import io.millrace.server.config.NetworkConfig;
import io.millrace.server.config.NodeConfig;
import io.millrace.server.config.QuotasConfig;
import io.millrace.server.config.ServerConfig;
import io.millrace.server.config.StorageConfig;
import io.millrace.server.net.NetworkLoops;
import io.millrace.testkit.SeededRandomness;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The first starts of nodes, and what is left of them when they crash half way.
class NeighboursTest {
    @TempDir
    Path folder;

    private final Map<Integer, Integer> ports = new LinkedHashMap<>();
    private final List<Life> lives = new ArrayList<>();
    private int starts;

    @BeforeEach
    void choosePorts() throws IOException {
        for (int id = 1; id <= 4; id++) {
            try (ServerSocket free = new ServerSocket(0)) {
                ports.put(id, free.getLocalPort());
            }
        }
    }

    @AfterEach
    void stopAll() throws InterruptedException {
        for (Life life : lives) {
            life.crash();
        }
    }

    @Test
    void threeAgreeAndRemember() throws Exception {
        List<Life> all = List.of(start(1, 1, 2, 3), start(2, 1, 2, 3), start(3, 1, 2, 3));
        RaftSettings first = all.getFirst().joined();
        for (Life life : all) {
            assertThat(life.joined().identity().clusterId())
                    .isEqualTo(first.identity().clusterId());
            assertThat(life.joined().initialVoters()).isEqualTo(first.initialVoters());
            assertThat(life.directory.clusterId()).isEqualTo(first.identity().clusterId());
        }
        all.get(1).crash();

        Life again = start(2, 1, 2, 3);

        assertThat(again.joined()).isEqualTo(all.get(1).joined());
    }

    @Test
    void whoCrashedBeforeTheOthersAnsweredIsTheSameVoterLater() throws Exception {
        Life early = start(1, 1, 2, 3);
        TopicId directory = early.directory.directoryId();
        early.crash();

        List<Life> all = List.of(start(1, 1, 2, 3), start(2, 1, 2, 3), start(3, 1, 2, 3));

        assertThat(all.get(2).joined().initialVoters())
                .extracting(RaftSettings.Voter::directoryId)
                .contains(directory);
    }

    @Test
    void whoCrashedAfterAnotherHadFormedIsAVoterOfThatCluster() throws Exception {
        List<Life> all = List.of(start(1, 1, 2, 3), start(2, 1, 2, 3), start(3, 1, 2, 3));
        RaftSettings formed = all.getFirst().joined();
        all.get(2).joined();
        all.get(2).crash();
        // As if it had crashed before it noted anything: it knows its disk and no more.
        Path data = folder.resolve("node-3");
        Files.delete(data.resolve(MembershipFile.NAME));
        delete(data.resolve("__cluster_metadata-0"));
        forgetCluster(data);

        Life again = start(3, 1, 2, 3);

        assertThat(again.joined().initialVoters()).isEqualTo(formed.initialVoters());
        assertThat(again.joined().identity().clusterId())
                .isEqualTo(formed.identity().clusterId());
    }

    @Test
    void whatWasNotedIsFinishedWithoutAskingAnybody() throws Exception {
        List<Life> all = List.of(start(1, 1, 2, 3), start(2, 1, 2, 3), start(3, 1, 2, 3));
        RaftSettings formed = all.getFirst().joined();
        for (Life life : all) {
            life.joined();
            life.crash();
        }
        Path data = folder.resolve("node-1");
        delete(data.resolve("__cluster_metadata-0"));
        forgetCluster(data);

        Life again = start(1, 1, 2, 3);

        assertThat(again.joined()).isEqualTo(formed);
        assertThat(formed.isLaidOut()).isTrue();
        assertThat(again.directory.clusterId()).isEqualTo(formed.identity().clusterId());
    }

    @Test
    void oneAddressLeadsToTheCluster() throws Exception {
        List<Life> all = List.of(start(1, 1, 2, 3), start(2, 1, 2, 3), start(3, 1, 2, 3));
        RaftSettings formed = all.getFirst().joined();

        RaftSettings joined = start(4, 2).joined();

        assertThat(joined.identity().clusterId()).isEqualTo(formed.identity().clusterId());
        assertThat(joined.initialVoters()).isEmpty();
        assertThat(joined.address().port()).isEqualTo(ports.get(4));
    }

    @Test
    void oneThatIsItsOwnListFormsAClusterOthersCanJoin() throws Exception {
        RaftSettings formed = start(1, 1).joined();

        assertThat(formed.initialVoters()).hasSize(1);
        assertThat(start(2, 1, 2).joined().identity().clusterId())
                .isEqualTo(formed.identity().clusterId());
    }

    @Test
    void doesNotVoteAgainAsWhoItWasAfterItsMetadataWentMissing() throws Exception {
        Life life = start(1, 1);
        life.joined();
        life.crash();
        delete(folder.resolve("node-1/__cluster_metadata-0"));

        Life again = start(1, 1);

        assertThatThrownBy(again::joined).hasMessageContaining("its metadata log is gone");
    }

    /// It needs two others, and where those voted when it last heard of them nobody listens any more.
    @Test
    void aSeedLeadsToTheOthersWhenAllNotedAddressesChanged() throws Exception {
        List<Life> all = List.of(start(1, 1, 2, 3), start(2, 1, 2, 3), start(3, 1, 2, 3));
        RaftSettings formed = all.getFirst().joined();
        all.get(1).joined();
        all.get(2).joined();
        all.get(1).crash();
        List<RaftSettings.Voter> moved = new ArrayList<>();
        for (int id = 1; id <= 5; id++) {
            moved.add(new RaftSettings.Voter(id, new TopicId(70, id), new PeerAddress("127.0.0.1", ports.get(4))));
        }
        Files.writeString(
                folder.resolve("node-2").resolve(LivesFile.NAME),
                new Lives(5, List.of(new TopicId(6, 1)), moved, List.of()).text());

        Life again = start(2, 1);

        assertThat(again.joined().identity().clusterId())
                .isEqualTo(formed.identity().clusterId());
    }

    @Test
    void aMemberOfAClusterIsNotStartedAlone() throws Exception {
        Life life = start(1, 1);
        life.joined();

        assertThatThrownBy(() -> Neighbours.requireNone(life.directory))
                .hasMessageContaining("say where they are with --cluster");
    }

    private Life start(int id, int... known) throws IOException {
        Life life = new Life(id, config(id, known));
        lives.add(life);
        return life;
    }

    private ServerConfig config(int id, int... known) {
        List<String> nodes = new ArrayList<>();
        for (int node : known) {
            nodes.add("127.0.0.1:" + ports.get(node));
        }
        Endpoint any = new Endpoint("127.0.0.1", 0);
        return new ServerConfig(
                new NodeConfig(id, "", "", 0),
                StorageConfig.DEFAULT,
                new ListenersConfig(any, Endpoint.OFF, Endpoint.OFF, new Endpoint("127.0.0.1", ports.get(id))),
                new ClusterConfig(nodes, 150, 1_000, 30_000, true),
                NetworkConfig.DEFAULT,
                GroupsConfig.DEFAULT,
                QuotasConfig.DEFAULT,
                Map.of());
    }

    /// One start of a node, up to where it knows its cluster.
    private final class Life {
        private final NetworkLoops loops = new NetworkLoops(1);
        private final LogDirectory directory;
        private final Neighbours neighbours;
        private final CompletableFuture<RaftSettings> joined = new CompletableFuture<>();
        private final Thread starting;
        private boolean crashed;

        Life(int id, ServerConfig config) throws IOException {
            starts++;
            SeededRandomness randomness = new SeededRandomness(starts);
            directory = LogDirectory.open(
                    new RealDisk(0),
                    folder.resolve("node-" + id).toString(),
                    new LogDirectory.Settings(id, "", 16),
                    randomness);
            neighbours = Neighbours.open(config, loops, new MachineClock(), directory, TopicId.random(randomness));
            starting = Thread.ofVirtual().start(this::join);
        }

        private void join() {
            try {
                joined.complete(neighbours.join(List.of(directory), waiting -> {}));
            } catch (IOException | InterruptedException | RuntimeException failed) {
                joined.completeExceptionally(failed);
            }
        }

        RaftSettings joined() throws Exception {
            try {
                return joined.orTimeout(20, TimeUnit.SECONDS).join();
            } catch (CompletionException failed) {
                throw failed.getCause() instanceof Exception why ? why : failed;
            }
        }

        /// Ends without writing anything more.
        void crash() throws InterruptedException {
            if (crashed) {
                return;
            }
            crashed = true;
            if (starting.isAlive()) {
                starting.interrupt();
                starting.join();
            }
            neighbours.stopAccepting();
            neighbours.stop();
            loops.stop();
            directory.close(partition -> 0L);
        }
    }

    private static void forgetCluster(Path data) throws IOException {
        Path meta = data.resolve("meta.properties");
        Files.writeString(meta, Files.readString(meta).replaceAll("(?m)^cluster.id=.*$", "cluster.id="));
    }

    private static void delete(Path root) throws IOException {
        try (var files = Files.walk(root)) {
            for (Path file : files.toList().reversed()) {
                Files.delete(file);
            }
        }
    }
}
