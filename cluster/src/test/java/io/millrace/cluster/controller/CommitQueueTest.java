package io.millrace.cluster.controller;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.catalog.TopicView;
import io.millrace.broker.topology.CommitQueue;
import io.millrace.broker.topology.ParameterKey;
import io.millrace.broker.topology.QueueView;
import io.millrace.broker.topology.TopologyChange;
import io.millrace.broker.topology.TopologyReply;
import io.millrace.broker.topology.TopologyReply.Done;
import io.millrace.broker.topology.VhostView;
import io.millrace.cluster.metadata.ImageSnapshot;
import io.millrace.cluster.metadata.MetadataImage;
import io.millrace.model.ArgumentValue;
import io.millrace.model.Arguments;
import io.millrace.model.VhostName;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Each node has a queue for commits in each virtual host where it needs one, and nobody sees it.
class CommitQueueTest {
    private static final VhostName ROOT = new VhostName("/");
    private static final String TOPIC = "queue.amq.tx.2";

    private final Steps steps = new Steps(TestImage.ofNodes(3));

    @BeforeEach
    void defaults() {
        steps.run(new DeclareDefaults());
    }

    private TopologyReply declare(VhostName vhost, int nodeId) {
        return steps.run(new ChangeTopology(
                new TopologyChange.DeclareQueue(CommitQueue.of(vhost, nodeId), nodeId, Optional.empty())));
    }

    private VhostView vhost(VhostName name) {
        return steps.image().topology().vhost(name).orElseThrow();
    }

    @Test
    void itIsDeclaredOnceLedByItsNodeAndSeenByNobody() {
        assertThat(declare(ROOT, 2)).isEqualTo(new Done(true));
        assertThat(declare(ROOT, 2)).isEqualTo(new Done(false));

        TopicView topic = steps.image().topic(TOPIC).orElseThrow();
        assertThat(topic.internal()).isTrue();
        assertThat(topic.partitions().getFirst().replicas()).hasSize(3);
        assertThat(topic.partitions().getFirst().leader()).isEqualTo(2);
        QueueView queue = vhost(ROOT).anyQueue(CommitQueue.nameOf(2)).orElseThrow();
        assertThat(queue.home()).isEqualTo(new QueueView.Home.OnLog(TOPIC, topic.id()));
        assertThat(vhost(ROOT).queue(CommitQueue.nameOf(2))).isEmpty();
        assertThat(vhost(ROOT).queuesFrom("")).isEmpty();
        assertThat(vhost(ROOT).queueCount()).isZero();
        assertThat(vhost(ROOT).routing().hasQueue(CommitQueue.nameOf(2))).isFalse();
    }

    @Test
    void aLimitOfQueuesDoesNotCountIt() {
        steps.run(new ChangeTopology(new TopologyChange.PutParameter(
                ParameterKey.limitsOf(ROOT),
                new ArgumentValue.Table(Arguments.of("max-queues", ArgumentValue.whole(0))))));

        assertThat(declare(ROOT, 1)).isEqualTo(new Done(true));
    }

    @Test
    void itOutlivesASnapshotOfTheMetadata() {
        declare(ROOT, 2);

        MetadataImage again = MetadataImage.empty("cluster", 1, Map.of()).with(ImageSnapshot.records(steps.image()));

        assertThat(again.topology().vhost(ROOT).orElseThrow().anyQueue(CommitQueue.nameOf(2)))
                .isEqualTo(vhost(ROOT).anyQueue(CommitQueue.nameOf(2)));
    }

    @Test
    void itGoesWithItsVirtualHost() {
        VhostName other = new VhostName("other");
        steps.run(new ChangeTopology(new TopologyChange.PutVhost(other, Arguments.NONE)));
        declare(other, 1);
        assertThat(steps.image().topic("queue_other.amq.tx.1")).isPresent();

        steps.run(new ChangeTopology(new TopologyChange.DeleteVhost(other)));

        assertThat(steps.image().topic("queue_other.amq.tx.1")).isEmpty();
    }
}
