package io.millrace.cluster.controller;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.catalog.CatalogChanges.ConfigChange;
import io.millrace.broker.catalog.CatalogChanges.ConfigChanges;
import io.millrace.broker.catalog.CatalogChanges.NewTopic;
import io.millrace.broker.catalog.CatalogChanges.Operation;
import io.millrace.broker.catalog.ConfigResource;
import io.millrace.broker.catalog.ConfigResource.Kind;
import io.millrace.broker.catalog.Outcome;
import io.millrace.broker.catalog.PartitionView;
import io.millrace.model.TopicId;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// Settings that decide who may lead, changed while it matters.
class ElectionSettingsTest {
    private static final String TOPIC = "orders";
    private static final ConfigResource OWN = new ConfigResource(Kind.TOPIC, TOPIC);
    private static final ConfigResource ALL_NODES = new ConfigResource(Kind.NODE, "");

    private final Steps steps = new Steps(TestImage.ofNodes(3));

    private void create(Map<String, String> configs) {
        NewTopic topic = new NewTopic(TOPIC, -1, -1, Map.of(0, List.of(1, 2, 3)), Map.copyOf(configs));
        steps.run(new CreateTopics(List.of(topic), false));
    }

    private PartitionView partition() {
        return steps.image().topic(TOPIC).orElseThrow().partitions().getFirst();
    }

    private void fence(int node) {
        assertThat(steps.run(new FenceNode(
                        node, steps.image().registration(node).orElseThrow().epoch())))
                .isEqualTo(Outcome.OK);
    }

    private void unfence(int node) {
        assertThat(steps.run(new UnfenceNode(
                        node, steps.image().registration(node).orElseThrow().epoch())))
                .isEqualTo(Outcome.OK);
    }

    private static AlterConfigs alter(ConfigResource resource, String name, String value) {
        ConfigChange change = new ConfigChange(name, Operation.SET, value);
        return new AlterConfigs(List.of(new ConfigChanges(resource, false, List.of(change))), false);
    }

    private void set(ConfigResource resource, String name, String value) {
        assertThat(steps.run(alter(resource, name, value))).containsExactly(Outcome.OK);
    }

    /// Node 1 alone in sync, node 2 eligible but still copying; then node 1 may acknowledge alone, and is gone.
    private void lowerTheMinimumAndLoseTheLeader(ConfigResource resource) {
        leaveNodeTwoEligible();
        set(resource, "min.insync.replicas", "1");
        fence(1);
    }

    private void leaveNodeTwoEligible() {
        fence(3);
        fence(2);
        unfence(2);
        assertThat(partition().isr()).containsExactly(1);
        assertThat(partition().eligibleLeaderReplicas()).containsExactly(2);
    }

    @Test
    void nobodyIsEligibleAnyMoreOnceFewerReplicasAreEnough() {
        create(Map.of("min.insync.replicas", "2"));

        lowerTheMinimumAndLoseTheLeader(OWN);

        assertThat(partition().leader()).isEqualTo(PartitionView.NO_LEADER);
        assertThat(partition().isr()).containsExactly(1);
    }

    @Test
    void theSameWhenAllNodesInheritIt() {
        set(ALL_NODES, "min.insync.replicas", "2");
        create(Map.of());

        lowerTheMinimumAndLoseTheLeader(ALL_NODES);

        assertThat(partition().leader()).isEqualTo(PartitionView.NO_LEADER);
    }

    @Test
    void aMinimumThatRisesAgainMakesNobodyEligible() {
        create(Map.of("min.insync.replicas", "2"));
        leaveNodeTwoEligible();

        set(OWN, "min.insync.replicas", "1");
        set(OWN, "min.insync.replicas", "2");
        fence(1);

        assertThat(partition().leader()).isEqualTo(PartitionView.NO_LEADER);
    }

    @Test
    void forgetsWhoWasEligibleBeforeTheLeaderHearsOfIt() {
        create(Map.of("min.insync.replicas", "2"));
        leaveNodeTwoEligible();

        // Two walks, for those without leader and for all; the settings come after them.
        steps.run(alter(OWN, "min.insync.replicas", "1"), 3);

        assertThat(partition().eligibleLeaderReplicas()).isEmpty();
        assertThat(steps.image().topic(TOPIC).orElseThrow().settings().minInSyncReplicas())
                .isEqualTo(2);
    }

    @Test
    void aTestOfALowerMinimumForgetsNobody() {
        create(Map.of("min.insync.replicas", "2"));
        leaveNodeTwoEligible();

        AlterConfigs wanted = alter(OWN, "min.insync.replicas", "1");
        assertThat(steps.run(new AlterConfigs(wanted.changes(), true))).containsExactly(Outcome.OK);

        assertThat(partition().eligibleLeaderReplicas()).containsExactly(2);
    }

    @Test
    void whoeverLivesLeadsOnceLossIsAllowed() {
        create(Map.of());
        fence(2);
        fence(3);
        steps.run(TestImage.register(1, new TopicId(1, 99), new TopicId(1, 98)));
        unfence(2);
        assertThat(partition().leader()).isEqualTo(PartitionView.NO_LEADER);

        set(OWN, "unclean.leader.election.enable", "true");

        assertThat(partition().leader()).isEqualTo(2);
        assertThat(partition().isr()).containsExactly(2);
    }
}
