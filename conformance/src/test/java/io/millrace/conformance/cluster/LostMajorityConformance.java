package io.millrace.conformance.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.cli.cluster.local.ClusterPlan;
import io.millrace.cli.cluster.local.NodePlace;
import io.millrace.cli.cluster.local.NodeProcess;
import io.millrace.conformance.BrokerKind;
import io.millrace.conformance.Finished;
import io.millrace.conformance.Programs;
import io.millrace.conformance.Repository;
import io.millrace.conformance.Skip;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What an operator sees in the night in which two of three nodes are gone, and of a node that waits for others.
final class LostMajorityConformance {
    private static final Duration COMMAND_MAX = Duration.ofSeconds(45);
    private static final String WORDS =
            "there is no controller: 1 of 3 voters is reachable (3), 2 are needed. Silent: 1 at ";

    private final HttpClient http = HttpClient.newHttpClient();

    @Test
    @Timeout(value = 4, unit = TimeUnit.MINUTES)
    void everythingThatIsAskedSaysWhatIsMissing() throws IOException, InterruptedException {
        if (BrokerKind.underTest() == BrokerKind.KAFKA) {
            throw Skip.because("health, metrics, log and commands are ours");
        }
        try (var cluster = ClusterUnderTest.start()) {
            cluster.topic("kept", 3);
            NodeProcess left = cluster.nodes().node(3);
            awaitReady(left);
            assertThat(get(left.place(), "/metrics").body())
                    .contains("\nmillrace_quorum_has_controller 1.0\n", "\nmillrace_offline_replicas 0.0\n");

            cluster.kill9(cluster.nodes().node(1));
            cluster.kill9(cluster.nodes().node(2));

            ClusterUnderTest.awaitAsserted("the reason of node 3", () -> {
                HttpResponse<String> ready = get(left.place(), "/health/ready");
                assertThat(ready.statusCode()).isEqualTo(503);
                assertThat(ready.body()).contains(WORDS).contains(", 2 at ");
                assertThat(get(left.place(), "/metrics").body())
                        .contains("\nmillrace_quorum_voters 3.0\n", "\nmillrace_quorum_voters_heard 1.0\n")
                        .contains("\nmillrace_quorum_has_controller 0.0\n", "\nmillrace_leaders 0.0\n")
                        .contains("\nmillrace_offline_replicas 3.0\n")
                        .doesNotContain("\nmillrace_quorum_metadata_lag_ms 0.0\n");
                assertThat(Files.readString(left.place().log()))
                        .contains("event=no-majority voters-heard=1 voters=3 needed=2");
            });
            assertThat(get(left.place(), "/health/live").statusCode()).isEqualTo(200);
            askEverything(cluster);

            cluster.restart(cluster.nodes().node(1));
            awaitReady(left);
            ClusterUnderTest.await(
                    "the line that it is over",
                    () -> Files.readString(left.place().log()).contains("event=majority-back"));
        }
    }

    private void awaitReady(NodeProcess node) {
        ClusterUnderTest.await(
                "node " + node.id() + " ready",
                () -> get(node.place(), "/health/ready").statusCode() == 200);
    }

    /// All at once: each takes as long as it takes to see that nothing comes.
    private static void askEverything(ClusterUnderTest cluster) {
        CompletableFuture<Finished> status = millrace(cluster, "", "cluster", "status");
        CompletableFuture<Finished> described = millrace(cluster, "", "topic", "describe", "kept");
        CompletableFuture<Finished> created = millrace(cluster, "", "topic", "create", "late");
        CompletableFuture<Finished> consumed = millrace(cluster, "", "consume", "kept");
        CompletableFuture<Finished> produced = millrace(
                cluster,
                "x\n",
                "produce",
                "kept",
                "--acks",
                "1",
                "--client-config",
                "request.timeout.ms=2000",
                "--client-config",
                "delivery.timeout.ms=14000");
        // Kafka's client waits for a producer id for as long as it takes: the command itself has to end.
        CompletableFuture<Finished> inSync = millrace(cluster, "x\n", "produce", "kept", "--timeout", "14");

        assertThat(status.join().exit()).as("%s", status.join()).isEqualTo(1);
        assertThat(status.join().err())
                .startsWith("Node 3 answers, but " + WORDS)
                .contains("Losing a majority");
        assertThat(status.join().out()).contains("no controller").containsPattern("(?m)^ +3 .*unknown");
        assertThat(described.join().exit()).as("%s", described.join()).isZero();
        assertThat(described.join().out())
                .containsPattern("(?m)^ +2 +\\d +[123],[123],[123] ")
                .contains("min.insync.replicas");
        assertThat(described.join().err()).contains("No offsets of topic kept");
        assertThat(created.join().exit()).as("%s", created.join()).isEqualTo(1);
        assertThat(created.join().err()).contains(WORDS);
        assertThat(consumed.join().exit()).as("%s", consumed.join()).isEqualTo(1);
        assertThat(consumed.join().err()).contains(WORDS);
        assertThat(produced.join().exit()).as("%s", produced.join()).isNotZero();
        assertThat(produced.join().err()).contains(WORDS).contains("Trying again");
        assertThat(inSync.join().exit()).as("%s", inSync.join()).isEqualTo(1);
        assertThat(inSync.join().err())
                .contains(WORDS)
                .contains("Trying again")
                .contains("; no acknowledgement in time (--timeout); 0 records were written");
    }

    private static CompletableFuture<Finished> millrace(ClusterUnderTest cluster, String input, String... words) {
        List<String> command =
                new ArrayList<>(List.of(Repository.file("bin/millrace").toString()));
        command.addAll(List.of(words));
        command.addAll(List.of("--bootstrap", cluster.bootstrap()));
        return CompletableFuture.supplyAsync(
                () -> Programs.run(COMMAND_MAX, command, input, Map.of("JAVA_HOME", System.getProperty("java.home"))),
                work -> Thread.ofPlatform().daemon().start(work));
    }

    @Test
    @Timeout(value = 2, unit = TimeUnit.MINUTES)
    void aNodeThatWaitsForOthersSaysSo(@TempDir Path folder) throws IOException {
        if (BrokerKind.underTest() == BrokerKind.KAFKA) {
            throw Skip.because("health is ours");
        }
        List<NodePlace> places = ClusterPlan.anywhere(folder, 2).places();
        NodePlace here = places.getFirst();
        Process node = new ProcessBuilder(
                        Repository.file("bin/millrace").toString(),
                        "start",
                        "--node",
                        "1",
                        "--cluster",
                        "127.0.0.1:" + places.getLast().clusterPort(),
                        "--data",
                        folder.resolve("data").toString(),
                        "--set",
                        "listeners.kafka=" + here.kafkaAddress(),
                        "--set",
                        "listeners.cluster=127.0.0.1:" + here.clusterPort(),
                        "--set",
                        "listeners.management=",
                        "--set",
                        "listeners.amqp=",
                        "--set",
                        "listeners.http=127.0.0.1:" + here.thirdPort())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("node.log").toFile())
                .start();
        try {
            ClusterUnderTest.awaitAsserted("what it waits for", () -> {
                HttpResponse<String> ready = get(here, "/health/ready");
                assertThat(ready.statusCode()).isEqualTo(503);
                assertThat(ready.body())
                        .contains("does not answer: connection refused")
                        .contains("none of the addresses leads to this node, which listens for others on port "
                                + here.clusterPort());
            });
            assertThat(get(here, "/health/live").statusCode()).isEqualTo(200);
            assertThat(Files.readString(folder.resolve("node.log"))).contains("event=listening-for-nodes");
        } finally {
            node.descendants().forEach(ProcessHandle::destroyForcibly);
            node.destroyForcibly();
            node.onExit().join();
        }
    }

    private HttpResponse<String> get(NodePlace place, String path) throws IOException {
        try {
            return http.send(
                    HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + place.thirdPort() + path))
                            .build(),
                    BodyHandlers.ofString());
        } catch (ConnectException notYet) {
            throw new AssertionError("nobody listens at " + place.thirdPort(), notYet);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new IOException(stopped);
        }
    }
}
