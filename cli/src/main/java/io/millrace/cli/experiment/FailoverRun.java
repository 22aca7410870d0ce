package io.millrace.cli.experiment;

import io.millrace.cli.CommandFailure;
import io.millrace.cli.ExitCode;
import io.millrace.cli.cluster.local.ClusterView;
import io.millrace.cli.cluster.local.LocalNodes;
import io.millrace.cli.cluster.local.NodeProcess;
import io.millrace.cli.experiment.history.FinalLog;
import io.millrace.cli.experiment.history.Verdict;
import io.millrace.cli.experiment.load.FinalRead;
import io.millrace.cli.experiment.load.Journal;
import io.millrace.cli.experiment.load.Load;
import io.millrace.cli.experiment.report.Failover;
import io.millrace.cli.experiment.report.FailoverOutcome;
import io.millrace.cli.experiment.report.Moment;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartitionInfo;

/// The experiment on one running cluster: clients work, leaders die, and at the end everything is read and judged.
///
/// Owned by: the thread that runs it.
final class FailoverRun implements AutoCloseable {
    private static final long AGAIN_SECONDS_MAX = 90;
    private static final long NS_PER_MS = 1_000_000;

    private final String software;
    private final FailoverPlan plan;
    private final LocalNodes nodes;
    private final ClusterView view;
    private final Timeline timeline;
    private final Random random;
    private final List<Failover> failovers = new ArrayList<>();

    FailoverRun(String software, FailoverPlan plan, LocalNodes nodes, Timeline timeline) {
        this.software = software;
        this.plan = plan;
        this.nodes = nodes;
        this.timeline = timeline;
        this.view = new ClusterView(nodes.bootstrap());
        this.random = new Random(plan.seed());
    }

    FailoverOutcome run() throws IOException, InterruptedException {
        makeTopic();
        try (Load load = Load.begin(nodes.bootstrap(), plan.load())) {
            Journal journal = load.journal();
            await("the first acknowledgement", () -> journal.acknowledged() > 0);
            note(journal, "writing and reading");
            for (int round = 1; round <= plan.rounds(); round++) {
                kill(journal, "round " + round + ": kill the leader");
                kill(journal, "round " + round + ": kill the next leader");
            }
            calm();
            load.end();
            note(journal, "all records are answered");
            Verdict verdict = journal.judge(readAll());
            note(journal, "all is read: " + verdict.stored() + " records");
            return new FailoverOutcome(
                    software, timeline.moments(), failovers, journal.buckets(), verdict, journal.firstErrors());
        }
    }

    private void makeTopic() throws InterruptedException {
        var topic = new NewTopic(topic(), plan.load().partitions(), (short) FailoverPlan.NODES)
                .configs(Map.of("min.insync.replicas", Integer.toString(FailoverPlan.IN_SYNC_MIN)));
        await("a topic", () -> view.create(topic) || !view.partitions(topic()).isEmpty());
        awaitInSync();
    }

    private String topic() {
        return plan.load().topic();
    }

    private FinalLog readAll() {
        return FinalRead.of(nodes.bootstrap(), topic(), plan.load().partitions());
    }

    /// Kills the leader of the first partition, waits until all it led can be written again, starts it again, and waits
    /// until it is in sync: the next one can only be killed then without losing the majority.
    private void kill(Journal journal, String text) throws IOException, InterruptedException {
        calm();
        List<TopicPartitionInfo> before = view.partitions(topic());
        Node leader = before.getFirst().leader();
        List<Integer> led = before.stream()
                .filter(info -> info.leader() != null && info.leader().id() == leader.id())
                .map(TopicPartitionInfo::partition)
                .toList();
        NodeProcess node = nodes.node(leader.id());
        failOver(journal, text + ", node " + leader.id(), node, led);
        calm();
        node.restart();
        note(journal, Moment.Kind.RESTART, "node " + node.id() + " is started again");
        awaitInSync();
        note(journal, "all replicas are in sync");
    }

    private void failOver(Journal journal, String text, NodeProcess node, List<Integer> led)
            throws InterruptedException {
        timeline.add(journal, Moment.Kind.KILL, text, Optional.of(node.id()));
        long atMs = journal.nowMs();
        long killNs = System.nanoTime();
        node.kill9();
        long deadNs = System.nanoTime();
        List<CompletableFuture<Long>> written = led.stream()
                .map(each -> journal.acknowledgedAgain(each, deadNs))
                .toList();
        await("a new leader", () -> isLedByOthers(led, node.id()));
        long leaderMs = (System.nanoTime() - killNs) / NS_PER_MS;
        long writeMs = 0;
        for (CompletableFuture<Long> each : written) {
            writeMs = Math.max(writeMs, (get(each) - killNs) / NS_PER_MS);
        }
        failovers.add(new Failover(atMs, node.id(), led.size(), leaderMs, writeMs));
        note(journal, "writes go on: leader " + leaderMs + " ms, acknowledged " + writeMs + " ms");
    }

    private boolean isLedByOthers(List<Integer> led, int dead) {
        List<TopicPartitionInfo> now = view.partitions(topic());
        return !now.isEmpty()
                && now.stream()
                        .filter(info -> led.contains(info.partition()))
                        .allMatch(info -> info.leader() != null
                                && !info.leader().isEmpty()
                                && info.leader().id() != dead);
    }

    private static long get(CompletableFuture<Long> atNs) throws InterruptedException {
        try {
            return atNs.get(AGAIN_SECONDS_MAX, TimeUnit.SECONDS);
        } catch (TimeoutException | ExecutionException never) {
            throw stuck("an acknowledged write");
        }
    }

    private void awaitInSync() throws InterruptedException {
        await("all replicas in sync", () -> view.isInSync(topic(), FailoverPlan.NODES));
    }

    private void calm() throws InterruptedException {
        Thread.sleep(plan.calmMs() / 2 + (plan.calmMs() == 0 ? 0 : random.nextLong(plan.calmMs())));
    }

    private static void await(String what, BooleanSupplier isSo) throws InterruptedException {
        long deadlineNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(AGAIN_SECONDS_MAX);
        while (!isSo.getAsBoolean()) {
            if (System.nanoTime() > deadlineNs) {
                throw stuck(what);
            }
            Thread.sleep(ClusterView.LOOK_EVERY_MS);
        }
    }

    private static CommandFailure stuck(String what) {
        return new CommandFailure(ExitCode.UNSOUND, "Waited " + AGAIN_SECONDS_MAX + " s in vain for " + what);
    }

    private void note(Journal journal, String text) {
        note(journal, Moment.Kind.OTHER, text);
    }

    private void note(Journal journal, Moment.Kind kind, String text) {
        long atMs = journal.nowMs(); // before the leader is asked for, which may take its time
        timeline.add(journal, atMs, kind, text, view.leader(topic(), 0));
    }

    @Override
    public void close() {
        view.close();
    }
}
