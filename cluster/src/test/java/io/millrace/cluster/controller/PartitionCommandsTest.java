package io.millrace.cluster.controller;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.catalog.CatalogChanges.NewTopic;
import io.millrace.broker.catalog.ClusterChanges.PartitionRef;
import io.millrace.broker.catalog.ClusterChanges.Reassignment;
import io.millrace.broker.catalog.Outcome;
import io.millrace.broker.catalog.PartitionView;
import io.millrace.broker.catalog.TopicView;
import io.millrace.cluster.metadata.MetadataImage;
import io.millrace.model.ErrorKind;
import io.millrace.model.TopicId;
import io.millrace.model.TopicIdPartition;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// ChangeInSync, ElectLeaders, Reassign and GiveUpReplicas, with the errors Kafka gives.
class PartitionCommandsTest {
    private static final String TOPIC = "orders";

    private Steps steps = new Steps(TestImage.ofNodes(4));

    PartitionCommandsTest() {
        create(TOPIC, List.of(1, 2, 3), Map.of("min.insync.replicas", "2"));
    }

    private void create(String name, List<Integer> replicas, Map<String, String> configs) {
        steps.run(
                new CreateTopics(List.of(new NewTopic(name, -1, -1, Map.of(0, replicas), Map.copyOf(configs))), false));
    }

    private TopicView topic() {
        return steps.image().topic(TOPIC).orElseThrow();
    }

    private PartitionView partition() {
        return topic().partitions().getFirst();
    }

    private void fence(int node) {
        assertThat(steps.run(new FenceNode(node, node))).isEqualTo(Outcome.OK);
    }

    private void unfence(int node) {
        assertThat(steps.run(new UnfenceNode(node, node))).isEqualTo(Outcome.OK);
    }

    private Outcome inSync(int leaderEpoch, int partitionEpoch, List<Integer> members) {
        InSyncChange change = new InSyncChange(
                topic().id(),
                0,
                leaderEpoch,
                partitionEpoch,
                members.stream().map(node -> new InSyncMember(node, node)).toList());
        int leader = partition().leader();
        return steps.run(new ChangeInSync(leader, leader, List.of(change))).getFirst();
    }

    @Test
    void shrinksAndGrowsTheInSyncSet() {
        assertThat(inSync(0, 0, List.of(1))).isEqualTo(Outcome.OK);
        assertThat(partition().isr()).containsExactly(1);
        assertThat(partition().eligibleLeaderReplicas()).containsExactly(2, 3);
        assertThat(partition().partitionEpoch()).isEqualTo(1);
        assertThat(partition().leaderEpoch()).isZero();

        assertThat(inSync(0, 1, List.of(3, 1))).isEqualTo(Outcome.OK);
        assertThat(partition().isr()).containsExactly(1, 3);
        assertThat(partition().eligibleLeaderReplicas()).isEmpty();
    }

    @Test
    void refusesInSyncSetsAsKafkaDoes() {
        assertThat(inSync(1, 0, List.of(1)).error()).isEqualTo(ErrorKind.NOT_CONTROLLER);
        assertThat(inSync(0, 1, List.of(1)).error()).isEqualTo(ErrorKind.NOT_CONTROLLER);
        assertThat(inSync(0, 0, List.of(2, 3)).error()).isEqualTo(ErrorKind.INVALID_REQUEST);
        assertThat(inSync(0, 0, List.of(1, 4)).error()).isEqualTo(ErrorKind.INVALID_REQUEST);
        fence(2);
        assertThat(inSync(0, 0, List.of(1)).error()).isEqualTo(ErrorKind.INVALID_UPDATE_VERSION);
        assertThat(inSync(0, 1, List.of(1, 2, 3)).error()).isEqualTo(ErrorKind.INELIGIBLE_REPLICA);
        fence(1);
        assertThat(partition().leader()).isEqualTo(3);
        assertThat(inSync(0, 2, List.of(3)).error()).isEqualTo(ErrorKind.FENCED_LEADER_EPOCH);

        InSyncChange gone = new InSyncChange(new TopicId(9, 9), 0, 0, 0, List.of());
        InSyncChange missing = new InSyncChange(topic().id(), 7, 0, 0, List.of());
        assertThat(steps.run(new ChangeInSync(3, 3, List.of(gone, missing))))
                .extracting(Outcome::error)
                .containsExactly(ErrorKind.UNKNOWN_TOPIC_ID, ErrorKind.UNKNOWN_TOPIC_OR_PARTITION);
        assertThat(steps.run(new ChangeInSync(3, 99, List.of(gone))).getFirst().error())
                .isEqualTo(ErrorKind.STALE_NODE_EPOCH);
    }

    @Test
    void aFollowerThatReturnsUnderAnotherEpochIsNotTaken() {
        fence(2);
        steps.run(TestImage.register(2, new TopicId(2, 99), new TopicId(2, 2)));
        long epoch = steps.image().registration(2).orElseThrow().epoch();
        steps.run(new UnfenceNode(2, epoch));

        assertThat(inSync(0, 1, List.of(1, 2, 3)).error()).isEqualTo(ErrorKind.INELIGIBLE_REPLICA);
    }

    private Outcome elect(io.millrace.broker.catalog.ClusterChanges.Election election, String topic, int partition) {
        return steps.run(new ElectLeaders(election, List.of(new PartitionRef(topic, partition))))
                .getFirst();
    }

    @Test
    void electsPreferredLeadersWhenTheyAreInSync() {
        var preferred = io.millrace.broker.catalog.ClusterChanges.Election.PREFERRED;
        assertThat(elect(preferred, TOPIC, 0).error()).isEqualTo(ErrorKind.ELECTION_NOT_NEEDED);
        assertThat(elect(preferred, "nothing", 0).message()).isEqualTo("No such topic as nothing");
        assertThat(elect(preferred, TOPIC, 8).message()).isEqualTo("No such partition as orders-8");
        fence(1);
        unfence(1);
        assertThat(elect(preferred, TOPIC, 0).error()).isEqualTo(ErrorKind.PREFERRED_LEADER_NOT_AVAILABLE);
        assertThat(inSync(1, partition().partitionEpoch(), List.of(1, 2, 3))).isEqualTo(Outcome.OK);

        assertThat(elect(preferred, TOPIC, 0)).isEqualTo(Outcome.OK);
        assertThat(partition().leader()).isEqualTo(1);
        assertThat(partition().leaderEpoch()).isEqualTo(2);
    }

    @Test
    void electsUncleanlyOnlyWhenTold() {
        var unclean = io.millrace.broker.catalog.ClusterChanges.Election.UNCLEAN;
        assertThat(elect(unclean, TOPIC, 0).error()).isEqualTo(ErrorKind.ELECTION_NOT_NEEDED);
        create("single", List.of(4, 3), Map.of());
        fence(3);
        fence(4);
        unfence(3);
        PartitionView waiting =
                steps.image().topic("single").orElseThrow().partitions().getFirst();
        assertThat(waiting.leader()).isEqualTo(PartitionView.NO_LEADER);
        assertThat(waiting.isr()).containsExactly(4);

        assertThat(elect(unclean, "single", 0)).isEqualTo(Outcome.OK);
        PartitionView now =
                steps.image().topic("single").orElseThrow().partitions().getFirst();
        assertThat(now.leader()).isEqualTo(3);
        assertThat(now.isr()).containsExactly(3);
        fence(3);
        assertThat(elect(unclean, "single", 0).error()).isEqualTo(ErrorKind.ELIGIBLE_LEADERS_NOT_AVAILABLE);
    }

    @Test
    void aTopicThatAllowsLossIsLedByWhoeverLives() {
        create("lossy", List.of(4, 3), Map.of("unclean.leader.election.enable", "true"));
        fence(3);
        unfence(3);

        fence(4);

        assertThat(steps.image()
                        .topic("lossy")
                        .orElseThrow()
                        .partitions()
                        .getFirst()
                        .leader())
                .isEqualTo(3);
    }

    private Outcome reassign(boolean changeFactor, Integer... replicas) {
        return steps.run(
                        new Reassign(List.of(new Reassignment(TOPIC, 0, Optional.of(List.of(replicas)))), changeFactor))
                .getFirst();
    }

    private Outcome cancel() {
        return steps.run(new Reassign(List.of(new Reassignment(TOPIC, 0, Optional.empty())), true))
                .getFirst();
    }

    @Test
    void movesReplicasWhenTheNewOnesAreInSync() {
        assertThat(reassign(true, 4, 2, 3)).isEqualTo(Outcome.OK);
        assertThat(partition().replicas()).containsExactly(4, 2, 3, 1);
        assertThat(partition().addingReplicas()).containsExactly(4);
        assertThat(partition().removingReplicas()).containsExactly(1);
        assertThat(partition().leader()).isEqualTo(1);

        assertThat(inSync(0, 1, List.of(1, 2, 3, 4))).isEqualTo(Outcome.OK);
        assertThat(partition().replicas()).containsExactly(4, 2, 3);
        assertThat(partition().isr()).containsExactly(4, 2, 3);
        assertThat(partition().isReassigning()).isFalse();
        assertThat(partition().leader()).isEqualTo(4);
        assertThat(partition().leaderEpoch()).isEqualTo(1);
    }

    @Test
    void changesTheNumberOfReplicasAndCancels() {
        assertThat(reassign(false, 1, 2).message()).isEqualTo("The replication factor is changed from 3 to 2");
        assertThat(cancel().error()).isEqualTo(ErrorKind.NO_REASSIGNMENT_IN_PROGRESS);
        assertThat(reassign(true, 1, 2, 3, 4)).isEqualTo(Outcome.OK);
        assertThat(cancel()).isEqualTo(Outcome.OK);
        assertThat(partition().replicas()).containsExactly(1, 2, 3);
        assertThat(partition().isReassigning()).isFalse();

        assertThat(reassign(true, 2, 1)).isEqualTo(Outcome.OK);
        assertThat(partition().replicas()).containsExactly(2, 1);
        assertThat(partition().isReassigning()).isFalse();
    }

    @Test
    void refusesReplicasAsKafkaDoes() {
        assertThat(reassign(true).message())
                .isEqualTo("The manual partition assignment includes an empty replica list.");
        assertThat(reassign(true, 1, 9).message())
                .isEqualTo("The manual partition assignment includes broker 9, but no such broker is registered.");
        assertThat(reassign(true, 1, 1).message())
                .isEqualTo("The manual partition assignment includes the broker 1 more than once.");
        assertThat(steps.run(new Reassign(
                        List.of(
                                new Reassignment("nothing", 0, Optional.of(List.of(1))),
                                new Reassignment(TOPIC, 5, Optional.of(List.of(1)))),
                        true)))
                .extracting(Outcome::message)
                .containsExactly("Unable to find a topic named nothing.", "Unable to find partition orders:5.");
    }

    @Test
    void aFailedDiskGivesItsPartitionsAway() {
        TopicIdPartition id = new TopicIdPartition(topic().id(), 0);

        assertThat(steps.run(new GiveUpReplicas(1, 1, List.of(id)))).isEqualTo(Outcome.OK);
        assertThat(partition().leader()).isEqualTo(2);
        assertThat(partition().isr()).containsExactly(2, 3);
    }

    @Test
    void partitionsThatCanNotBeAreNotGivenUp() {
        List<TopicIdPartition> ids =
                List.of(new TopicIdPartition(topic().id(), -1), new TopicIdPartition(topic().id(), 1));
        PartitionView before = partition();

        assertThat(steps.run(new GiveUpReplicas(1, 1, ids))).isEqualTo(Outcome.OK);
        assertThat(steps.run(new RaiseLeaderEpochs(List.of(new RaiseLeaderEpochs.Behind(topic().id(), -1, 5)))))
                .isEqualTo(Outcome.OK);

        assertThat(partition()).isEqualTo(before);
    }

    @Test
    void whoIsAloneInSyncLeadsOnWithAFailedDisk() {
        TopicIdPartition id = new TopicIdPartition(topic().id(), 0);
        fence(3);
        fence(2);
        PartitionView before = partition();

        steps.run(new GiveUpReplicas(1, 1, List.of(id)));

        assertThat(partition().leader()).isEqualTo(1);
        assertThat(partition().isr()).containsExactly(1);
        assertThat(partition().leaderEpoch()).isEqualTo(before.leaderEpoch() + 1);
        unfence(2);
        steps.run(new GiveUpReplicas(1, 1, List.of(id)));
        assertThat(partition().leader()).as("eligible").isEqualTo(2);
    }

    @Test
    void fencesANodeOfThousandsOfPartitionsInSteps() {
        steps.run(new CreateTopics(List.of(TestImage.topic("wide", 10_000, 3)), false));

        steps = new Steps(steps.image());
        fence(1);

        assertThat(steps.largest()).isLessThanOrEqualTo(SettlePartitions.STEP_MAX);
        MetadataImage image = steps.image();
        assertThat(image.topic("wide").orElseThrow().partitions())
                .allSatisfy(each -> assertThat(each.isr()).doesNotContain(1))
                .noneMatch(each -> each.leader() == 1 || each.leader() == PartitionView.NO_LEADER);
    }

    @Test
    void finishesWhatAControllerLeftHalfDoneAlsoForSingleReplicas() {
        int wide = 2 * SettlePartitions.STEP_MAX;
        steps.run(new CreateTopics(
                List.of(new NewTopic(
                        "wide",
                        -1,
                        -1,
                        IntStream.range(0, wide).boxed().collect(Collectors.toMap(at -> at, at -> List.of(4))),
                        Map.of())),
                false));
        fence(4);

        steps.run(new UnfenceNode(4, 4), 2);
        steps.run(SettlePartitions.of(new SettlePartitions.Scope.All()));

        assertThat(steps.image().topic("wide").orElseThrow().partitions())
                .allSatisfy(each -> assertThat(each.leader()).isEqualTo(4));
    }

    @Test
    void decidesWhatManyPartitionsAreAskedForInSteps() {
        int wide = 2_500;
        steps.run(new CreateTopics(List.of(TestImage.topic("wide", wide, 3)), false));
        steps = new Steps(steps.image());
        TopicView topic = steps.image().topic("wide").orElseThrow();
        List<InSyncChange> alone = topic.partitions().stream()
                .filter(each -> each.leader() == 1)
                .flatMap(each -> Stream.of(each, each))
                .map(each -> new InSyncChange(topic.id(), each.index(), 0, 0, List.of(new InSyncMember(1, 1))))
                .toList();
        List<Reassignment> moves = IntStream.rangeClosed(0, wide)
                .mapToObj(each -> new Reassignment("wide", each % wide, Optional.of(List.of(4, 3, 2))))
                .toList();
        List<PartitionRef> all = IntStream.range(0, wide)
                .mapToObj(each -> new PartitionRef("wide", each))
                .toList();

        assertThat(steps.run(new ChangeInSync(1, 1, alone))).hasSameSizeAs(alone);
        assertThat(steps.run(new Reassign(moves, true)))
                .hasSize(wide + 1)
                .last()
                .extracting(Outcome::error)
                .isEqualTo(ErrorKind.INVALID_REQUEST);
        assertThat(steps.run(new ElectLeaders(io.millrace.broker.catalog.ClusterChanges.Election.PREFERRED, all)))
                .hasSize(wide);

        assertThat(steps.largest()).isLessThanOrEqualTo(SettlePartitions.STEP_MAX);
        assertThat(steps.image().topic("wide").orElseThrow().partitions())
                .allSatisfy(each -> assertThat(each.replicas()).startsWith(4, 3, 2));
        assertThat(new Reassign(moves.subList(0, 3), true, List.of(Outcome.OK), Set.of())
                        .refused(Outcome.refused(ErrorKind.STORAGE_ERROR, "")))
                .hasSize(4);
    }
}
