package io.millrace.conformance.cluster;

import io.millrace.cli.cluster.local.NodeProcess;
import io.millrace.conformance.cluster.Fault.Victim;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/// One schedule on a running cluster: faults begin and end, and at the end everything is well again.
///
/// Owned by: the test's thread.
final class FaultRun {
    /// Something to be done at a moment.
    private record Task(long atMs, Action action) {}

    /// A begin or an end of a fault.
    private interface Action {
        void run() throws IOException, InterruptedException;
    }

    private final ClusterUnderTest cluster;
    private final Optional<Machines> machines;
    private final String topic;
    private final long startNs = System.nanoTime();
    private final List<Task> tasks = new ArrayList<>();

    /// Nodes to which something happens that only one fault at a time can do: they are down or paused.
    private final Set<Integer> taken = new HashSet<>();

    /// @param machines of the cluster's nodes; without them disks and clocks stay well
    FaultRun(ClusterUnderTest cluster, Optional<Machines> machines, String topic) {
        this.cluster = cluster;
        this.machines = machines;
        this.topic = topic;
    }

    void run(FaultSchedule schedule) throws IOException, InterruptedException {
        long atMs = 0;
        for (FaultSchedule.Step step : schedule.steps()) {
            atMs += step.afterMs();
            tasks.add(new Task(atMs, () -> begin(step)));
        }
        while (!tasks.isEmpty()) {
            Task next = tasks.stream().min(Comparator.comparingLong(Task::atMs)).orElseThrow();
            tasks.remove(next);
            awaitMs(next.atMs);
            next.action.run();
        }
        cluster.links().heal();
    }

    private void begin(FaultSchedule.Step step) throws IOException, InterruptedException {
        if (machines.isEmpty() && step.fault() instanceof Fault.OfMachine) {
            System.err.println("cluster: " + step.fault() + " is left out: there is no C compiler (cc)");
            return;
        }
        if (!cluster.links().canBeSlow() && step.fault() instanceof Fault.Slow) {
            System.err.println("cluster: " + step.fault() + " is left out: these links are never slow");
            return;
        }
        Optional<NodeProcess> victim = victim(step.fault().victim());
        if (victim.isEmpty()) {
            return; // what is down or paused already has its fault
        }
        NodeProcess node = victim.get();
        Action end = begin(step.fault(), node);
        tasks.add(new Task(nowMs() + step.lastsMs(), end));
    }

    /// @return what ends the fault
    private Action begin(Fault fault, NodeProcess node) throws IOException, InterruptedException {
        System.err.println("cluster: " + nowMs() + " ms: " + fault + " is node " + node.id());
        return switch (fault) {
            case Fault.Kill kill -> {
                cluster.kill9(node);
                yield restart(node);
            }
            case Fault.Stop stop -> {
                cluster.stop(node);
                yield restart(node);
            }
            case Fault.Pause pause -> {
                node.pause();
                yield resume(node);
            }
            case Fault.Isolate isolate -> {
                cluster.links().isolate(node.id());
                yield cluster.links()::heal; // of overlapping cuts, the first to end ends all
            }
            case Fault.Deafen deafen -> {
                cluster.links().cut(node.id(), after(node));
                yield cluster.links()::heal; // of overlapping cuts, the first to end ends all
            }
            case Fault.Slow slow -> {
                cluster.links().slow(node.id(), after(node), slow.ms());
                yield cluster.links()::heal; // of overlapping cuts, the first to end ends all
            }
            case Fault.OfMachine ofMachine -> begin(ofMachine, node, machine(node));
        };
    }

    private Machine machine(NodeProcess node) {
        return machines.orElseThrow().of(node.id());
    }

    private Action begin(Fault.OfMachine fault, NodeProcess node, Machine machine) {
        return switch (fault) {
            case Fault.SlowDisk slow -> {
                machine.slowSyncs(Duration.ofMillis(slow.ms()));
                yield machine::healDisks; // of overlapping faults of one disk, the first to end ends all
            }
            case Fault.FailDisk fail -> {
                machine.fail(machine.disks().getFirst());
                yield heal(node, machine);
            }
            case Fault.FillDisk fill -> {
                machine.fill(fill.roomBytes());
                yield heal(node, machine);
            }
            case Fault.MoveClock move -> {
                machine.setClockAhead(Duration.ofMinutes(move.minutes()));
                yield () -> machine.setClockAhead(Duration.ZERO);
            }
        };
    }

    private Action heal(NodeProcess node, Machine machine) {
        taken.add(node.id());
        cluster.mayEnd(node);
        return () -> {
            taken.remove(node.id());
            machine.healDisks();
        };
    }

    private Action restart(NodeProcess node) {
        taken.add(node.id());
        return () -> {
            taken.remove(node.id());
            cluster.restart(node);
        };
    }

    private Action resume(NodeProcess node) {
        taken.add(node.id());
        return () -> {
            taken.remove(node.id());
            node.resume();
        };
    }

    private static int after(NodeProcess node) {
        return node.id() % ClusterUnderTest.NODES + 1;
    }

    /// By the view of those who answer; any free one when nobody does.
    private Optional<NodeProcess> victim(Victim kind) {
        Optional<Integer> leader = cluster.view().leader(topic, 0);
        Optional<Integer> wanted = switch (kind) {
            case LEADER -> leader;
            case CONTROLLER -> cluster.view().controller();
            case FOLLOWER ->
                cluster.nodes().all().stream()
                        .map(NodeProcess::id)
                        .filter(id -> !Optional.of(id).equals(leader) && !taken.contains(id))
                        .findFirst();
        };
        return wanted.filter(id -> !taken.contains(id))
                .or(() -> cluster.nodes().all().stream()
                        .map(NodeProcess::id)
                        .filter(id -> !taken.contains(id))
                        .findFirst())
                .map(cluster.nodes()::node);
    }

    private long nowMs() {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNs);
    }

    private void awaitMs(long atMs) {
        for (long leftMs = atMs - nowMs(); leftMs > 0; leftMs = atMs - nowMs()) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(leftMs));
        }
    }
}
