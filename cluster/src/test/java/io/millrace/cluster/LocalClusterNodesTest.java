package io.millrace.cluster;

import static io.millrace.cluster.TestNodes.topic;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.catalog.CatalogChanges.ConfigChange;
import io.millrace.broker.catalog.CatalogChanges.ConfigChanges;
import io.millrace.broker.catalog.CatalogChanges.NewTopicReply;
import io.millrace.broker.catalog.CatalogChanges.Operation;
import io.millrace.broker.catalog.CatalogChanges.ProducerIdBlock;
import io.millrace.broker.catalog.ClusterChanges.FeatureChange;
import io.millrace.broker.catalog.ClusterChanges.QuorumReply;
import io.millrace.broker.catalog.ClusterChanges.Voter;
import io.millrace.broker.catalog.ConfigResource;
import io.millrace.broker.catalog.NodeView;
import io.millrace.broker.catalog.NodeView.Standing;
import io.millrace.broker.catalog.Outcome;
import io.millrace.broker.catalog.PartitionView;
import io.millrace.broker.catalog.TopicView;
import io.millrace.cluster.call.Call;
import io.millrace.cluster.call.CallCodec;
import io.millrace.cluster.controller.Heartbeat;
import io.millrace.cluster.controller.InSyncChange;
import io.millrace.cluster.controller.InSyncMember;
import io.millrace.cluster.controller.RegisterNode;
import io.millrace.cluster.controller.RegisterNode.Registered;
import io.millrace.cluster.metadata.MetadataLevel;
import io.millrace.model.ErrorKind;
import io.millrace.model.TopicId;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;

class LocalClusterNodesTest {
    private static TopicView create(TestNodes cluster, int at, String name, int partitions, int replicas) {
        LocalCluster node = cluster.node(at).cluster();
        List<NewTopicReply> replies = cluster.node(at)
                .<List<NewTopicReply>>ask(
                        reply -> node.createTopics(List.of(topic(name, partitions, replicas)), false, reply));
        assertThat(replies.getFirst().outcome()).isEqualTo(Outcome.OK);
        assertThat(node.current().topic(name)).contains(replies.getFirst().topic());
        return replies.getFirst().topic();
    }

    private static List<PartitionView> partitions(TestNodes cluster, String topic) {
        return cluster.truth().topic(topic).orElseThrow().partitions();
    }

    @Test
    void letsEveryNodeInOnceItsLogsAreOpen() {
        TestNodes cluster = TestNodes.started(3);

        assertThat(cluster.nodes.values()).allSatisfy(node -> {
            assertThat(node.serving).isTrue();
            assertThat(node.mayLead()).isTrue();
            assertThat(node.image().nodes()).extracting(NodeView::standing).containsOnly(Standing.ACTIVE);
        });
        assertThat(cluster.truth().nodes()).extracting(NodeView::epoch).doesNotHaveDuplicates();
    }

    @Test
    void answersWhoAsksAnyNodeWhenThatNodeKnowsTheChange() {
        TestNodes cluster = TestNodes.started(3);

        for (int node = 1; node <= 3; node++) {
            create(cluster, node, "t" + node, 6, 3);
        }
        ProducerIdBlock first = cluster.node(2).ask(cluster.node(2).cluster()::allocateProducerIds);
        ProducerIdBlock second = cluster.node(3).ask(cluster.node(3).cluster()::allocateProducerIds);

        assertThat(second.first()).isEqualTo(first.first() + first.count());
        assertThat(cluster.node(3)
                        .<QuorumReply>ask(cluster.node(3).cluster()::quorum)
                        .quorum()
                        .leaderId())
                .isEqualTo(1);
    }

    @Test
    void movesLeadershipAwayFromASilentNodeAndBackIntoSync() {
        TestNodes cluster = TestNodes.started(3);
        create(cluster, 1, "orders", 30, 3);
        assertThat(partitions(cluster, "orders"))
                .anySatisfy(each -> assertThat(each.leader()).isEqualTo(3));

        cluster.node(3).kill();
        cluster.advance(ClusterSettings.SESSION_TIMEOUT_MS - ClusterSettings.HEARTBEAT_MS - 50);
        assertThat(cluster.truth().isActive(3)).isTrue();
        cluster.advance(2 * ClusterSettings.HEARTBEAT_MS + 100);

        assertThat(partitions(cluster, "orders")).allSatisfy(each -> {
            assertThat(each.leader()).isIn(1, 2);
            assertThat(each.isr()).containsExactlyInAnyOrder(1, 2);
        });
        long before = cluster.truth().registration(3).orElseThrow().epoch();
        cluster.node(3).start();
        cluster.advance(500);
        assertThat(cluster.node(3).serving).isTrue();
        long now = cluster.truth().registration(3).orElseThrow().epoch();
        assertThat(now).isGreaterThan(before);

        PartitionView partition = partitions(cluster, "orders").getFirst();
        assertThat(rejoin(cluster, partition, before).error()).isEqualTo(ErrorKind.INELIGIBLE_REPLICA);
        assertThat(rejoin(cluster, partition, now)).isEqualTo(Outcome.OK);
        assertThat(partitions(cluster, "orders").getFirst().isr()).containsExactlyInAnyOrder(1, 2, 3);
    }

    private static Outcome rejoin(TestNodes cluster, PartitionView partition, long epochOfThree) {
        TopicId topic = cluster.truth().topic("orders").orElseThrow().id();
        List<InSyncMember> members = List.of(1, 2, 3).stream()
                .map(node -> new InSyncMember(
                        node,
                        node == 3
                                ? epochOfThree
                                : cluster.truth()
                                        .registration(node)
                                        .orElseThrow()
                                        .epoch()))
                .toList();
        InSyncChange change = new InSyncChange(
                topic, partition.index(), partition.leaderEpoch(), partition.partitionEpoch(), members);
        TestNodes.Node leader = cluster.node(partition.leader());
        return leader.<List<Outcome>>ask(reply -> leader.cluster().changeInSync(List.of(change), reply))
                .getFirst();
    }

    @Test
    void fencesAtOnceWhoseProcessIsGone() {
        TestNodes cluster = TestNodes.started(3);
        create(cluster, 1, "orders", 30, 3);

        cluster.node(2).kill();
        cluster.node(1).cluster().suspect(2);
        cluster.advance(10);

        assertThat(partitions(cluster, "orders"))
                .allSatisfy(each -> assertThat(each.leader()).isIn(1, 3));
    }

    @Test
    void aNewControllerFencesTheOneThatIsGoneAndGivesOthersTime() {
        TestNodes cluster = TestNodes.started(3);
        create(cluster, 1, "orders", 30, 3);

        cluster.node(1).kill();
        cluster.advance(400);
        assertThat(cluster.quorum.elect(2)).isTrue();
        cluster.advance(20);

        assertThat(cluster.truth().isActive(1)).isFalse();
        assertThat(partitions(cluster, "orders"))
                .allSatisfy(each -> assertThat(each.leader()).isIn(2, 3));
        cluster.advance(3_000);
        assertThat(cluster.node(2).mayLead()).isTrue();
        assertThat(cluster.node(3).mayLead()).isTrue();
        assertThat(cluster.truth().isActive(3)).isTrue();
    }

    @Test
    void aNodeThatIsCutOffStopsLeadingBeforeOthersDo() {
        TestNodes cluster = TestNodes.started(3);

        cluster.node(3).cutOff();
        while (cluster.truth().isActive(3)) {
            assertThat(cluster.clock.monotonicMs()).isLessThan(10_000);
            cluster.advance(10);
        }

        assertThat(cluster.node(3).mayLead()).isFalse();
        cluster.node(3).join();
        cluster.advance(1_000);
        assertThat(cluster.node(3).mayLead()).isTrue();
        assertThat(cluster.truth().isActive(3)).isTrue();
    }

    @Test
    void asksTheNextControllerSoonWhenTheFirstDoesNotAnswer() {
        TestNodes cluster = TestNodes.started(3);
        create(cluster, 1, "orders", 3, 3);
        PartitionView partition = partitions(cluster, "orders").stream()
                .filter(each -> each.leader() == 3)
                .findFirst()
                .orElseThrow();
        List<InSyncMember> alone = List.of(new InSyncMember(
                3, cluster.truth().registration(3).orElseThrow().epoch()));
        InSyncChange change = new InSyncChange(
                cluster.truth().topic("orders").orElseThrow().id(),
                partition.index(),
                partition.leaderEpoch(),
                partition.partitionEpoch(),
                alone);
        List<Outcome> outcomes = new ArrayList<>();

        cluster.lossPercent = 100;
        cluster.node(3).cluster().changeInSync(List.of(change), outcomes::addAll);
        cluster.advance(10);
        cluster.lossPercent = 0;
        cluster.node(1).cutOff();
        cluster.quorum.elect(2);
        cluster.advance(1_200);

        assertThat(outcomes).containsExactly(Outcome.OK);
    }

    @Test
    void aControllerThatIsCutOffStopsLeading() {
        TestNodes cluster = TestNodes.started(3);

        cluster.node(1).cutOff();
        cluster.advance(ClusterSettings.SESSION_TIMEOUT_MS + 10);

        assertThat(cluster.node(1).mayLead()).isFalse();
    }

    @Test
    void aSoleVoterStopsLeadingWhenItIsCutOffFromTheVotersThatJoined() {
        TestNodes cluster = TestNodes.started(3);
        LocalCluster one = cluster.node(1).cluster();
        cluster.node(1).<Outcome>ask(reply -> one.removeVoter(2, TopicId.NONE, reply));
        cluster.node(1).<Outcome>ask(reply -> one.removeVoter(3, TopicId.NONE, reply));
        cluster.advance(2 * ClusterSettings.HEARTBEAT_MS);
        assertThat(cluster.node(1).mayLead()).isTrue();

        cluster.node(1).<Outcome>ask(reply -> one.addVoter(new Voter(2, TopicId.NONE, List.of()), reply));
        cluster.node(1).<Outcome>ask(reply -> one.addVoter(new Voter(3, TopicId.NONE, List.of()), reply));
        cluster.node(1).cutOff();
        assertThat(cluster.quorum.elect(2)).isTrue();
        while (cluster.truth().isActive(1)) {
            assertThat(cluster.clock.monotonicMs()).isLessThan(10_000);
            cluster.advance(10);
        }

        assertThat(cluster.node(1).mayLead()).isFalse();
    }

    @Test
    void aControllerDoesNotLeadOnWhatLayUnreadWhileItStoodStill() {
        TestNodes cluster = TestNodes.started(3);
        ByteBuffer sentBefore = CallCodec.encode(new Call.Beat(new Heartbeat(
                2,
                cluster.truth().registration(2).orElseThrow().epoch(),
                cluster.truth().nodes().size(),
                cluster.clock.monotonicMs(),
                true,
                false)));
        cluster.node(1).cutOff();
        cluster.quorum.elect(2);
        cluster.advance(3 * ClusterSettings.SESSION_TIMEOUT_MS);
        assertThat(cluster.truth().isActive(1)).isFalse();

        cluster.node(1).cluster().onCall(sentBefore, reply -> {});
        cluster.advance(2 * ClusterSettings.HEARTBEAT_MS);

        assertThat(cluster.node(1).mayLead()).isFalse();
    }

    @Test
    void aControllerNobodyFollowsLetsNobodyElseLead() {
        TestNodes cluster = TestNodes.started(3);
        cluster.node(1).<Outcome>ask(reply -> cluster.node(1).cluster().removeVoter(3, TopicId.NONE, reply));
        cluster.node(2).cutOff();

        cluster.advance(ClusterSettings.SESSION_TIMEOUT_MS + 10);

        assertThat(cluster.node(1).mayLead()).isFalse();
        assertThat(cluster.node(3).mayLead()).isFalse();
    }

    @Test
    void leadsAgainOnlyWhenItsPartitionsKnowWhatItMissed() {
        TestNodes cluster = TestNodes.started(3);
        cluster.node(3).cutOff();
        cluster.advance(2 * ClusterSettings.SESSION_TIMEOUT_MS);
        assertThat(cluster.truth().isActive(3)).isFalse();
        cluster.node(3).holdsBack = true;

        cluster.node(3).join();
        cluster.advance(500);
        assertThat(cluster.truth().isActive(3)).isTrue();
        assertThat(cluster.node(3).mayLead()).isFalse();
        cluster.node(3).heldBack.forEach(Runnable::run);
        cluster.advance(10);

        assertThat(cluster.node(3).mayLead()).isTrue();
    }

    @Test
    void aControllerThatNobodyFollowsAnswersWhoAsksThere() {
        TestNodes cluster = TestNodes.started(3);
        TestNodes.Node controller = cluster.node(1);

        controller.cutOff();
        ProducerIdBlock block = controller.ask(controller.cluster()::allocateProducerIds);

        assertThat(block.outcome().error()).isEqualTo(ErrorKind.REQUEST_TIMED_OUT);
    }

    @Test
    void aControllerThatStoodStillFencesNobodyForIt() {
        TestNodes cluster = TestNodes.started(3);

        cluster.clock.advanceMs(5_000);
        cluster.advance(500);

        assertThat(cluster.truth().nodes())
                .allSatisfy(node -> assertThat(node.isActive()).isTrue());
    }

    @Test
    void handsOverBeforeItStops() {
        TestNodes cluster = TestNodes.started(3);
        create(cluster, 1, "orders", 30, 3);
        create(cluster, 1, "alone", 3, 1);
        List<String> told = new ArrayList<>();

        cluster.node(2).cluster().leave(5_000, () -> told.add("may stop"));
        cluster.advance(500);

        assertThat(told).containsExactly("may stop");
        assertThat(partitions(cluster, "orders")).allSatisfy(each -> {
            assertThat(each.leader()).isIn(1, 3);
            assertThat(each.isr()).doesNotContain(2);
        });
        assertThat(partitions(cluster, "alone"))
                .allSatisfy(each ->
                        assertThat(each.leader()).isEqualTo(each.replicas().getFirst()));
    }

    @Test
    void aWipedNodeLeadsNothingItLost() {
        TestNodes cluster = TestNodes.started(3);
        create(cluster, 1, "alone", 9, 1);
        PartitionView lost = partitions(cluster, "alone").stream()
                .filter(each -> each.leader() == 3)
                .findFirst()
                .orElseThrow();

        cluster.node(3).kill();
        cluster.node(3).wipe();
        cluster.node(3).start();
        cluster.advance(2_000);

        PartitionView now = partitions(cluster, "alone").get(lost.index());
        assertThat(cluster.node(3).serving).isTrue();
        assertThat(now.leader()).isEqualTo(PartitionView.NO_LEADER);
        assertThat(now.isr()).isEmpty();
        assertThat(now.lastKnownEligibleLeaderReplicas()).containsExactly(3);
    }

    private static Registered registerAtTheController(TestNodes cluster, int nodeId) {
        Call<Registered> call = new Call.Decide<>(new RegisterNode(
                nodeId,
                new TopicId(50, 50),
                new TopicId(60, 60),
                List.of(),
                "",
                List.of(),
                ClusterSettings.of(List.of(), Map.of()).supportedFeatures()));
        TestNodes.Node controller = cluster.node(1);
        ByteBuffer answer = controller.ask(reply -> controller.cluster().onCall(CallCodec.encode(call), reply));
        return switch (CallCodec.decodeAnswer(call, answer, controller.image())) {
            case CallCodec.Answer.Replied<Registered>(Registered reply, long _) -> reply;
            case CallCodec.Answer<Registered> other -> throw new AssertionError(other);
        };
    }

    @Test
    void aSecondProcessWithTheNumberOfALivingNodeIsNotTaken() {
        TestNodes cluster = TestNodes.started(3);
        create(cluster, 1, "alone", 3, 1);

        for (int node = 1; node <= 3; node++) {
            assertThat(registerAtTheController(cluster, node).outcome().error())
                    .isEqualTo(ErrorKind.DUPLICATE_NODE_REGISTRATION);
        }
        cluster.advance(500);

        assertThat(cluster.truth().nodes())
                .allSatisfy(node -> assertThat(node.isActive()).isTrue());
        assertThat(partitions(cluster, "alone"))
                .allSatisfy(each -> assertThat(each.leader()).isNotEqualTo(PartitionView.NO_LEADER));
        cluster.node(3).kill();
        cluster.advance(1_500);
        assertThat(registerAtTheController(cluster, 3).outcome()).isEqualTo(Outcome.OK);
    }

    private static Outcome raiseLevel(TestNodes cluster, int through) {
        FeatureChange change = new FeatureChange(MetadataLevel.FEATURE, 2, false, false);
        return cluster.node(through)
                .<Outcome>ask(reply -> cluster.node(through).cluster().updateFeatures(List.of(change), false, reply));
    }

    private static Outcome cordon(TestNodes cluster, int through, int node) {
        ConfigChanges change = new ConfigChanges(
                new ConfigResource(ConfigResource.Kind.NODE, Integer.toString(node)),
                false,
                List.of(new ConfigChange("cordoned.log.dirs", Operation.SET, "*")));
        return cluster.node(through)
                .<List<Outcome>>ask(
                        reply -> cluster.node(through).cluster().alterConfigs(List.of(change), false, reply))
                .getFirst();
    }

    @Test
    void nodesComeToANewBuildOneByOneAndThenTheLevelGoesUp() {
        TestNodes cluster = TestNodes.started(3, MetadataLevel.FIRST);
        assertThat(cluster.truth().level()).isEqualTo(MetadataLevel.FIRST);

        for (int node = 3; node >= 1; node--) {
            assertThat(raiseLevel(cluster, 2).error()).isEqualTo(ErrorKind.INVALID_UPDATE_VERSION);
            assertThat(cordon(cluster, 2, 3)).isEqualTo(MetadataLevel.FIRST.tooLowFor(MetadataLevel.CORDONS));
            cluster.node(node).kill();
            cluster.quorum.elect(node == 1 ? 2 : 1);
            cluster.node(node).known = MetadataLevel.newest();
            cluster.node(node).start();
            cluster.advance(3_000);
        }

        assertThat(raiseLevel(cluster, 2)).isEqualTo(Outcome.OK);
        assertThat(cordon(cluster, 2, 3)).isEqualTo(Outcome.OK);
        assertThat(cluster.truth().cordoned()).containsExactly(3);

        cluster.node(3).kill();
        cluster.node(3).known = MetadataLevel.FIRST;
        cluster.node(3).start();
        cluster.advance(3_000);
        assertThat(cluster.node(3).failures)
                .singleElement(InstanceOfAssertFactories.STRING)
                .contains("does not support finalized version 2 of millrace.version");
        assertThat(cluster.node(3).serving).isFalse();
    }

    @Test
    void aCordonedNodeGetsNoNewReplicas() {
        TestNodes cluster = TestNodes.started(4);

        assertThat(cordon(cluster, 3, 2)).isEqualTo(Outcome.OK);

        assertThat(cluster.truth().cordoned()).containsExactly(2);
        create(cluster, 1, "orders", 12, 3);
        assertThat(partitions(cluster, "orders"))
                .allSatisfy(each -> assertThat(each.replicas()).doesNotContain(2));
    }

    @Test
    void forgetsANodeThatIsGone() {
        TestNodes cluster = TestNodes.started(3);
        create(cluster, 1, "orders", 6, 3);
        cluster.node(3).kill();

        Outcome gone = cluster.node(2).ask(reply -> cluster.node(2).cluster().unregisterNode(3, reply));
        Outcome again = cluster.node(2).ask(reply -> cluster.node(2).cluster().unregisterNode(3, reply));

        assertThat(gone).isEqualTo(Outcome.OK);
        assertThat(again.error()).isEqualTo(ErrorKind.NODE_NOT_REGISTERED);
        assertThat(partitions(cluster, "orders"))
                .allSatisfy(each -> assertThat(each.isr()).doesNotContain(3));
        long last = cluster.truth().lastNodeEpoch();
        cluster.node(3).start();
        cluster.advance(500);
        assertThat(cluster.truth().registration(3).orElseThrow().epoch()).isEqualTo(last + 1);
    }
}
