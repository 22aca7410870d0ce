package io.millrace.cluster.controller;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.catalog.CatalogChanges.NewTopic;
import io.millrace.broker.catalog.NodeView;
import io.millrace.broker.catalog.Outcome;
import io.millrace.broker.catalog.PartitionView;
import io.millrace.model.ErrorKind;
import io.millrace.model.TopicId;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// Nodes that come back, with what they had or without.
class RegisterNodeTest {
    private static final String TOPIC = "orders";

    private final Steps steps = new Steps(TestImage.ofNodes(3));

    RegisterNodeTest() {
        create(TOPIC, List.of(1, 2, 3), Map.of());
    }

    private void create(String name, List<Integer> replicas, Map<String, String> configs) {
        steps.run(
                new CreateTopics(List.of(new NewTopic(name, -1, -1, Map.of(0, replicas), Map.copyOf(configs))), false));
    }

    private PartitionView partition() {
        return steps.image().topic(TOPIC).orElseThrow().partitions().getFirst();
    }

    private long epoch(int node) {
        return steps.image().registration(node).orElseThrow().epoch();
    }

    private void fence(int node) {
        assertThat(steps.run(new FenceNode(node, epoch(node)))).isEqualTo(Outcome.OK);
    }

    private void unfence(int node) {
        assertThat(steps.run(new UnfenceNode(node, epoch(node)))).isEqualTo(Outcome.OK);
    }

    private void joinInSync() {
        PartitionView now = partition();
        TopicId topic = steps.image().topic(TOPIC).orElseThrow().id();
        List<InSyncMember> members = List.of(1, 2, 3).stream()
                .map(node -> new InSyncMember(node, epoch(node)))
                .toList();
        InSyncChange change = new InSyncChange(topic, 0, now.leaderEpoch(), now.partitionEpoch(), members);
        assertThat(steps.run(new ChangeInSync(now.leader(), epoch(now.leader()), List.of(change))))
                .containsExactly(Outcome.OK);
    }

    /// A later life of `node`, on the disk numbered `disk`; its first one is 2.
    private static RegisterNode again(int node, int life, int disk) {
        return TestImage.register(node, new TopicId(node, 1_000 + life), new TopicId(node, disk));
    }

    /// Only node 1 is in sync, and it is down.
    private void leaveOnlyTheFirstInSync() {
        if (!partition().isr().contains(1)) {
            joinInSync();
        }
        fence(2);
        fence(3);
        fence(1);
        unfence(2);
        unfence(3);
        assertThat(partition().isr()).containsExactly(1);
    }

    @Test
    void aNodeThatWasRemovedIsTakenForWipedWhenItReturns() {
        leaveOnlyTheFirstInSync();
        steps.run(new UnregisterNode(1));

        assertThat(steps.run(again(1, 1, 9)).outcome()).isEqualTo(Outcome.OK);
        unfence(1);

        assertThat(partition().leader()).isEqualTo(PartitionView.NO_LEADER);
        assertThat(partition().isr()).isEmpty();
        assertThat(partition().lastKnownEligibleLeaderReplicas()).containsExactly(1);
    }

    @Test
    void aRegistrationLeftHalfDoneIsDoneInFullWhenAskedAgain() {
        create("cached", List.of(1, 2, 3), Map.of("min.insync.replicas", "2", "millrace.durability", "page-cache"));
        fence(2);
        steps.run(again(1, 1, 2), 1);
        // The controller that follows does not know what the node may have lost.
        steps.run(SettlePartitions.of(new SettlePartitions.Scope.All()));
        PartitionView cached =
                steps.image().topic("cached").orElseThrow().partitions().getFirst();
        assertThat(cached.isr()).containsExactly(3);
        assertThat(cached.eligibleLeaderReplicas()).containsExactly(1);

        assertThat(steps.run(again(1, 1, 2)).outcome()).isEqualTo(Outcome.OK);
        unfence(1);
        fence(3);

        assertThat(steps.image()
                        .topic("cached")
                        .orElseThrow()
                        .partitions()
                        .getFirst()
                        .leader())
                .isEqualTo(PartitionView.NO_LEADER);
    }

    @Test
    void refusesWhatNoRecordCanHold() {
        NodeView.Endpoint nowhere = new NodeView.Endpoint("kafka", "host", -1);
        TopicId any = new TopicId(7, 7);

        assertThat(steps.run(TestImage.register(-1, any, any)).outcome().error())
                .isEqualTo(ErrorKind.INVALID_REQUEST);
        assertThat(steps.run(new RegisterNode(7, any, any, List.of(), "", List.of(nowhere), TestImage.SUPPORTED))
                        .outcome()
                        .error())
                .isEqualTo(ErrorKind.INVALID_REQUEST);
    }

    private static RegisterNode withDisks(int node, int life, Integer... others) {
        List<TopicId> directories =
                Stream.of(others).map(disk -> new TopicId(node, disk)).toList();
        return new RegisterNode(
                node,
                new TopicId(node, 1_000 + life),
                new TopicId(node, 2),
                directories,
                "",
                List.of(),
                TestImage.SUPPORTED);
    }

    @Test
    void aNodeThatReturnsWithoutOneOfItsDisksHasNothingOthersMayRelyOn() {
        create("single", List.of(1), Map.of());
        steps.run(withDisks(1, 1, 5, 6));
        unfence(1);
        leaveOnlyTheFirstInSync();

        steps.run(withDisks(1, 2, 5, 7));
        unfence(1);

        assertThat(partition().leader()).isEqualTo(PartitionView.NO_LEADER);
        assertThat(partition().isr()).isEmpty();
        assertThat(steps.image()
                        .topic("single")
                        .orElseThrow()
                        .partitions()
                        .getFirst()
                        .leader())
                .isEqualTo(1);
    }

    @Test
    void aNodeMayGetMoreDisks() {
        steps.run(withDisks(1, 1, 5));
        unfence(1);
        leaveOnlyTheFirstInSync();

        steps.run(withDisks(1, 2, 7, 5));
        unfence(1);

        assertThat(partition().leader()).isEqualTo(1);
    }
}
