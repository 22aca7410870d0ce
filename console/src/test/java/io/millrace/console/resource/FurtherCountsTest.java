package io.millrace.console.resource;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.message.Message;
import io.millrace.broker.queue.Hold;
import io.millrace.broker.queue.Publication;
import io.millrace.broker.queue.QueueOutcome;
import io.millrace.broker.queue.Queues;
import io.millrace.broker.routing.Router;
import io.millrace.broker.topology.EffectivePolicy;
import io.millrace.broker.topology.QueueRef;
import io.millrace.broker.topology.QueueSpec;
import io.millrace.broker.topology.QueueType;
import io.millrace.broker.topology.QueueView;
import io.millrace.console.port.ClusterView;
import io.millrace.console.port.QueueAccess;
import io.millrace.console.port.Tallies;
import io.millrace.model.Arguments;
import io.millrace.model.QueueName;
import io.millrace.model.TopicId;
import io.millrace.model.VhostName;
import io.millrace.testkit.ManualClock;
import io.millrace.testkit.ManualLoop;
import io.millrace.testkit.SeededRandomness;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class FurtherCountsTest {
    private static final long MS_MAX = 500;

    private final ManualLoop loop = new ManualLoop(new ManualClock());
    private final Map<QueueView, Consumer<Queues.CountsReply>> asked = new HashMap<>();
    private final FurtherCounts further = new FurtherCounts(
            new QueueAccess(
                    loop,
                    new SlowQueues(),
                    new Router(new SeededRandomness(1), queue -> true, 0),
                    (vhost, name) -> Optional.empty()),
            new OneNode(),
            MS_MAX);
    private final List<Tallies> known = new ArrayList<>();

    private static QueueView queue(int number) {
        QueueSpec spec = new QueueSpec(
                new QueueRef(VhostName.HOME, new QueueName("q" + number)),
                QueueType.CLASSIC,
                true,
                false,
                false,
                Arguments.NONE);
        TopicId id = new TopicId(1, number);
        return new QueueView(
                spec, id, new QueueView.Home.OnLog("q" + number, id), Optional.empty(), EffectivePolicy.NONE);
    }

    private void answer(QueueView queue) {
        loop.call(() -> {
            asked.get(queue).accept(new Queues.CountsReply(QueueOutcome.DONE, 7, 0, 0));
            return queue;
        });
    }

    @Test
    void aQueueThatStandsStillIsNotWaitedForLonger() {
        further.ask(List.of(queue(1), queue(2)), Tallies.none(1, 0), known::add);
        loop.runReady();
        answer(queue(1));
        assertThat(known).isEmpty();

        loop.advance(Duration.ofMillis(MS_MAX));
        answer(queue(2));

        assertThat(known).hasSize(1);
        assertThat(known.getFirst().asked()).containsOnlyKeys(queue(1).id());
    }

    @Test
    void whenAllHaveAnsweredNobodyWaits() {
        further.ask(List.of(queue(1), queue(2)), Tallies.none(1, 0), known::add);
        loop.runReady();
        answer(queue(1));
        answer(queue(2));
        loop.advance(Duration.ofMillis(MS_MAX));

        assertThat(known).hasSize(1);
        assertThat(known.getFirst().asked()).containsOnlyKeys(queue(1).id(), queue(2).id());
    }

    /// They answer when the test does.
    private final class SlowQueues implements Queues {
        @Override
        public void counts(QueueView queue, boolean isUse, Consumer<CountsReply> reply) {
            asked.put(queue, reply);
        }

        @Override
        public void publish(QueueView queue, Message message, Publication publication) {
            throw new AssertionError("counts change nothing");
        }

        @Override
        public Hold hold(QueueView queue) {
            throw new AssertionError("counts change nothing");
        }

        @Override
        public void purge(QueueView queue, Consumer<CountsReply> reply) {
            throw new AssertionError("counts change nothing");
        }

        @Override
        public void delete(QueueView queue, boolean ifUnused, boolean ifEmpty, Consumer<CountsReply> reply) {
            throw new AssertionError("counts change nothing");
        }
    }

    private static final class OneNode implements ClusterView {
        @Override
        public String clusterName() {
            return "test";
        }

        @Override
        public NodeRow self() {
            return new NodeRow(ClusterView.nameOf(1), true, Optional.empty());
        }

        @Override
        public List<NodeRow> nodes() {
            return List.of(self());
        }

        @Override
        public List<AlarmRow> alarms() {
            return List.of();
        }

        @Override
        public Optional<String> home(QueueView queue) {
            return Optional.of(self().name());
        }

        @Override
        public List<ListenerRow> listeners() {
            return List.of();
        }

        @Override
        public String notReady() {
            return "";
        }
    }
}
