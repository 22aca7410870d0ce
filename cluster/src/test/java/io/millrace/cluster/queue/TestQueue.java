package io.millrace.cluster.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.message.Message;
import io.millrace.broker.queue.ConsumerSpec;
import io.millrace.broker.queue.Delivery;
import io.millrace.broker.queue.Hold;
import io.millrace.broker.queue.PublishGate;
import io.millrace.broker.queue.QueueConsumer;
import io.millrace.broker.queue.QueueOutcome;
import io.millrace.broker.queue.QueueSite;
import io.millrace.broker.queue.Queues.CountsReply;
import io.millrace.broker.queue.Settlement;
import io.millrace.broker.topology.QueueView;
import io.millrace.model.Loop;
import io.millrace.testkit.SeededRandomness;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// One replicated queue as simple as can be: what is stored stays, wherever it is led; who leads it has the holds.
final class TestQueue {
    final List<Integer> stored = new ArrayList<>();
    private final Loop loop;
    private final SeededRandomness random;
    private final TreeSet<Integer> ready = new TreeSet<>();
    private final TreeSet<Integer> touched = new TreeSet<>();
    private final List<SiteHold> holds = new ArrayList<>();
    final TreeSet<Integer> settled = new TreeSet<>();
    /// Asked before a message is settled, by its number.
    Consumer<Integer> onSettle = number -> {};
    int leader;

    TestQueue(Loop loop, SeededRandomness random, int leader) {
        this.loop = loop;
        this.random = random;
        this.leader = leader;
    }

    private static final int NOBODY = -1;

    /// Another node leads it, or nobody for now.
    void move(int to) {
        leader = to;
        List.copyOf(holds).forEach(SiteHold::lose);
    }

    boolean isLed() {
        return leader != NOBODY;
    }

    private void serve() {
        List<SiteHold> takers =
                holds.stream().filter(hold -> !hold.consumers.isEmpty()).toList();
        while (!ready.isEmpty() && !takers.isEmpty()) {
            SiteHold taker = random.pick(takers);
            if (taker.paused) {
                return;
            }
            Map.Entry<String, QueueConsumer> consumer = random.pick(List.copyOf(taker.consumers.entrySet()));
            consumer.getValue().deliver(List.of(taker.take(ready.first())));
        }
    }

    /// The queue as one link uses it at one node.
    QueueSite at(int nodeId) {
        return new Site(nodeId);
    }

    private final class Site implements QueueSite {
        private final int nodeId;
        private final PublishGate gate = new PublishGate();

        Site(int nodeId) {
            this.nodeId = nodeId;
        }

        @Override
        public void publish(QueueView queue, int attempt, Message message, Consumer<Fate> fate) {
            if (gate.isShut(queue.id(), attempt) || leader != nodeId) {
                gate.shut(queue.id(), attempt);
                loop.post(() -> fate.accept(Fate.NOT_HERE));
                return;
            }
            int number = LinkProperty.number(message);
            stored.add(number);
            loop.after(random.between(0, 3), () -> {
                ready.add(number);
                serve();
                fate.accept(random.onceIn(50) ? Fate.FAILED : Fate.STORED);
            });
        }

        @Override
        public Hold hold(QueueView queue, Runnable onLost) {
            return new SiteHold(nodeId, onLost);
        }

        @Override
        public void counts(QueueView queue, boolean isUse, Consumer<CountsReply> reply) {
            QueueOutcome outcome = leader == nodeId ? QueueOutcome.DONE : QueueOutcome.UNAVAILABLE;
            loop.post(() -> reply.accept(new CountsReply(outcome, ready.size(), 0, holds.size())));
        }

        @Override
        public void purge(QueueView queue, Consumer<CountsReply> reply) {
            counts(queue, false, reply);
        }

        @Override
        public void delete(QueueView queue, boolean ifUnused, boolean ifEmpty, Consumer<CountsReply> reply) {
            counts(queue, false, reply);
        }
    }

    private final class SiteHold implements Hold {
        private final int nodeId;
        private final Runnable onLost;
        private final Map<String, QueueConsumer> consumers = new LinkedHashMap<>();
        private final TreeMap<Integer, Boolean> unsettled = new TreeMap<>();
        private boolean paused;
        private boolean known;
        private boolean over;

        SiteHold(int nodeId, Runnable onLost) {
            this.nodeId = nodeId;
            this.onLost = onLost;
        }

        private boolean isHere() {
            if (!known && leader == nodeId && !over) {
                known = true;
                holds.add(this);
            }
            return known && !over;
        }

        void lose() {
            end();
            loop.post(onLost);
        }

        private void end() {
            over = true;
            holds.remove(this);
            consumers.clear();
            ready.addAll(unsettled.keySet());
            unsettled.clear();
        }

        Delivery take(int number) {
            ready.remove(number);
            unsettled.put(number, true);
            boolean isAgain = !touched.add(number);
            return new Delivery(number, LinkProperty.message(number), isAgain, isAgain ? 1 : 0);
        }

        @Override
        public void consume(ConsumerSpec spec, QueueConsumer consumer, Consumer<QueueOutcome> reply) {
            boolean isHere = isHere();
            loop.post(() -> reply.accept(isHere ? QueueOutcome.DONE : QueueOutcome.UNAVAILABLE));
            if (isHere) {
                consumers.put(spec.tag(), consumer);
                loop.post(TestQueue.this::serve);
            }
        }

        @Override
        public void cancel(String consumerTag, Runnable reply) {
            consumers.remove(consumerTag);
            loop.post(reply);
        }

        @Override
        public void get(boolean autoAck, GetReply reply) {
            boolean isHere = isHere();
            @Nullable Delivery delivery = isHere && !ready.isEmpty() ? take(ready.first()) : null;
            loop.post(() -> reply.got(
                    isHere ? QueueOutcome.DONE : QueueOutcome.UNAVAILABLE, delivery, isHere ? ready.size() : 0));
        }

        @Override
        public void settle(long[] offsets, int count, Settlement settlement) {
            for (int at = 0; at < count; at++) {
                int number = (int) offsets[at];
                if (unsettled.remove(number) == null) {
                    continue;
                }
                if (settlement == Settlement.REQUEUE) {
                    ready.add(number);
                } else {
                    onSettle.accept(number);
                    assertThat(settled.add(number))
                            .as("%s settled once", number)
                            .isTrue();
                }
            }
            loop.post(TestQueue.this::serve);
        }

        @Override
        public void limit(int unsettledMax) {
            // this queue has no limits
        }

        @Override
        public void pause(boolean pausing) {
            paused = pausing;
            loop.post(TestQueue.this::serve);
        }

        @Override
        public void close() {
            end();
            loop.post(TestQueue.this::serve);
        }
    }
}
