package io.millrace.cluster.controller;

import static java.util.Collections.disjoint;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.catalog.CatalogChanges.NewTopic;
import io.millrace.broker.catalog.ClusterChanges.PartitionRef;
import io.millrace.broker.catalog.ClusterChanges.Reassignment;
import io.millrace.broker.catalog.NodeView;
import io.millrace.broker.catalog.PartitionView;
import io.millrace.broker.catalog.TopicView;
import io.millrace.cluster.metadata.MetadataImage;
import io.millrace.model.TopicId;
import io.millrace.model.TopicIdPartition;
import io.millrace.testkit.Property;
import io.millrace.testkit.SeededRandomness;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;

/// Any history of nodes that come, go, restart, lose their disks and leave, of in-sync sets that shrink and grow, of
/// reassignments and elections, with controllers that fail in the middle of their work. A model beside it knows who has
/// every acknowledged record; nobody else may come to lead unless loss was allowed.
class ElectionProperty {
    private static final int NODES = 5;
    private static final int TURNS = 120;

    @Property(tries = 300)
    void neverElectsWhoLacksAcknowledgedRecords(SeededRandomness chance) {
        History history = new History(chance);
        for (int turn = 0; turn < TURNS; turn++) {
            history.turn();
        }
    }

    private record Id(String topic, int partition) {}

    /// One random history.
    private static final class History {
        private final SeededRandomness chance;
        private final Steps steps;
        private final Map<Id, Set<Integer>> complete = new HashMap<>();
        private final Set<Id> emptied = new HashSet<>();
        private final Map<Integer, Long> incarnations = new HashMap<>();
        private final Map<Integer, Long> disks = new HashMap<>();
        private boolean lossAllowed;
        private final List<String> did = new ArrayList<>();

        History(SeededRandomness chance) {
            this.chance = chance;
            this.steps = new Steps(TestImage.ofNodes(NODES));
            for (int node = 1; node <= NODES; node++) {
                incarnations.put(node, 1L);
                disks.put(node, 2L);
            }
            for (int topic = 0; topic < 3; topic++) {
                Map<String, String> configs = Map.of("min.insync.replicas", Integer.toString(1 + chance.nextInt(2)));
                NewTopic wanted = new NewTopic("t" + topic, 2, 1 + chance.nextInt(4), Map.of(), Map.copyOf(configs));
                steps.run(new CreateTopics(List.of(wanted), false));
            }
            partitions().forEach((id, partition) -> complete.put(id, new HashSet<>(partition.isr())));
        }

        private Map<Id, PartitionView> partitions() {
            Map<Id, PartitionView> all = new HashMap<>();
            for (TopicView topic : steps.image().topics()) {
                topic.partitions().forEach(partition -> all.put(new Id(topic.name(), partition.index()), partition));
            }
            return all;
        }

        void turn() {
            Map<Id, PartitionView> before = partitions();
            lossAllowed = false;
            act();
            Map<Id, PartitionView> after = partitions();
            after.forEach((id, partition) -> check(id, before.get(id), partition));
            acknowledge();
        }

        private void act() {
            int node = 1 + chance.nextInt(NODES);
            switch (chance.nextInt(10)) {
                case 0, 1 -> run(new FenceNode(node, epoch(node)));
                case 2, 3 -> run(new UnfenceNode(node, epoch(node)));
                case 4 -> restart(node, false);
                case 5 -> leaveOrWipe(node);
                case 6, 7 -> changeInSync();
                case 8 -> reassign();
                default -> electOrGiveUp(node);
            }
        }

        private void leaveOrWipe(int node) {
            switch (chance.nextInt(5)) {
                case 0 -> restart(node, true);
                case 1 -> {
                    run(new UnregisterNode(node));
                    restart(node, true);
                }
                default -> run(new LeaveNode(node, epoch(node)));
            }
        }

        /// A wiped node has nothing any more, whatever the metadata says until it registers.
        private void restart(int node, boolean wiped) {
            incarnations.merge(node, 1L, Long::sum);
            if (wiped) {
                disks.merge(node, 1L, Long::sum);
                complete.values().forEach(nodes -> nodes.remove(node));
                partitions().forEach((id, partition) -> {
                    if (partition.isr().contains(node)) {
                        emptied.add(id);
                    }
                });
            }
            RegisterNode register = register(node);
            if (chance.nextInt(3) == 0) {
                // The controller fails on the way; the next one heals, and the node asks again.
                did.add("half of " + register);
                steps.run(register, 1 + chance.nextInt(3));
                run(SettlePartitions.of(new SettlePartitions.Scope.All()));
            }
            run(register);
        }

        private RegisterNode register(int node) {
            return TestImage.register(
                    node, new TopicId(node, incarnations.get(node) * 1_000), new TopicId(node, disks.get(node)));
        }

        private <R> void run(Command<R> command) {
            did.add(command.toString());
            steps.run(command);
        }

        private long epoch(int node) {
            return steps.image().registration(node).orElseThrow().epoch();
        }

        private void changeInSync() {
            Map.Entry<Id, PartitionView> entry = any();
            PartitionView partition = entry.getValue();
            if (partition.leader() == PartitionView.NO_LEADER) {
                return;
            }
            Set<Integer> wanted = new TreeSet<>(Set.of(partition.leader()));
            partition.replicas().stream().filter(node -> chance.nextBoolean()).forEach(wanted::add);
            TopicId topic =
                    steps.image().topic(entry.getKey().topic()).orElseThrow().id();
            InSyncChange change = new InSyncChange(
                    topic,
                    partition.index(),
                    partition.leaderEpoch(),
                    partition.partitionEpoch(),
                    wanted.stream()
                            .map(node -> new InSyncMember(node, epoch(node)))
                            .toList());
            // Whoever the leader reports has fetched everything.
            Set<Integer> had = complete.get(entry.getKey());
            if (had.contains(partition.leader())) {
                wanted.stream().filter(steps.image()::isActive).forEach(had::add);
            }
            run(new ChangeInSync(partition.leader(), epoch(partition.leader()), List.of(change)));
        }

        private void reassign() {
            Id id = any().getKey();
            Optional<List<Integer>> target = chance.nextInt(4) == 0 ? Optional.empty() : Optional.of(someNodes());
            run(new Reassign(List.of(new Reassignment(id.topic(), id.partition(), target)), true));
        }

        private List<Integer> someNodes() {
            List<Integer> nodes =
                    new ArrayList<>(IntStream.rangeClosed(1, NODES).boxed().toList());
            List<Integer> chosen = new ArrayList<>();
            for (int left = 1 + chance.nextInt(3); left > 0; left--) {
                chosen.add(nodes.remove(/* index */ chance.nextInt(nodes.size())));
            }
            return chosen;
        }

        private void electOrGiveUp(int node) {
            Id id = any().getKey();
            switch (chance.nextInt(4)) {
                case 0 -> {
                    lossAllowed = true;
                    run(new ElectLeaders(
                            io.millrace.broker.catalog.ClusterChanges.Election.UNCLEAN,
                            List.of(new PartitionRef(id.topic(), id.partition()))));
                }
                case 1 ->
                    run(new ElectLeaders(
                            io.millrace.broker.catalog.ClusterChanges.Election.PREFERRED,
                            List.of(new PartitionRef(id.topic(), id.partition()))));
                case 2 -> run(BalanceLeaders.all());
                default ->
                    run(new GiveUpReplicas(
                            node,
                            epoch(node),
                            List.of(new TopicIdPartition(
                                    steps.image()
                                            .topic(id.topic())
                                            .orElseThrow()
                                            .id(),
                                    id.partition()))));
            }
        }

        private Map.Entry<Id, PartitionView> any() {
            List<Map.Entry<Id, PartitionView>> all = partitions().entrySet().stream()
                    .sorted((a, b) -> a.getKey().toString().compareTo(b.getKey().toString()))
                    .toList();
            return all.get(chance.nextInt(all.size()));
        }

        private void check(Id id, PartitionView before, PartitionView now) {
            String story = id + " became " + now + ", was " + before + "; last " + did.getLast();
            boolean sameLeader = before.leader() == now.leader();
            if (now.leader() != PartitionView.NO_LEADER) {
                assertThat(now.isr()).as(story).contains(now.leader());
                NodeView.Standing standing =
                        steps.image().registration(now.leader()).orElseThrow().standing();
                boolean isAlone = now.replicas().size() == 1;
                assertThat(standing != NodeView.Standing.FENCED || isAlone)
                        .as(story)
                        .isTrue();
                if (!sameLeader && lossAllowed) {
                    Set<Integer> had = complete.get(id);
                    if (!had.contains(now.leader())) {
                        had.clear();
                        had.add(now.leader());
                    }
                }
                assertThat(complete.get(id)).as(story).contains(now.leader());
            }
            if (!sameLeader) {
                assertThat(now.leaderEpoch()).as(story).isGreaterThan(before.leaderEpoch());
            }
            if (!now.equals(before)) {
                assertThat(now.partitionEpoch()).as(story).isGreaterThan(before.partitionEpoch());
            }
            checkSets(story, id, now);
        }

        private void checkSets(String story, Id id, PartitionView now) {
            assertThat(now.replicas())
                    .as(story)
                    .isNotEmpty()
                    .doesNotHaveDuplicates()
                    .containsAll(now.isr());
            assertThat(now.replicas())
                    .as(story)
                    .containsAll(now.addingReplicas())
                    .containsAll(now.removingReplicas());
            assertThat(disjoint(now.addingReplicas(), now.removingReplicas()))
                    .as(story)
                    .isTrue();
            assertThat(disjoint(now.eligibleLeaderReplicas(), now.isr()))
                    .as(story)
                    .isTrue();
            assertThat(complete.get(id)).as(story).containsAll(now.eligibleLeaderReplicas());
            if (now.isr().isEmpty()) {
                assertThat(emptied).as(story).contains(id);
            }
        }

        /// Leaders take records: whoever is in sync has them, others may not.
        private void acknowledge() {
            if (chance.nextBoolean()) {
                return;
            }
            MetadataImage image = steps.image();
            partitions().forEach((id, partition) -> {
                int min = Math.min(
                        image.topic(id.topic()).orElseThrow().settings().minInSyncReplicas(),
                        partition.replicas().size());
                boolean isLed = partition.leader() != PartitionView.NO_LEADER
                        && !image.registration(partition.leader()).orElseThrow().fenced();
                if (isLed && partition.isr().size() >= min) {
                    complete.get(id).retainAll(partition.isr());
                }
            });
        }
    }
}
