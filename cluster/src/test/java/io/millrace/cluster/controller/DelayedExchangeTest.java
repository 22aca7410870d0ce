package io.millrace.cluster.controller;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.catalog.TopicView;
import io.millrace.broker.routing.Binding;
import io.millrace.broker.routing.Delay;
import io.millrace.broker.routing.Destination;
import io.millrace.broker.routing.ExchangeSpec;
import io.millrace.broker.routing.ExchangeType;
import io.millrace.broker.topology.QueueView;
import io.millrace.broker.topology.TopologyChange;
import io.millrace.broker.topology.TopologyReply;
import io.millrace.broker.topology.TopologyReply.Done;
import io.millrace.broker.topology.VhostView;
import io.millrace.cluster.metadata.ImageSnapshot;
import io.millrace.cluster.metadata.MetadataImage;
import io.millrace.model.ArgumentValue;
import io.millrace.model.Arguments;
import io.millrace.model.ExchangeName;
import io.millrace.model.QueueName;
import io.millrace.model.TopicId;
import io.millrace.model.VhostName;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// The queue of a delayed exchange comes and goes with it, and nobody sees it.
class DelayedExchangeTest {
    private static final VhostName ROOT = new VhostName("/");
    private static final ExchangeName LATER = new ExchangeName("later");
    private static final String TOPIC = "queue.amq.delayed.later";

    private final Steps steps = new Steps(TestImage.ofNodes(3));

    @BeforeEach
    void defaults() {
        steps.run(new DeclareDefaults());
    }

    private TopologyReply run(TopologyChange change) {
        return steps.run(new ChangeTopology(change));
    }

    private TopologyReply declare(boolean durable, boolean autoDelete) {
        return run(new TopologyChange.DeclareExchange(
                ROOT,
                new ExchangeSpec(
                        LATER,
                        ExchangeType.DELAYED,
                        durable,
                        autoDelete,
                        false,
                        Arguments.of(ExchangeSpec.DELAYED_TYPE, ArgumentValue.text("topic")))));
    }

    private VhostView root() {
        return steps.image().topology().vhost(ROOT).orElseThrow();
    }

    private Optional<QueueView> delays() {
        return root().anyQueue(Delay.queueOf(LATER));
    }

    private void assertGone() {
        assertThat(root().routing().exchange(LATER)).isEmpty();
        assertThat(delays()).isEmpty();
        assertThat(steps.image().topic(TOPIC)).isEmpty();
    }

    @Test
    void itIsDeclaredOnceAndSeenByNobody() {
        assertThat(declare(true, false)).isEqualTo(new Done(true));
        assertThat(declare(true, false)).isEqualTo(new Done(false));

        TopicView topic = steps.image().topic(TOPIC).orElseThrow();
        assertThat(topic.internal()).isTrue();
        assertThat(topic.partitions().getFirst().replicas()).hasSize(3);
        QueueView queue = delays().orElseThrow();
        assertThat(queue.home()).isEqualTo(new QueueView.Home.OnLog(TOPIC, topic.id()));
        assertThat(steps.image().topology().queueOn(topic.id())).contains(queue.ref());
        assertThat(root().queue(queue.ref().name())).isEmpty();
        assertThat(root().queuesFrom("")).isEmpty();
        assertThat(root().queueCount()).isZero();
        assertThat(root().routing().hasQueue(queue.ref().name())).isFalse();
    }

    @Test
    void itOutlivesASnapshotOfTheMetadata() {
        declare(true, false);

        MetadataImage again = MetadataImage.empty("cluster", 1, Map.of()).with(ImageSnapshot.records(steps.image()));

        assertThat(again.topology().vhost(ROOT).orElseThrow().anyQueue(Delay.queueOf(LATER)))
                .isEqualTo(delays());
    }

    @Test
    void itGoesWithTheExchange() {
        declare(true, false);
        TopicId first = steps.image().topic(TOPIC).orElseThrow().id();

        run(new TopologyChange.DeleteExchange(ROOT, LATER, false));

        assertGone();
        declare(true, false);
        assertThat(steps.image().topic(TOPIC).orElseThrow().id()).isNotEqualTo(first);
    }

    @Test
    void itGoesWithTheLastBindingOfAnAutoDeleteExchange() {
        declare(true, true);
        Binding binding =
                new Binding(LATER, new Destination.ToExchange(new ExchangeName("amq.topic")), "#", Arguments.NONE);
        run(new TopologyChange.Bind(ROOT, binding));

        run(new TopologyChange.Unbind(ROOT, binding));

        assertGone();
    }

    @Test
    void itGoesWithAnExchangeThatIsNotDurable() {
        declare(false, false);
        for (int node = 1; node <= 3; node++) {
            assertThat(delays()).isPresent();
            steps.run(TestImage.register(
                    node, new TopicId(node, 1_000 + steps.image().lastNodeEpoch()), new TopicId(node, 2)));
        }

        assertGone();
    }

    @Test
    void itGoesWithTheVirtualHost() {
        declare(true, false);

        run(new TopologyChange.DeleteVhost(ROOT));

        assertThat(steps.image().topic(TOPIC)).isEmpty();
        assertThat(steps.image().topology().vhosts()).isEmpty();
    }

    @Test
    void aClientsQueueHasNoSuchName() {
        assertThat(Delay.exchangeOf(new QueueName("amq.gen-1"))).isEmpty();
        assertThat(Delay.exchangeOf(Delay.queueOf(LATER))).contains(LATER);
    }
}
