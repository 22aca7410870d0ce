package io.millrace.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.catalog.CatalogChanges.NewTopicReply;
import io.millrace.broker.catalog.ClusterChanges.QuorumReply;
import io.millrace.model.ErrorKind;
import java.util.List;
import org.junit.jupiter.api.Test;

class QuorumWatchTest {
    private static final long NOTICED_MS = 10_000;

    private static boolean hasMajority(TestNodes cluster, int node) {
        return cluster.node(node).cluster().quorumSight().hasMajority(cluster.clock.monotonicMs());
    }

    @Test
    void everyNodeOfAWholeClusterHearsAllVoters() {
        TestNodes cluster = TestNodes.started(3);

        cluster.advance(60_000);

        assertThat(cluster.nodes.keySet()).allSatisfy(node -> {
            QuorumSight sight = cluster.node(node).cluster().quorumSight();
            assertThat(hasMajority(cluster, node)).isTrue();
            assertThat(sight.heard()).containsExactly(1, 2, 3);
            assertThat(sight.lagMs(cluster.clock.monotonicMs())).isLessThan(ClusterSettings.SESSION_TIMEOUT_MS);
        });
    }

    @Test
    void aLostMajorityIsToldWithWhoIsSilentUntilOneComesBack() {
        TestNodes cluster = TestNodes.started(3);
        cluster.node(1).kill();
        cluster.node(2).kill();
        cluster.advance(500);
        assertThat(hasMajority(cluster, 3))
                .as("others may be choosing a controller")
                .isTrue();

        cluster.advance(NOTICED_MS);

        QuorumSight sight = cluster.node(3).cluster().quorumSight();
        assertThat(hasMajority(cluster, 3)).isFalse();
        assertThat(sight.heard()).containsExactly(3);
        assertThat(sight.words())
                .startsWith(
                        "there is no controller: 1 of 3 voters is reachable (3), 2 are needed. Silent: 1 at host:9191")
                .contains(", 2 at host:9192");
        assertThat(sight.lagMs(cluster.clock.monotonicMs())).isGreaterThanOrEqualTo(NOTICED_MS);

        cluster.node(1).start();
        cluster.loop.runReady();
        cluster.quorum.elect(1);
        cluster.advance(NOTICED_MS);
        assertThat(hasMajority(cluster, 3)).isTrue();
        assertThat(cluster.node(3).cluster().quorumSight().heard()).containsExactly(1, 3);
    }

    @Test
    void theLastControllerKnowsThatNobodyFollowsIt() {
        TestNodes cluster = TestNodes.started(3);

        cluster.node(2).cutOff();
        cluster.node(3).cutOff();
        cluster.advance(NOTICED_MS);

        assertThat(hasMajority(cluster, 1)).isFalse();
        assertThat(cluster.node(1).cluster().quorumSight().heard()).containsExactly(1);
    }

    @Test
    void whoAsksForTheQuorumHearsAtOnceThatThereIsNone() {
        TestNodes cluster = TestNodes.started(3);
        cluster.node(1).kill();
        cluster.node(2).kill();
        cluster.advance(NOTICED_MS);
        long askedMs = cluster.clock.monotonicMs();

        LocalCluster left = cluster.node(3).cluster();
        QuorumReply quorum = cluster.node(3).ask(left::quorum);

        assertThat(cluster.clock.monotonicMs() - askedMs).isLessThan(100);
        assertThat(quorum.outcome().error()).isEqualTo(ErrorKind.NO_MAJORITY);
        assertThat(quorum.outcome().message()).startsWith("Node 3 answers, but there is no controller: 1 of 3 voters");
        List<NewTopicReply> refused =
                cluster.node(3).ask(reply -> left.createTopics(List.of(TestNodes.topic("late", 1, 3)), false, reply));
        assertThat(refused.getFirst().outcome().error()).isEqualTo(ErrorKind.NOT_CONTROLLER);
        assertThat(refused.getFirst().outcome().message()).contains("1 of 3 voters is reachable");
    }

    @Test
    void aNodeAloneIsItsOwnMajority() {
        TestCluster alone = TestCluster.started();

        QuorumSight sight = alone.cluster.quorumSight();

        assertThat(sight.hasMajority(Long.MAX_VALUE - 1)).isTrue();
        assertThat(sight.heard()).hasSize(1);
        assertThat(sight.needed()).isEqualTo(1);
        assertThat(sight.lagMs(0)).isZero();
    }
}
