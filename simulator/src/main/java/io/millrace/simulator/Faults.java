package io.millrace.simulator;

import io.millrace.broker.catalog.ClusterChanges.Election;
import io.millrace.broker.catalog.ClusterChanges.PartitionRef;
import io.millrace.broker.catalog.ClusterChanges.Reassignment;
import io.millrace.broker.catalog.PartitionView;
import io.millrace.broker.catalog.TopicView;
import io.millrace.model.TopicId;
import io.millrace.model.TopicPartition;
import io.millrace.simulator.check.CommittedMetadata;
import io.millrace.simulator.check.History;
import io.millrace.simulator.disk.BitFlip;
import io.millrace.simulator.net.SimNetwork;
import io.millrace.simulator.node.NodeLife;
import io.millrace.simulator.node.SimMachine;
import io.millrace.simulator.quorum.SimQuorum;
import io.millrace.simulator.world.World;
import io.millrace.testkit.SeededRandomness;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.OptionalInt;

/// Makes trouble as the plan has it, and takes all of it back in the end.
///
/// Owned by: the thread of the simulation.
final class Faults {
    private static final long USUAL_DELAY_NS = 200_000;
    private static final long USUAL_JITTER_NS = 300_000;
    private static final int FEW_CHANGES = 25;
    private static final List<Integer> SLOW = List.of(0, 3, 20);

    private final World world;
    private final SimNetwork network;
    private final SimQuorum quorum;
    private final History history;
    private final CommittedMetadata metadata;
    private final Plan plan;
    private final NavigableMap<Integer, SimMachine> machines;
    private final SeededRandomness chance;
    private final List<FaultKind> kinds = new ArrayList<>();
    private int firstClient;
    private int lastClient;
    private int count;
    private boolean isOver;
    private int wiped;
    private TopicId wipedDirectory = TopicId.NONE;

    Faults(
            World world,
            SimNetwork network,
            SimQuorum quorum,
            History history,
            CommittedMetadata metadata,
            Plan plan,
            NavigableMap<Integer, SimMachine> machines) {
        this.world = world;
        this.network = network;
        this.quorum = quorum;
        this.history = history;
        this.metadata = metadata;
        this.plan = plan;
        this.machines = machines;
        this.chance = world.chance("faults");
        plan.faults().forEach((kind, weight) -> kinds.addAll(Collections.nCopies(weight, kind)));
    }

    void aimAtClients(int first, int last) {
        firstClient = first;
        lastClient = last;
    }

    /// How many there were.
    int count() {
        return count;
    }

    void begin() {
        world.after(chance.between(1, plan.faultGapMsMax()) * World.MS, () -> {
            if (!isOver) {
                FaultKind kind = chance.pick(kinds);
                count++;
                world.note("fault: %s", kind);
                make(kind);
                begin();
            }
        });
    }

    /// No more of it, and what can be mended is.
    void end() {
        isOver = true;
        world.note("no more faults");
        for (int one = 1; one <= plan.nodes(); one++) {
            for (int other = 1; other <= lastClient; other++) {
                network.heal(one, other);
                network.heal(other, one);
                network.setSpeed(one, other, USUAL_DELAY_NS, USUAL_JITTER_NS, 0);
                network.setSpeed(other, one, USUAL_DELAY_NS, USUAL_JITTER_NS, 0);
            }
        }
        for (SimMachine machine : machines.values()) {
            mendDisk(machine);
            machine.spare();
            machine.start(Integer.MAX_VALUE);
        }
    }

    private void make(FaultKind kind) {
        SimMachine one = chance.pick(List.copyOf(machines.values()));
        switch (kind) {
            case KILL -> kill(one);
            case POWER_CUT -> cutPower(one);
            case BLACKOUT -> machines.values().forEach(this::cutPower);
            case CRASH_LOOP -> {
                one.kill();
                crashLoop(one, chance.between(1, 4));
            }
            case WIPE -> wipe(one);
            case ISOLATE -> machines.keySet().forEach(other -> cut(one.nodeId(), other, true));
            case CUT -> cut(one.nodeId(), anyOther(one), true);
            case CUT_ONE_WAY -> cut(one.nodeId(), anyOther(one), false);
            case SLOW_LINK -> slow(one.nodeId(), anyOther(one));
            case CUT_CLIENT -> cut(one.nodeId(), chance.between(firstClient, lastClient), true);
            case PAUSE -> one.standStill(chance.between(50, 4_000) * World.MS);
            case CLOCK_JUMP -> one.clock().setWrongBy(chance.between(-1_500_000, 1_500_000));
            case SLOW_DISK -> one.slowDisk(chance.between(20, 700), chance.between(200, 4_000) * World.MS);
            case REFUSED_SYNC -> {
                one.files().refuseSyncs(true);
                later(2_000, () -> one.files().refuseSyncs(false));
            }
            case FULL_DISK -> {
                one.files().setCapacityBytes(one.files().usedBytes() + chance.between(0, 3_000));
                later(2_500, () -> one.files().setCapacityBytes(Long.MAX_VALUE));
            }
            case BIT_FLIP -> flip();
            case STOP -> one.stop(() -> startLater(one));
            case KILL_CONTROLLER -> kill(machine(quorum.leaderId()).orElse(one));
            case KILL_LEADER -> kill(anyLeader().orElse(one));
            case REASSIGN -> anyLife().ifPresent(this::reassign);
            case PREFERRED_ELECTION -> anyLife().ifPresent(this::electPreferred);
        }
    }

    private void kill(SimMachine machine) {
        machine.kill();
        startLater(machine);
    }

    /// What only the page cache knew may be gone.
    private void cutPower(SimMachine machine) {
        for (Plan.Topic topic : plan.topics()) {
            if (topic.isPageCache()) {
                allowLoss(topic, "power cut");
            }
        }
        machine.cutPower();
        startLater(machine);
    }

    private void allowLoss(Plan.Topic topic, String why) {
        for (int partition = 0; partition < topic.partitions(); partition++) {
            history.allowLoss(new TopicPartition(topic.name(), partition), why);
        }
    }

    private void startLater(SimMachine machine) {
        if (isOver) {
            machine.start(Integer.MAX_VALUE);
            return;
        }
        later(chance.onceIn(3) ? 4_000 : 600, () -> machine.start(Integer.MAX_VALUE));
    }

    private void crashLoop(SimMachine machine, int timesLeft) {
        later(300, () -> {
            machine.start(timesLeft == 0 ? Integer.MAX_VALUE : chance.nextInt(FEW_CHANGES));
            if (timesLeft > 0) {
                later(400, () -> {
                    machine.kill();
                    crashLoop(machine, timesLeft - 1);
                });
            }
        });
    }

    /// Only while somebody else has everything that is on this disk, as far as is known: not before the cluster has
    /// heard of the disk that was lost last.
    private void wipe(SimMachine machine) {
        boolean isLastKnown = wiped == 0 || !metadata.directoryOf(wiped).equals(wipedDirectory);
        if (isLastKnown && quorum.areAllVotersWhole() && isKeptElsewhere(machine.nodeId())) {
            wiped = machine.nodeId();
            wipedDirectory = metadata.directoryOf(wiped);
            machine.kill();
            machine.wipe();
            startLater(machine);
        }
    }

    private boolean isKeptElsewhere(int node) {
        return metadata.catalog().topics().stream()
                .flatMap(topic -> topic.partitions().stream())
                .allMatch(view -> view.isr().stream().anyMatch(member -> member != node));
    }

    /// Always on the same disk: what is acknowledged is on two.
    private void flip() {
        SimMachine bad = machines.get(plan.badDisk());
        Plan.Topic topic = plan.topics().getFirst();
        TopicPartition id = new TopicPartition(topic.name(), chance.nextInt(topic.partitions()));
        if (bad != null && !history.isLossy(id)) {
            BitFlip.in(bad.files(), SimMachine.DATA, id, history.committedEnd(id), chance)
                    .ifPresent(where -> world.note("node %d: a bit flips in %s", bad.nodeId(), where));
        }
    }

    private int anyOther(SimMachine machine) {
        int other = chance.between(1, plan.nodes() - 1);
        return other >= machine.nodeId() ? other + 1 : other;
    }

    private void cut(int one, int other, boolean bothWays) {
        if (one == other) {
            return;
        }
        world.note("cut: %d to %d%s", one, other, bothWays ? " and back" : "");
        network.cut(one, other);
        if (bothWays) {
            network.cut(other, one);
        }
        later(chance.onceIn(3) ? 6_000 : 1_500, () -> {
            network.heal(one, other);
            network.heal(other, one);
        });
    }

    private void slow(int one, int other) {
        network.setSpeed(
                one, other, chance.between(1, 150) * World.MS, chance.between(1, 100) * World.MS, chance.pick(SLOW));
        later(4_000, () -> network.setSpeed(one, other, USUAL_DELAY_NS, USUAL_JITTER_NS, 0));
    }

    private void mendDisk(SimMachine machine) {
        machine.files().refuseSyncs(false);
        machine.files().setCapacityBytes(Long.MAX_VALUE);
    }

    private Optional<SimMachine> machine(OptionalInt node) {
        return node.isPresent() ? Optional.ofNullable(machines.get(node.getAsInt())) : Optional.empty();
    }

    private Optional<NodeLife> anyLife() {
        List<NodeLife> serving = machines.values().stream()
                .flatMap(machine -> machine.life().stream())
                .filter(NodeLife::isServing)
                .toList();
        return serving.isEmpty() ? Optional.empty() : Optional.of(chance.pick(serving));
    }

    private Optional<SimMachine> anyLeader() {
        return anyLife()
                .flatMap(life -> anyPartition(life).map(where -> where.view.leader()))
                .flatMap(leader -> Optional.ofNullable(machines.get(leader)));
    }

    private record Where(TopicView topic, PartitionView view) {}

    private Optional<Where> anyPartition(NodeLife life) {
        List<Where> all = new ArrayList<>();
        for (TopicView topic : life.catalog().topics()) {
            topic.partitions().forEach(view -> all.add(new Where(topic, view)));
        }
        return all.isEmpty() ? Optional.empty() : Optional.of(chance.pick(all));
    }

    private void reassign(NodeLife life) {
        Optional<Where> where = anyPartition(life);
        if (where.isEmpty()) {
            return;
        }
        List<Integer> targets = new ArrayList<>();
        while (targets.size() < Math.min(3, plan.nodes())) {
            int node = chance.between(1, plan.nodes());
            if (!targets.contains(node)) {
                targets.add(node);
            }
        }
        String topic = where.get().topic.name();
        int partition = where.get().view.index();
        Optional<List<Integer>> replicas = chance.onceIn(6) ? Optional.empty() : Optional.of(targets);
        life.cluster()
                .reassign(
                        List.of(new Reassignment(topic, partition, replicas)),
                        true,
                        outcomes -> world.note(
                                "reassign %s-%d to %s: %s", topic, partition, replicas, outcomes.getFirst()));
    }

    private void electPreferred(NodeLife life) {
        anyPartition(life)
                .ifPresent(where -> life.cluster()
                        .electLeaders(
                                Election.PREFERRED,
                                List.of(new PartitionRef(where.topic.name(), where.view.index())),
                                outcomes -> world.note("preferred election: %s", outcomes)));
    }

    private void later(int msMax, Runnable what) {
        world.after(chance.between(1, msMax) * World.MS, () -> {
            if (!isOver) {
                what.run();
            }
        });
    }
}
