package io.millrace.cluster.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.message.FormatId;
import io.millrace.broker.message.Message;
import io.millrace.broker.queue.ConsumerSpec;
import io.millrace.broker.queue.Delivery;
import io.millrace.broker.queue.Hold;
import io.millrace.broker.queue.QueueConsumer;
import io.millrace.broker.queue.QueueOutcome;
import io.millrace.broker.queue.QueueSite;
import io.millrace.broker.queue.Queues.CountsReply;
import io.millrace.broker.queue.SettleOrder;
import io.millrace.broker.queue.Settlement;
import io.millrace.broker.topology.EffectivePolicy;
import io.millrace.broker.topology.QueueRef;
import io.millrace.broker.topology.QueueSpec;
import io.millrace.broker.topology.QueueType;
import io.millrace.broker.topology.QueueView;
import io.millrace.broker.topology.QueueView.Home;
import io.millrace.model.Arguments;
import io.millrace.model.QueueName;
import io.millrace.model.TopicId;
import io.millrace.model.VhostName;
import io.millrace.testkit.ManualClock;
import io.millrace.testkit.ManualLoop;
import io.millrace.testkit.SeededRandomness;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// What may be under way between two nodes, and what happens at the limit.
class LinkBoundsTest {
    private static final int MESSAGE_BYTES = 1 << 20;

    private final ManualClock clock = new ManualClock();
    private final ManualLoop loop = new ManualLoop(clock);
    private final Endless site = new Endless();
    private final QueueView queue = queue();
    private final TornLines lines = new TornLines(loop, new SeededRandomness(1));
    private boolean scarce;
    private final TightRoom room = new TightRoom(64 << 20);
    private final QueueLink link = link(room);
    private final TightRoom tightRoom = new TightRoom(4 * MESSAGE_BYTES);
    private final QueueLink tight = link(tightRoom);
    private final List<QueueSite.Fate> fates = new ArrayList<>();
    private final List<String> heard = new ArrayList<>();

    private QueueLink link(TransitRoom here) {
        return new QueueLink(
                loop,
                lines.to(line -> new QueueDesk(
                        loop, clock, (_, _) -> Optional.of(queue), site, (_, _) -> {}, () -> scarce, here, line)),
                room);
    }

    private static QueueView queue() {
        var id = new TopicId(7, 1);
        var ref = new QueueRef(new VhostName("/"), new QueueName("q"));
        var spec = new QueueSpec(ref, QueueType.QUORUM, true, false, false, Arguments.NONE);
        return new QueueView(spec, id, new Home.OnLog("queue.q", id), Optional.empty(), EffectivePolicy.NONE);
    }

    private static Message message() {
        return new Message(FormatId.AMQP_0_9_1, "", "q", new byte[0], new byte[MESSAGE_BYTES], 0);
    }

    private void calling(Runnable turn) {
        loop.call(() -> {
            turn.run();
            return this;
        });
        loop.advance(Duration.ofMillis(200));
    }

    @Test
    void messagesWithoutAnAnswerWaitAtTheirPublisher() {
        calling(() -> {
            for (int left = 40; left > 0; left--) {
                link.publish(queue, 0, message(), fates::add);
            }
        });
        assertThat(site.published).hasSizeBetween(15, 17);
        assertThat(fates).isEmpty();

        calling(site::store);
        calling(site::store);
        calling(site::store);

        assertThat(fates).hasSize(40).containsOnly(QueueSite.Fate.STORED);
    }

    @Test
    void aNodeWithoutMemoryKeepsPublishersWaiting() {
        scarce = true;
        calling(() -> link.publish(queue, 0, message(), fates::add));
        calling(site::store);
        assertThat(fates).isEmpty();

        scarce = false;
        loop.advance(Duration.ofMillis(200));

        assertThat(fates).containsExactly(QueueSite.Fate.STORED);
    }

    /// Publishers wait, consumers do not: also those that settle in transactions.
    @Test
    void anOrderToSettleIsAnsweredWithoutMemory() {
        scarce = true;
        Message order = new SettleOrder(new long[] {1}, new long[0]).toMessage(0);
        calling(() -> link.publish(queue, 0, message(), fates::add));
        calling(() -> link.publish(queue, 0, order, fates::add));
        calling(site::store);

        loop.advance(Duration.ofMillis(20));

        assertThat(fates).containsExactly(QueueSite.Fate.STORED);
    }

    @Test
    void answersThatAreTooManyAreDropped() {
        calling(() -> {
            for (int left = 40; left > 0; left--) {
                link.publish(queue, 0, message(), fates::add);
            }
            link.reply("r", message());
        });
        calling(site::store);
        calling(site::store);
        calling(site::store);

        assertThat(site.published).isEmpty();
        assertThat(fates).hasSize(40);
    }

    @Test
    void aHoldPausesWhileItsDeliveriesAreNotTaken() {
        List<Delivery> taken = new ArrayList<>();
        calling(() -> consume(link.hold(queue, () -> {}), taken));

        loop.call(() -> {
            site.deliver(100);
            return this;
        });
        assertThat(site.delivered).as("what fits the window").isBetween(8, 10);
        loop.advance(Duration.ofSeconds(2));

        assertThat(taken).hasSize(100);
        assertThat(site.delivered).isEqualTo(100);
    }

    private static void consume(Hold hold, List<Delivery> taken) {
        hold.consume(
                new ConsumerSpec("c", true, false, 0, Arguments.NONE),
                new QueueConsumer() {
                    @Override
                    public void deliver(List<Delivery> deliveries) {
                        taken.addAll(deliveries);
                    }

                    @Override
                    public void cancelled() {
                        throw new AssertionError("cancelled");
                    }
                },
                _ -> {});
    }

    @Test
    void aSilentNodeIsLeft() {
        calling(() -> link.hold(queue, () -> heard.add("lost")));
        calling(() -> link.publish(queue, 0, message(), fates::add));
        lines.silence();

        loop.advance(Duration.ofSeconds(10));

        assertThat(heard).containsExactly("lost");
        assertThat(fates).containsExactly(QueueSite.Fate.FAILED);
        loop.advance(Duration.ofSeconds(20));
        assertThat(site.closed).as("what the silent one held goes back").isEqualTo(1);
    }

    @Test
    void aNodeThatDoesNotAnswerTheGreetingIsLeft() {
        List<String> line = new ArrayList<>();
        var unanswered = new QueueLink(loop, (_, _) -> new Unanswered(line), room);
        calling(() -> unanswered.publish(queue, 0, message(), fates::add));
        calling(() -> unanswered.hold(queue, () -> heard.add("lost")));
        calling(() -> unanswered.counts(
                queue, false, reply -> heard.add(reply.outcome().toString())));
        assertThat(fates).isEmpty();

        loop.advance(Duration.ofSeconds(6));

        assertThat(fates).as("it never left").containsExactly(QueueSite.Fate.NOT_HERE);
        assertThat(heard).containsExactly("lost", "UNAVAILABLE");
        assertThat(line).containsExactly("closed", "closed");
    }

    /// Another node's messages may wait for as long as a disk or a majority is away.
    @Test
    void consumersDoNotWaitForMessagesThatHaveNoRoom() {
        List<Delivery> taken = new ArrayList<>();
        for (int left = 8; left > 0; left--) {
            calling(() -> tight.publish(queue, 0, message(), fates::add));
        }
        assertThat(tightRoom.isFull()).isTrue();
        assertThat(site.published).hasSize(3); // the next one takes the rest of the room

        calling(() -> consume(tight.hold(queue, () -> {}), taken));
        calling(() -> site.deliver(3));
        calling(() -> tight.hold(queue, () -> {}).get(true, (outcome, _, _) -> heard.add("got " + outcome)));
        calling(() -> tight.counts(queue, false, reply -> heard.add("counted")));
        loop.advance(Duration.ofSeconds(1));

        assertThat(taken).hasSize(3);
        assertThat(heard).containsExactlyInAnyOrder("got DONE", "counted");
        assertThat(site.published).hasSize(3);
    }

    /// As on one connection to one node: publish, and ask how many there are.
    @Test
    void aQuestionFollowsWhatWasPublishedBeforeIt() {
        for (int round = 0; round < 20; round++) {
            site.published.clear();
            calling(() -> {
                link.publish(queue, 0, message(), fates::add);
                link.counts(queue, false, _ -> {});
                link.publish(queue, 0, message(), fates::add);
                link.hold(queue, () -> {}).get(true, (_, _, _) -> {});
            });
            assertThat(site.asked).isEmpty();
            calling(() -> site.published.removeFirst().accept(QueueSite.Fate.STORED));
            assertThat(site.asked).containsExactly("counts");
            calling(() -> site.published.removeFirst().accept(QueueSite.Fate.STORED));
            assertThat(site.asked).containsExactly("counts", "get");
            site.asked.clear();
        }
    }

    /// A queue that stands still for hours may be asked all the time.
    @Test
    void aQuestionThatDidNotWaitIsNotAskedAgain() {
        calling(() -> {
            link.publish(queue, 0, message(), fates::add);
            link.counts(queue, false, _ -> {});
        });
        loop.advance(Duration.ofMillis(PublishedBefore.WAIT_MS_MAX));
        assertThat(site.asked).containsExactly("counts");

        calling(() -> link.counts(queue, false, _ -> {}));
        calling(() -> site.published.removeFirst().accept(QueueSite.Fate.STORED));
        loop.advance(Duration.ofMillis(2 * PublishedBefore.WAIT_MS_MAX));
        assertThat(site.asked).containsExactly("counts", "counts");
    }

    /// A line to a node that accepts and says nothing.
    private record Unanswered(List<String> heard) implements QueueLine {
        @Override
        public void send(List<ByteBuffer> frame) {
            throw new AssertionError("it is not open");
        }

        @Override
        public void resume() {
            throw new AssertionError("nothing comes");
        }

        @Override
        public void close(String why) {
            heard.add("closed");
        }
    }

    /// A queue that stores when it is told to, and has as many messages as anybody wants.
    private final class Endless implements QueueSite {
        private final List<Consumer<Fate>> published = new ArrayList<>();
        private final List<String> asked = new ArrayList<>();
        private @Nullable QueueConsumer consumer;
        private boolean paused;
        private int wanted;
        private int delivered;
        private int closed;

        void store() {
            List<Consumer<Fate>> all = List.copyOf(published);
            published.clear();
            all.forEach(fate -> fate.accept(Fate.STORED));
        }

        void deliver(int count) {
            wanted = count;
            serve();
        }

        private void serve() {
            QueueConsumer to = consumer;
            while (to != null && !paused && delivered < wanted) {
                to.deliver(List.of(new Delivery(delivered++, message(), false, 0)));
            }
        }

        @Override
        public void publish(QueueView view, int attempt, Message message, Consumer<Fate> fate) {
            published.add(fate);
        }

        @Override
        public Hold hold(QueueView view, Runnable onLost) {
            return new Hold() {
                @Override
                public void consume(ConsumerSpec spec, QueueConsumer taker, Consumer<QueueOutcome> reply) {
                    consumer = taker;
                    reply.accept(QueueOutcome.DONE);
                }

                @Override
                public void cancel(String consumerTag, Runnable reply) {
                    reply.run();
                }

                @Override
                public void get(boolean autoAck, GetReply reply) {
                    asked.add("get");
                    reply.got(QueueOutcome.DONE, null, 0);
                }

                @Override
                public void settle(long[] offsets, int count, Settlement settlement) {
                    throw new AssertionError("nothing is settled");
                }

                @Override
                public void limit(int unsettled) {
                    throw new AssertionError("nothing is limited");
                }

                @Override
                public void pause(boolean pausing) {
                    paused = pausing;
                    loop.post(Endless.this::serve);
                }

                @Override
                public void close() {
                    closed++;
                }
            };
        }

        @Override
        public void counts(QueueView view, boolean isUse, Consumer<CountsReply> reply) {
            asked.add("counts");
            reply.accept(new CountsReply(QueueOutcome.DONE, 0, 0, 0));
        }

        @Override
        public void purge(QueueView view, Consumer<CountsReply> reply) {
            throw new AssertionError("nobody asks");
        }

        @Override
        public void delete(QueueView view, boolean ifUnused, boolean ifEmpty, Consumer<CountsReply> reply) {
            throw new AssertionError("nobody asks");
        }
    }
}
