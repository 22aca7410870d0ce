package io.millrace.cluster.controller;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.catalog.TopicView;
import io.millrace.broker.topology.QueueRef;
import io.millrace.broker.topology.QueueSpec;
import io.millrace.broker.topology.QueueType;
import io.millrace.broker.topology.TopologyChange;
import io.millrace.broker.topology.TopologyReply.Done;
import io.millrace.model.ArgumentValue;
import io.millrace.model.Arguments;
import io.millrace.model.QueueName;
import io.millrace.model.VhostName;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Which nodes get a durable queue, and how many of them a confirm takes.
class QueuePlacementTest {
    private final Steps steps = new Steps(TestImage.ofNodes(3));

    @BeforeEach
    void defaults() {
        steps.run(new DeclareDefaults());
    }

    private TopicView declared(String name, QueueType type, int node, Arguments arguments) {
        QueueRef queue = new QueueRef(new VhostName("/"), new QueueName(name));
        assertThat(steps.run(new ChangeTopology(new TopologyChange.DeclareQueue(
                        new QueueSpec(queue, type, true, false, false, arguments), node, Optional.empty()))))
                .isEqualTo(new Done(true));
        return steps.image().topic("queue." + name).orElseThrow();
    }

    private int leader(String name, QueueType type, int node, Arguments arguments) {
        return declared(name, type, node, arguments).partitions().getFirst().leader();
    }

    @Test
    void theNodeThatWasAskedLeadsTheQueue() {
        for (int node = 1; node <= 3; node++) {
            assertThat(leader("c" + node, QueueType.CLASSIC, node, Arguments.NONE))
                    .isEqualTo(node);
            assertThat(leader("q" + node, QueueType.QUORUM, node, Arguments.NONE))
                    .isEqualTo(node);
            assertThat(leader("s" + node, QueueType.STREAM, node, Arguments.NONE))
                    .isEqualTo(node);
            Arguments local = Arguments.of("x-queue-leader-locator", ArgumentValue.text("client-local"));
            assertThat(leader("l" + node, QueueType.QUORUM, node, local)).isEqualTo(node);
        }
    }

    @Test
    void anotherLocatorSpreadsThem() {
        Arguments anywhere = Arguments.of("x-queue-leader-locator", ArgumentValue.text("balanced"));
        Arguments mirrored = Arguments.of("x-queue-master-locator", ArgumentValue.text("min-masters"));
        Set<Integer> quorum = new HashSet<>();
        Set<Integer> classic = new HashSet<>();
        for (int i = 0; i < 100; i++) {
            quorum.add(leader("q" + i, QueueType.QUORUM, 1, anywhere));
            classic.add(leader("c" + i, QueueType.CLASSIC, 1, mirrored));
        }

        assertThat(quorum).containsExactlyInAnyOrder(1, 2, 3);
        assertThat(classic).containsExactlyInAnyOrder(1, 2, 3);
    }

    @Test
    void aConfirmOfAQuorumQueueOrStreamTakesAMajority() {
        assertThat(declared("q", QueueType.QUORUM, 1, Arguments.NONE).overrides())
                .containsEntry("min.insync.replicas", "2");
        assertThat(declared("s", QueueType.STREAM, 1, Arguments.NONE).overrides())
                .containsEntry("min.insync.replicas", "2");
        assertThat(declared("c", QueueType.CLASSIC, 1, Arguments.NONE).overrides())
                .doesNotContainKey("min.insync.replicas");
        Arguments one = Arguments.of("x-quorum-initial-group-size", ArgumentValue.whole(1));
        assertThat(declared("alone", QueueType.QUORUM, 1, one).overrides()).containsEntry("min.insync.replicas", "1");
    }

    @Test
    void aSilentReplicaHoldsUpNoQueueForLong() {
        for (QueueType type : QueueType.values()) {
            assertThat(declared("lag" + type, type, 1, Arguments.NONE).overrides())
                    .containsEntry("millrace.replica.lag.time.max.ms", "3000");
        }
    }

    @Test
    void whoIsAwayCountsForTheMajority() {
        steps.run(new FenceNode(3, steps.image().registration(3).orElseThrow().epoch()));

        TopicView queue = declared("q", QueueType.QUORUM, 3, Arguments.NONE);

        assertThat(queue.partitions().getFirst().replicas()).containsExactlyInAnyOrder(1, 2);
        assertThat(queue.overrides()).containsEntry("min.insync.replicas", "2");
    }
}
