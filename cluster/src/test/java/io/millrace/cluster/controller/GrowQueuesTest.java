package io.millrace.cluster.controller;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.catalog.CatalogChanges.NewTopic;
import io.millrace.broker.catalog.ClusterChanges.Reassignment;
import io.millrace.broker.catalog.PartitionView;
import io.millrace.broker.catalog.TopicView;
import io.millrace.broker.topology.QueueRef;
import io.millrace.broker.topology.QueueSpec;
import io.millrace.broker.topology.QueueType;
import io.millrace.broker.topology.TopologyChange;
import io.millrace.broker.topology.TopologyReply.Done;
import io.millrace.cluster.metadata.MetadataRecord.NodeCordoned;
import io.millrace.model.ArgumentValue;
import io.millrace.model.Arguments;
import io.millrace.model.QueueName;
import io.millrace.model.VhostName;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// Queues that were declared while a node was away.
class GrowQueuesTest {
    private static final int AWAY = 3;

    private Steps steps = new Steps(TestImage.ofNodes(3));

    GrowQueuesTest() {
        steps.run(new DeclareDefaults());
        steps.run(new FenceNode(AWAY, AWAY));
    }

    private void comesBack() {
        steps.run(new UnfenceNode(AWAY, AWAY));
    }

    private void declare(String name, QueueType type, Arguments arguments) {
        QueueRef queue = new QueueRef(new VhostName("/"), new QueueName(name));
        assertThat(steps.run(new ChangeTopology(new TopologyChange.DeclareQueue(
                        new QueueSpec(queue, type, true, false, false, arguments), 1, Optional.empty()))))
                .isEqualTo(new Done(true));
    }

    private TopicView topic(String name) {
        return steps.image().topic(name).orElseThrow();
    }

    private PartitionView partition(String name) {
        return topic(name).partitions().getFirst();
    }

    private List<Integer> adding(String queue) {
        return partition("queue." + queue).addingReplicas();
    }

    /// Its leader sees the new replica in sync.
    private void arrived(String queue) {
        PartitionView partition = partition("queue." + queue);
        List<InSyncMember> all = List.of(1, 2, AWAY).stream()
                .map(node -> new InSyncMember(node, node))
                .toList();
        var change = new InSyncChange(
                topic("queue." + queue).id(), 0, partition.leaderEpoch(), partition.partitionEpoch(), all);
        steps.run(new ChangeInSync(partition.leader(), partition.leader(), List.of(change)));
    }

    @Test
    void quorumQueuesAndStreamsGetTheReplicaTheyLack() {
        declare("q", QueueType.QUORUM, Arguments.NONE);
        declare("s", QueueType.STREAM, Arguments.NONE);
        assertThat(steps.run(GrowQueues.all())).isFalse();
        assertThat(adding("q")).as("nobody to take it").isEmpty();
        comesBack();

        assertThat(steps.run(GrowQueues.all())).isFalse();
        assertThat(adding("q")).containsExactly(AWAY);
        assertThat(adding("s")).containsExactly(AWAY);

        arrived("q");
        assertThat(partition("queue.q").replicas()).containsExactlyInAnyOrder(1, 2, AWAY);
        assertThat(partition("queue.q").isReassigning()).isFalse();
        assertThat(partition("queue.q").leader()).isEqualTo(1);
        steps.run(GrowQueues.all());
        assertThat(partition("queue.q").isReassigning()).isFalse();
    }

    @Test
    void nothingElseGetsAny() {
        declare("classic", QueueType.CLASSIC, Arguments.NONE);
        declare("two", QueueType.QUORUM, Arguments.of("x-quorum-initial-group-size", ArgumentValue.whole(2)));
        steps.run(new CreateTopics(
                List.of(new NewTopic("kafka", -1, -1, Map.of(0, List.of(1, 2)), Map.of("min.insync.replicas", "2"))),
                false));
        comesBack();
        declare("whole", QueueType.QUORUM, Arguments.NONE);
        var before = steps.image();

        assertThat(steps.run(GrowQueues.all())).isFalse();

        assertThat(steps.image()).as("nothing is written").isSameAs(before);
    }

    @Test
    void aNodeThatIsCordonedTakesNone() {
        declare("q", QueueType.QUORUM, Arguments.NONE);
        comesBack();
        steps = new Steps(steps.image().with(List.of(new NodeCordoned(AWAY, true))));

        steps.run(GrowQueues.all());

        assertThat(adding("q")).isEmpty();
    }

    @Test
    void fewMoveAtATimeAndThoseOfOperatorsCount() {
        int count = GrowQueues.UNDER_WAY_MAX + 5;
        for (int i = 0; i < count; i++) {
            declare("q" + i, QueueType.QUORUM, Arguments.NONE);
        }
        steps.run(new CreateTopics(List.of(new NewTopic("kafka", -1, -1, Map.of(0, List.of(1)), Map.of())), false));
        comesBack();
        steps.run(new Reassign(List.of(new Reassignment("kafka", 0, Optional.of(List.of(2)))), true));

        assertThat(steps.run(GrowQueues.all())).as("there is more to do").isTrue();
        assertThat(growing(count)).isEqualTo(GrowQueues.UNDER_WAY_MAX - 1);
        assertThat(steps.run(GrowQueues.all())).isTrue();
        assertThat(growing(count)).isEqualTo(GrowQueues.UNDER_WAY_MAX - 1);

        for (int i = 0; i < count; i++) {
            if (!adding("q" + i).isEmpty()) {
                arrived("q" + i);
            }
        }
        assertThat(steps.run(GrowQueues.all())).isFalse();
        assertThat(growing(count)).isEqualTo(count - (GrowQueues.UNDER_WAY_MAX - 1));
    }

    private long growing(int count) {
        long growing = 0;
        for (int i = 0; i < count; i++) {
            growing += adding("q" + i).isEmpty() ? 0 : 1;
        }
        return growing;
    }

    @Test
    void thoseOfAClusterThatWasOneNodeStayAsTheyAre() {
        steps = new Steps(TestImage.ofNodes(1));
        steps.run(new DeclareDefaults());
        declare("q", QueueType.QUORUM, Arguments.NONE);
        steps = new Steps(steps.image().with(List.of(TestImage.registered(2), TestImage.registered(3))));

        steps.run(GrowQueues.all());

        assertThat(adding("q")).isEmpty();
    }
}
