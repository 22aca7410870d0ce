package io.millrace.simulator;

import io.millrace.broker.catalog.Catalog;
import io.millrace.broker.catalog.CatalogChanges.NewTopic;
import io.millrace.broker.catalog.NodeView;
import io.millrace.broker.catalog.PartitionView;
import io.millrace.broker.catalog.TopicView;
import io.millrace.cluster.LocalCluster;
import io.millrace.model.TopicPartition;
import io.millrace.simulator.check.CommittedMetadata;
import io.millrace.simulator.check.History;
import io.millrace.simulator.check.Violation;
import io.millrace.simulator.client.SimConsumer;
import io.millrace.simulator.client.SimProducer;
import io.millrace.simulator.net.SimNetwork;
import io.millrace.simulator.node.NodeLife;
import io.millrace.simulator.node.ReplicaChecks;
import io.millrace.simulator.node.Sabotage;
import io.millrace.simulator.node.SimMachine;
import io.millrace.simulator.node.Stage;
import io.millrace.simulator.quorum.SimQuorum;
import io.millrace.simulator.world.World;
import io.millrace.testkit.SeededRandomness;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;

/// One seed: a cluster is formed and used, gets into trouble, is left alone, and has to be well again, with nothing
/// lost.
///
/// Owned by: the thread that runs it.
public final class Simulation {
    private static final long FORMED_MS_MAX = 60_000;
    private static final long HEALED_MS_MAX = 90_000;
    private static final long SAME_MS_MAX = 10_000;
    private static final long READ_MS = 50;
    private static final long EVENTS_MAX = 5_000_000;
    private static final int FIRST_CLIENT = 100;
    private static final int READERS = 2;
    private static final Map<String, String> CONFIGS = Map.of("log.segment.bytes", "1048576");

    private final World world;
    private final Plan plan;
    private final SeededRandomness chance;
    private final SimNetwork network;
    private final SimQuorum quorum;
    private final History history;
    private final TreeMap<Integer, SimMachine> machines = new TreeMap<>();
    private final List<SimProducer> producers = new ArrayList<>();
    private final List<SimConsumer> consumers = new ArrayList<>();
    private final Faults faults;

    /// What came of a seed that broke no promise.
    ///
    /// @param hash two runs of a seed have the same
    public record Outcome(
            long seed, long events, long virtualMs, long acknowledged, long read, int faults, int lossy, long hash) {}

    /// The code under test as it is.
    public Simulation(long seed) {
        this(seed, Plan.draw(new World(seed).chance("plan")), Sabotage.NONE);
    }

    /// @param sabotage a bug on purpose, to see it found
    public Simulation(long seed, Plan plan, Sabotage sabotage) {
        this.world = new World(seed);
        this.chance = world.chance("simulation");
        this.plan = plan;
        this.network = new SimNetwork(world);
        this.history = new History(world);
        List<Integer> nodes = new ArrayList<>();
        for (int node = 1; node <= plan.nodes(); node++) {
            nodes.add(node);
        }
        this.quorum = new SimQuorum(world, network, nodes);
        CommittedMetadata metadata =
                new CommittedMetadata(world, NodeLife.emptyImage(CONFIGS), history, uncleanTopics());
        quorum.watch(metadata::onCommitted);
        Stage stage = new Stage(
                world,
                network,
                quorum,
                history,
                new ReplicaChecks(history, metadata),
                CONFIGS,
                plan.lagMsMax(),
                plan.answerBytesMax(),
                sabotage);
        nodes.forEach(node -> machines.put(node, new SimMachine(stage, node)));
        this.faults = new Faults(world, network, quorum, history, metadata, plan, machines);
    }

    private Set<String> uncleanTopics() {
        return plan.topics().stream()
                .filter(Plan.Topic::isUnclean)
                .map(Plan.Topic::name)
                .collect(Collectors.toSet());
    }

    public World world() {
        return world;
    }

    public Plan plan() {
        return plan;
    }

    /// Runs the seed to its end.
    ///
    /// @throws Failure when a promise is broken, or anything else goes wrong
    public Outcome run() {
        try {
            return live();
        } catch (RuntimeException | Error broken) {
            throw new Failure(world, plan, broken);
        }
    }

    private Outcome live() {
        machines.values().forEach(machine -> machine.start(Integer.MAX_VALUE));
        until(
                FORMED_MS_MAX,
                "the cluster forms",
                () -> machines.values().stream()
                        .allMatch(machine ->
                                machine.life().filter(NodeLife::isServing).isPresent()));
        plan.topics().forEach(this::createTopic);
        until(FORMED_MS_MAX, "all topics are led", () -> plan.topics().stream().allMatch(this::isLed));
        startClients();
        runFor(500);
        faults.begin();
        runFor(plan.troubleMs());
        faults.end();
        producers.forEach(SimProducer::stop);
        until(HEALED_MS_MAX, "the cluster is well again", this::isWell);
        if (plan.hasBitFlips()) {
            machines.values().forEach(machine -> machine.life().ifPresent(NodeLife::readThrough));
            runFor(READ_MS);
            until(HEALED_MS_MAX, "what was damaged is whole again", this::isWell);
        }
        until(SAME_MS_MAX, "all nodes see the same", this::isSeenTheSame);
        return new Outcome(
                world.seed(),
                world.eventsRun(),
                world.nowMs(),
                history.acknowledgedCount(),
                history.readCount(),
                faults.count(),
                history.lossyCount(),
                world.trace().hash());
    }

    private void createTopic(Plan.Topic topic) {
        LocalCluster cluster =
                chance.pick(List.copyOf(machines.values())).life().orElseThrow().cluster();
        NewTopic wanted = new NewTopic(
                topic.name(), topic.partitions(), topic.replicationFactor(), Map.of(), Map.copyOf(topic.configs()));
        cluster.createTopics(
                List.of(wanted),
                false,
                replies -> world.note(
                        "topic %s: %s", topic.name(), replies.getFirst().outcome()));
    }

    private boolean isLed(Plan.Topic topic) {
        return machines.values().stream()
                .allMatch(machine -> machine.life()
                        .flatMap(life -> life.catalog().topic(topic.name()))
                        .filter(view -> view.partitions().stream().allMatch(partition -> partition.leader() >= 0))
                        .isPresent());
    }

    private void startClients() {
        int machine = FIRST_CLIENT;
        for (Plan.Client client : plan.producers()) {
            producers.add(new SimProducer(
                    world,
                    network,
                    this::anyCatalog,
                    history,
                    machine++,
                    new TopicPartition(client.topic(), client.partition()),
                    client.acks()));
        }
        for (Plan.Topic topic : plan.topics()) {
            for (int partition = 0; partition < topic.partitions(); partition++) {
                for (int reader = 0; reader < READERS; reader++) {
                    consumers.add(new SimConsumer(
                            world,
                            network,
                            this::anyCatalog,
                            history,
                            machine++,
                            new TopicPartition(topic.name(), partition)));
                }
            }
        }
        faults.aimAtClients(FIRST_CLIENT, machine - 1);
        producers.forEach(SimProducer::start);
        consumers.forEach(SimConsumer::start);
    }

    private Optional<Catalog> anyCatalog(int machine) {
        List<NodeLife> reachable = machines.values().stream()
                .filter(node -> network.isOpen(machine, node.nodeId()) && network.isOpen(node.nodeId(), machine))
                .flatMap(node -> node.life().stream())
                .filter(NodeLife::isServing)
                .toList();
        return reachable.isEmpty()
                ? Optional.empty()
                : Optional.of(chance.pick(reachable).catalog());
    }

    private boolean isWell() {
        return whatIsWrong().isEmpty();
    }

    /// Empty when all is well.
    private Optional<String> whatIsWrong() {
        for (SimMachine machine : machines.values()) {
            Optional<NodeLife> life = machine.life().filter(NodeLife::isServing);
            if (life.isEmpty()) {
                return Optional.of("node " + machine.nodeId() + " does not serve");
            }
            Optional<String> wrong = whatIsWrong(life.get());
            if (wrong.isPresent()) {
                return wrong;
            }
        }
        for (SimProducer producer : producers) {
            if (!producer.isDone()) {
                return Optional.of(producer.toString());
            }
        }
        for (SimConsumer consumer : consumers) {
            if (!consumer.isDone() && !history.isLossy(consumer.partition())) {
                return Optional.of(consumer.toString());
            }
        }
        return Optional.empty();
    }

    private Optional<String> whatIsWrong(NodeLife life) {
        for (NodeView node : life.catalog().nodes()) {
            if (!node.isActive()) {
                return Optional.of(life + " sees node " + node.id() + " " + node.standing());
            }
        }
        for (TopicView topic : life.catalog().topics()) {
            for (PartitionView partition : topic.partitions()) {
                TopicPartition id = new TopicPartition(topic.name(), partition.index());
                boolean isFull = partition.isr().size() == partition.replicas().size() && partition.leader() >= 0;
                if (!isFull || partition.isReassigning()) {
                    return Optional.of(life + " sees " + topic.name() + " " + partition + describe(id));
                }
                if (life.isDamaged(id)) {
                    return Optional.of(life + " has a damaged " + id + ": " + life.describe(id));
                }
                if (partition.replicas().contains(life.nodeId()) && !life.hasAll(id)) {
                    return Optional.of(life + " has not all of " + id + ", committed up to " + history.committedEnd(id)
                            + ": " + life.describe(id));
                }
            }
        }
        return Optional.empty();
    }

    private String describe(TopicPartition id) {
        StringBuilder all = new StringBuilder();
        for (SimMachine machine : machines.values()) {
            machine.life()
                    .ifPresent(
                            life -> all.append("\n  ").append(life).append(": ").append(life.describe(id)));
        }
        return all.toString();
    }

    /// Every node applied the same records, so in the end every node sees the same.
    private boolean isSeenTheSame() {
        List<List<?>> views = new ArrayList<>();
        for (SimMachine machine : machines.values()) {
            Optional<NodeLife> life = machine.life();
            if (life.isEmpty()) {
                return false;
            }
            Catalog catalog = life.get().catalog();
            views.add(List.of(List.copyOf(catalog.topics()), catalog.nodes(), catalog.features()));
        }
        return views.stream().allMatch(views.getFirst()::equals);
    }

    private void runFor(long ms) {
        long untilNs = world.nowNs() + ms * World.MS;
        while (world.nowNs() < untilNs) {
            step();
        }
    }

    private void until(long msMax, String what, BooleanSupplier reached) {
        long untilNs = world.nowNs() + msMax * World.MS;
        while (!reached.getAsBoolean()) {
            if (world.nowNs() > untilNs) {
                throw new Violation("it takes too long until %s: %s; %s"
                        .formatted(what, whatIsWrong().orElse("nothing is wrong"), quorum));
            }
            runFor(50);
        }
    }

    private void step() {
        if (!world.step()) {
            throw new Violation("nothing will ever happen any more");
        }
        if (world.eventsRun() > EVENTS_MAX) {
            throw new Violation("more than " + EVENTS_MAX + " events: something spins");
        }
    }
}
