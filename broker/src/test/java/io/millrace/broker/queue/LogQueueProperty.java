package io.millrace.broker.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.topology.QueueView;
import io.millrace.model.Arguments;
import io.millrace.model.ErrorKind;
import io.millrace.testkit.ManualClock;
import io.millrace.testkit.Property;
import io.millrace.testkit.SeededRandomness;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/// A queue on a log through crashes at any point, orderly ends, lost leaderships, full disks and full memory: what was
/// confirmed and not settled is delivered, in order, marked when somebody may have seen it; what is settled and written
/// down is not delivered again.
class LogQueueProperty {
    /// What one run knows of the truth.
    private static final class Story {
        private final SeededRandomness random;
        private QueueFixture node = new QueueFixture(new ManualClock(), null);
        private QueueView queue = node.durable(Arguments.NONE);
        private final Set<Integer> confirmed = new TreeSet<>();
        private final Set<Integer> unconfirmed = new TreeSet<>();
        private final Set<Integer> settled = new HashSet<>();
        private final Set<Integer> settledForGood = new HashSet<>();
        /// Settled before a crash, which may have come before it was written down.
        private final Set<Integer> perhapsSettled = new HashSet<>();
        private final Set<Integer> seen = new HashSet<>();
        /// What the client holds: offset to message.
        private final TreeMap<Long, Integer> held = new TreeMap<>();
        /// What it held before a leadership was lost: settling these is too late.
        private final List<Long> stale = new ArrayList<>();

        private Hold hold = node.hold(queue);
        private int published;
        private boolean crashed;

        Story(SeededRandomness random) {
            this.random = random;
            node.log.batchesPerFetch = random.between(1, 20);
            node.log.isSole = random.nextBoolean();
        }

        void step() {
            switch (random.nextInt(21)) {
                case 0, 1, 2, 3, 4 -> publish();
                case 5 -> node.log.holding = true;
                case 6 -> confirmAll();
                case 7 -> {
                    node.log.confirm(1);
                    node.settle();
                }
                case 8, 9, 10 -> get();
                case 11, 12, 13 -> settleOne();
                case 14 -> quietTime();
                case 15 -> node.cache.bytesMax = random.pick(List.of(0L, 30L, Long.MAX_VALUE));
                case 16 -> fillDisk();
                case 17 -> crash();
                case 18 -> stop();
                case 19 -> loseUnconfirmed();
                default -> loseLeadership();
            }
        }

        /// Or gives it room again. A queue that is opened on a full disk can not write down that it is, and takes a
        /// crash for the orderly end before: that much is allowed.
        private void fillDisk() {
            confirmAll();
            node.counts(queue);
            node.log.refuseWith = random.pick(List.of(ErrorKind.NONE, ErrorKind.NONE, ErrorKind.STORAGE_ERROR));
        }

        private void publish() {
            int count = random.between(1, 8);
            node.calling(() -> {
                for (int left = count; left > 0; left--) {
                    int number = published++;
                    unconfirmed.add(number);
                    node.queues.publish(queue, node.message("" + number), end -> {
                        unconfirmed.remove(number);
                        if (end == Publication.End.STORED) {
                            confirmed.add(number);
                        }
                    });
                }
            });
        }

        private void confirmAll() {
            node.log.holding = false;
            node.log.confirm(Integer.MAX_VALUE);
            node.settle();
        }

        private void get() {
            node.calling(() -> hold.get(false, (outcome, delivery, ready) -> {
                if (delivery != null) {
                    delivered(delivery);
                }
            }));
        }

        private void delivered(Delivery delivery) {
            int number = Integer.parseInt(QueueFixture.text(delivery.message()));
            assertThat(settledForGood).doesNotContain(number);
            assertThat(held).doesNotContainValue(number);
            if (seen.contains(number)) {
                assertThat(delivery.redelivered())
                        .as("message %s is marked", number)
                        .isTrue();
            } else if (!crashed) {
                assertThat(delivery.redelivered())
                        .as("message %s is not marked", number)
                        .isFalse();
            }
            seen.add(number);
            settled.remove(number);
            held.put(delivery.offset(), number);
        }

        private void settleOne() {
            if (!stale.isEmpty() && random.nextInt(4) == 0) {
                node.settle(hold, random.pick(List.of(Settlement.values())), random.pick(stale));
            }
            if (held.isEmpty()) {
                return;
            }
            long offset = random.pick(List.copyOf(held.keySet()));
            Settlement how = random.pick(List.of(Settlement.ACKNOWLEDGE, Settlement.REJECT, Settlement.REQUEUE));
            int number = held.remove(offset);
            if (how != Settlement.REQUEUE) {
                settled.add(number);
            }
            node.settle(hold, how, offset);
        }

        /// Long enough for checkpoints, if the log takes any.
        private void quietTime() {
            node.advance(1_200);
            if (!node.log.holding && node.log.refuseWith == ErrorKind.NONE) {
                settledForGood.addAll(settled);
            }
        }

        /// Where messages were placed that the log has lost the queue is loaded anew by itself; it is once more, so
        /// that the client knows that it is. It is open before: see [#fillDisk].
        private void loseUnconfirmed() {
            confirmAll();
            node.counts(queue);
            node.log.holding = true;
            publish();
            get();
            node.log.loseUnconfirmed();
            node.log.holding = false;
            loseLeadership();
        }

        private void crash() {
            doubt();
            nextLife(random.nextInt(1 + node.log.unconfirmed()));
        }

        private void doubt() {
            crashed = true;
            perhapsSettled.addAll(settled);
            settled.retainAll(settledForGood);
        }

        private void nextLife(int survivors) {
            FakeQueueLog log = node.log;
            var next = new QueueFixture(node.clock, log);
            log.crash(next.there, survivors);
            log.holding = false;
            log.refuseWith = ErrorKind.NONE;
            next.cache.bytesMax = node.cache.bytesMax;
            node = next;
            unconfirmed.clear();
            queue = node.durable(Arguments.NONE);
            held.clear();
            stale.clear();
            hold = node.hold(queue);
        }

        private void stop() {
            List<String> stopped = new ArrayList<>();
            confirmAll();
            node.calling(hold::close);
            node.shard.stop(() -> stopped.add("stopped"));
            node.settle();
            assertThat(stopped).hasSize(1);
            assertThat(node.cache.bytes).isZero();
            if (node.log.refuseWith == ErrorKind.NONE) {
                settledForGood.addAll(settled);
            } else {
                doubt();
            }
            nextLife(0);
        }

        private void loseLeadership() {
            doubt();
            node.shard.onLeader(queue.id(), Optional.empty());
            node.settle();
            assertThat(node.cache.bytes).isZero();
            node.log.refuseWith = ErrorKind.NONE;
            confirmAll();
            stale.addAll(held.keySet());
            held.clear();
            node.advance(400);
            assertThat(unconfirmed).isEmpty();
        }

        void end() {
            node.log.refuseWith = ErrorKind.NONE;
            confirmAll();
            node.advance(400);
            node.calling(hold::close);
            held.clear();
            hold = node.hold(queue);
            Set<Integer> expected = new TreeSet<>(confirmed);
            expected.removeAll(settled);
            expected.removeAll(perhapsSettled);
            List<Integer> order = new ArrayList<>();
            node.calling(() -> hold.consume(
                    new ConsumerSpec("c", true, false, 0, Arguments.NONE),
                    new QueueConsumer() {
                        @Override
                        public void deliver(List<Delivery> deliveries) {
                            for (Delivery delivery : deliveries) {
                                delivered(delivery);
                                order.add(Integer.parseInt(QueueFixture.text(delivery.message())));
                            }
                        }

                        @Override
                        public void cancelled() {
                            throw new AssertionError("cancelled");
                        }
                    },
                    outcome -> assertThat(outcome).isEqualTo(QueueOutcome.DONE)));
            node.advance(500);
            assertThat(order).isSorted().doesNotHaveDuplicates();
            assertThat(order).containsAll(expected);
            assertThat(unconfirmed).isEmpty();
            assertThat(node.cache.bytes).isZero();
            assertThat(node.log.openSlices).isZero();
        }
    }

    @Property(tries = 300)
    void nothingIsLostNorSettledTwiceNorOutOfOrder(SeededRandomness random) {
        var story = new Story(random);
        int steps = random.between(5, 120);
        for (int step = 0; step < steps; step++) {
            story.step();
        }
        story.end();
    }
}
