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
    private final QueueLink link = new QueueLink(
            loop,
            lines.to(line -> new QueueDesk(
                    loop, clock, (_, _) -> Optional.of(queue), site, (_, _) -> {}, () -> scarce, room, line)),
            room);
    private final List<QueueSite.Fate> fates = new ArrayList<>();

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
        calling(() -> link.hold(queue, () -> {})
                .consume(
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
                        _ -> {}));

        loop.call(() -> {
            site.deliver(100);
            return this;
        });
        assertThat(site.delivered).as("what fits the window").isBetween(8, 10);
        loop.advance(Duration.ofSeconds(2));

        assertThat(taken).hasSize(100);
        assertThat(site.delivered).isEqualTo(100);
    }

    @Test
    void aSilentNodeIsLeft() {
        List<String> heard = new ArrayList<>();
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
        var unanswered = new QueueLink(loop, _ -> new Unanswered(line), room);
        List<String> heard = new ArrayList<>();
        calling(() -> unanswered.publish(queue, 0, message(), fates::add));
        calling(() -> unanswered.hold(queue, () -> heard.add("lost")));
        calling(() -> unanswered.counts(
                queue, false, reply -> heard.add(reply.outcome().toString())));
        assertThat(fates).isEmpty();

        loop.advance(Duration.ofSeconds(6));

        assertThat(fates).as("it never left").containsExactly(QueueSite.Fate.NOT_HERE);
        assertThat(heard).containsExactly("lost", "UNAVAILABLE");
        assertThat(line).containsExactly("closed");
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
            throw new AssertionError("nobody asks");
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
