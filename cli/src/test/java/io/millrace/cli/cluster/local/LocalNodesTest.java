package io.millrace.cli.cluster.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Processes that come and go, with a shell in the place of a broker.
class LocalNodesTest {
    private static final long SECONDS_MAX = 20;

    @TempDir
    Path folder;

    private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();

    /// Says hello and waits; ends with 0 when it is asked to.
    private static final class Shell implements NodeSoftware {
        @Override
        public String name() {
            return "shell";
        }

        @Override
        public void prepare(ClusterPlan plan, NodePlace place) throws IOException {
            Files.createFile(place.folder().resolve("prepared"));
        }

        @Override
        public Launch launch(ClusterPlan plan, NodePlace place) {
            String script = "trap 'exit 0' TERM; echo \"$GREETING from $0\"; while :; do sleep 0.05; done";
            return new Launch(List.of("sh", "-c", script, place.name()), Map.of("GREETING", "hello"));
        }
    }

    private LocalNodes start(int count) throws IOException, InterruptedException {
        return LocalNodes.start(
                new Shell(),
                ClusterPlan.anywhere(folder, count),
                place -> new NodeOutput.ToLines(line -> lines.add(place.name() + " | " + line)));
    }

    private String nextLine() throws InterruptedException {
        return String.valueOf(lines.poll(SECONDS_MAX, TimeUnit.SECONDS));
    }

    private static char state(long pid) throws IOException {
        String stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
        return stat.charAt(stat.lastIndexOf(')') + 2);
    }

    /// A signal acts when its process comes to run, or out of the kernel.
    private static void awaitStopped(long pid, boolean isStopped) throws IOException {
        long limit = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS_MAX);
        while ((state(pid) == 'T') != isStopped && System.nanoTime() < limit) {
            Thread.onSpinWait();
        }
        assertThat(state(pid) == 'T').isEqualTo(isStopped);
    }

    @Test
    void theyAreKilledPausedStoppedAndStartedAgain() throws IOException, InterruptedException {
        try (LocalNodes nodes = start(1)) {
            NodeProcess node = nodes.node(1);
            assertThat(nextLine()).isEqualTo("node-1 | hello from node-1");

            node.pause();
            awaitStopped(node.pid(), true);
            node.resume();
            awaitStopped(node.pid(), false);
            assertThatThrownBy(node::restart).isInstanceOf(IllegalStateException.class);
            node.kill9();
            assertThat(node.isAlive()).isFalse();
            assertThat(node.onExit().join()).isEqualTo(128 + 9);
            node.restart(); // prepares nothing again: the file would be there
            assertThat(nextLine()).isEqualTo("node-1 | hello from node-1");
            node.askToStop();
            assertThat(node.awaitStop()).isZero();
        }
    }

    @Test
    void closingLeavesNobody() throws IOException, InterruptedException {
        LocalNodes nodes = start(3);

        nodes.close();

        assertThat(nodes.all()).hasSize(3).noneMatch(NodeProcess::isAlive);
    }

    @Test
    void portsInARowBeginWhereASingleNodeHasThem() {
        ClusterPlan plan = ClusterPlan.from(9092, folder, 3);

        assertThat(plan.bootstrap()).isEqualTo("127.0.0.1:9092,127.0.0.1:9093,127.0.0.1:9094");
        assertThat(plan.clusterAddresses()).isEqualTo("127.0.0.1:9190,127.0.0.1:9191,127.0.0.1:9192");
        assertThat(plan.places()).extracting(NodePlace::thirdPort).containsExactly(9644, 9645, 9646);
        assertThat(plan.places()).extracting(NodePlace::amqpPort).containsExactly(5672, 5673, 5674);
        assertThat(plan.places()).extracting(NodePlace::managementPort).containsExactly(15_672, 15_673, 15_674);
    }

    @Test
    void allPortsAreSomeFromTheFirstBaseToTheLast() {
        for (int base : List.of(ClusterPlan.BASE_PORT_MIN, ClusterPlan.BASE_PORT_MAX)) {
            assertThat(ClusterPlan.from(base, folder, 9).places())
                    .flatExtracting(NodePlace::ports)
                    .doesNotHaveDuplicates()
                    .allMatch(port -> port > 1_024 && port < 65_536);
        }
    }

    @Test
    void everyNodeIsToldTheSameCluster() {
        ClusterPlan plan = ClusterPlan.from(9092, Path.of("/d"), 2).withSettings(List.of("a.b=c"));

        Launch launch = new MillraceNodes(Path.of("/bin/millrace"), false)
                .launch(plan, plan.places().getLast());

        assertThat(String.join(" ", launch.command()))
                .isEqualTo("/bin/millrace start --node 2 --cluster 127.0.0.1:9190,127.0.0.1:9191 --data /d/node-2/data"
                        + " --set listeners.kafka=127.0.0.1:9093 --set listeners.cluster=127.0.0.1:9191"
                        + " --set listeners.amqp= --set listeners.management="
                        + " --set listeners.http=127.0.0.1:9645 --set a.b=c");
        Launch amqp = new MillraceNodes(Path.of("/bin/millrace"), true)
                .launch(plan, plan.places().getLast());
        assertThat(amqp.command()).contains("listeners.amqp=127.0.0.1:5673", "listeners.management=127.0.0.1:15673");
    }
}
