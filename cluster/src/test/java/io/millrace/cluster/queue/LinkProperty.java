package io.millrace.cluster.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.message.FormatId;
import io.millrace.broker.message.Message;
import io.millrace.broker.queue.ClusterQueues;
import io.millrace.broker.queue.ConsumerSpec;
import io.millrace.broker.queue.Delivery;
import io.millrace.broker.queue.Hold;
import io.millrace.broker.queue.Publication;
import io.millrace.broker.queue.QueueConsumer;
import io.millrace.broker.queue.QueueOutcome;
import io.millrace.broker.queue.QueueSite;
import io.millrace.broker.queue.QueueWhereabouts.Place;
import io.millrace.broker.queue.Settlement;
import io.millrace.broker.topology.EffectivePolicy;
import io.millrace.broker.topology.QueueRef;
import io.millrace.broker.topology.QueueSpec;
import io.millrace.broker.topology.QueueType;
import io.millrace.broker.topology.QueueView;
import io.millrace.broker.topology.QueueView.Home;
import io.millrace.broker.topology.TopologyReply;
import io.millrace.model.Arguments;
import io.millrace.model.QueueName;
import io.millrace.model.TopicId;
import io.millrace.model.VhostName;
import io.millrace.testkit.ManualClock;
import io.millrace.testkit.ManualLoop;
import io.millrace.testkit.Property;
import io.millrace.testkit.SeededRandomness;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/// A node that leads nothing, with publishers, consumers and gets, while the queue moves between others, connections
/// break, and what this node knows of it is late: nothing confirmed is lost, nothing is settled but by whoever has it
/// now, the order is kept, and every question is answered.
class LinkProperty {
    private static final int NODES = 3;
    private static final int NOBODY = -1;

    private static final int LARGE = Unit.INLINE_MAX * 3;
    private static final int LARGE_EVERY = 15;

    /// A message with this number; some are large.
    static Message message(int number) {
        byte[] digits = Integer.toString(number).getBytes(StandardCharsets.UTF_8);
        byte[] body = Arrays.copyOf(digits, number % LARGE_EVERY == 0 ? LARGE : digits.length);
        return new Message(FormatId.AMQP_0_9_1, "", "key \ud800", new byte[] {1, 2}, body, 7);
    }

    static int number(Message message) {
        return Integer.parseInt(new String(message.body(), StandardCharsets.UTF_8).trim());
    }

    /// What one run knows of the truth.
    private static final class Story {
        private final SeededRandomness random;
        private final ManualLoop loop;
        private final QueueView queue;
        private final TestQueue truth;
        private final TornLines lines;
        private final Map<Integer, QueueLink> links = new LinkedHashMap<>();
        private final ClusterQueues queues;
        private final TightRoom room = new TightRoom(LARGE + LARGE / 2);
        private final Hold hold;
        private final Set<Integer> unanswered = new TreeSet<>();
        private final Set<Integer> confirmed = new TreeSet<>();
        private final List<Delivery> deliveries = new ArrayList<>();
        private final Map<Integer, Integer> latest = new TreeMap<>();
        private final Set<Integer> acknowledged = new TreeSet<>();
        private int seenLeader;
        private int published;
        private int questions;
        private int consumers;
        private boolean clientIsDone;

        Story(SeededRandomness random) {
            this.random = random;
            ManualClock clock = new ManualClock();
            this.loop = new ManualLoop(clock);
            this.truth = new TestQueue(loop, random, 1);
            this.seenLeader = 1;
            this.lines = new TornLines(loop, random);
            var ref = new QueueRef(new VhostName("/"), new QueueName("q \ud800"));
            var id = new TopicId(7, 1);
            var spec = new QueueSpec(ref, QueueType.QUORUM, true, false, false, Arguments.NONE);
            this.queue = new QueueView(spec, id, new Home.OnLog("queue.q", id), Optional.empty(), EffectivePolicy.NONE);
            for (int node = 0; node < NODES; node++) {
                int number = node;
                links.put(node, new QueueLink(loop, lines.to(line -> desk(clock, number, line)), room));
            }
            this.queues = new ClusterQueues(
                    loop,
                    clock,
                    view -> seenLeader == NOBODY ? new Place.Nowhere() : new Place.OnNode(seenLeader),
                    this::site,
                    (change, reply) -> reply.accept(new TopologyReply.Done(true)),
                    60_000);
            this.hold = queues.hold(queue);
            truth.onSettle = this::onSettle;
        }

        private QueueDesk desk(ManualClock clock, int number, QueueLine line) {
            long knownMs = clock.monotonicMs() + (random.onceIn(10) ? random.between(0, 30) : 0);
            return new QueueDesk(
                    loop,
                    clock,
                    (_, id) -> id.equals(queue.id()) && clock.monotonicMs() >= knownMs
                            ? Optional.of(queue)
                            : Optional.empty(),
                    truth.at(number),
                    (_, _) -> {},
                    () -> random.onceIn(20),
                    room,
                    line);
        }

        private QueueSite site(int nodeId) {
            return links.get(nodeId);
        }

        /// Whoever settles a message has acknowledged what it got last.
        private void onSettle(int number) {
            Integer delivery = latest.get(number);
            assertThat(delivery).isNotNull();
            assertThat(acknowledged)
                    .as("message %s was acknowledged where it is settled", number)
                    .contains(delivery);
        }

        void step() {
            loop.call(() -> {
                act();
                return this;
            });
            loop.advance(Duration.ofMillis(random.between(0, 8)));
        }

        private void act() {
            switch (random.nextInt(16)) {
                case 0, 1, 2, 3 -> publish();
                case 4 -> consume();
                case 5, 6, 7, 8 -> acknowledge();
                case 9 -> get();
                case 10 -> lines.tear();
                case 11 -> move();
                case 12 -> ask();
                case 13 -> cancel();
                case 14 -> pauseForAWhile();
                default -> links.get(random.nextInt(NODES)).drop("fenced");
            }
        }

        private void publish() {
            for (int left = random.between(1, 20); left > 0; left--) {
                int number = published++;
                unanswered.add(number);
                queues.publish(queue, message(number), end -> {
                    assertThat(unanswered.remove(number)).isTrue();
                    if (end == Publication.End.STORED) {
                        confirmed.add(number);
                    }
                });
            }
        }

        private void delivered(Delivery delivery) {
            int number = number(delivery.message());
            assertThat(delivery.message().routingKey()).isEqualTo("key \ud800");
            assertThat(delivery.redelivered() || !latest.containsKey(number))
                    .as("message %s is marked", number)
                    .isTrue();
            latest.put(number, deliveries.size());
            deliveries.add(delivery);
        }

        private void consume() {
            if (consumers < 5) {
                consume("c" + consumers++);
            }
        }

        private void consume(String tag) {
            questions++;
            hold.consume(
                    new ConsumerSpec(tag, false, false, 0, Arguments.NONE),
                    new QueueConsumer() {
                        @Override
                        public void deliver(List<Delivery> arrived) {
                            arrived.forEach(Story.this::delivered);
                        }

                        @Override
                        public void cancelled() {
                            throw new AssertionError("cancelled");
                        }
                    },
                    outcome -> {
                        questions--;
                        assertThat(outcome).isIn(QueueOutcome.DONE, QueueOutcome.UNAVAILABLE);
                    });
        }

        private void cancel() {
            questions++;
            hold.cancel("c" + random.nextInt(5), () -> questions--);
        }

        private void get() {
            questions++;
            hold.get(false, (outcome, delivery, readyAfter) -> {
                questions--;
                if (delivery != null) {
                    delivered(delivery);
                }
            });
        }

        private void ask() {
            questions++;
            queues.counts(queue, false, reply -> {
                questions--;
                assertThat(reply.outcome()).isEqualTo(QueueOutcome.DONE);
            });
        }

        private void acknowledge() {
            int count = Math.min(deliveries.size(), random.between(1, 10));
            long[] offsets = new long[count];
            for (int at = 0; at < count; at++) {
                int delivery = random.onceIn(4) ? random.nextInt(deliveries.size()) : deliveries.size() - count + at;
                acknowledged.add(delivery);
                offsets[at] = deliveries.get(delivery).offset();
            }
            hold.settle(offsets, count, clientIsDone || !random.onceIn(5) ? Settlement.ACKNOWLEDGE : Settlement.REJECT);
        }

        private void pauseForAWhile() {
            hold.pause(true);
            loop.after(random.between(1, 20), () -> hold.pause(false));
        }

        private void move() {
            truth.move(random.onceIn(3) ? NOBODY : random.nextInt(NODES));
            int now = truth.leader;
            loop.after(random.between(0, 40), () -> {
                seenLeader = now;
                queues.onMoved(List.of(queue.id()));
            });
        }

        void end() {
            loop.call(() -> {
                truth.move(2);
                return this;
            });
            loop.advance(Duration.ofMillis(100));
            loop.call(() -> {
                seenLeader = 2;
                queues.onMoved(List.of(queue.id()));
                consume("last");
                clientIsDone = true;
                return this;
            });
            for (int round = 0; round < 20; round++) {
                loop.advance(Duration.ofMillis(200));
                loop.call(() -> {
                    long[] all = deliveries.stream().mapToLong(Delivery::offset).toArray();
                    for (int at = 0; at < all.length; at++) {
                        acknowledged.add(at);
                    }
                    hold.settle(all, all.length, Settlement.ACKNOWLEDGE);
                    return this;
                });
            }
            assertThat(unanswered).isEmpty();
            assertThat(questions).isZero();
            assertThat(truth.stored).doesNotHaveDuplicates();
            // one that was held up on a connection that ended may come late, when its publisher was told no
            assertThat(truth.stored.stream().filter(confirmed::contains)).isSorted();
            assertThat(truth.stored).containsAll(confirmed);
            assertThat(truth.settled).containsExactlyInAnyOrderElementsOf(truth.stored);
            assertThat(room.large).isZero();
            assertThat(room.small).isZero();
            assertThat(room.largest).as("one unit of large messages at a time").isLessThanOrEqualTo(2 * LARGE);
        }
    }

    @Property(tries = 200)
    void nothingIsLostNorSettledByTheWrongOneNorOutOfOrder(SeededRandomness random) {
        var story = new Story(random);
        int steps = random.between(10, 150);
        for (int step = 0; step < steps; step++) {
            story.step();
        }
        story.end();
    }
}
