package io.millrace.broker.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.queue.Delivery;
import io.millrace.broker.queue.QueueOutcome;
import io.millrace.broker.stream.StreamFixture.Reader;
import io.millrace.broker.topology.QueueView;
import io.millrace.model.ErrorKind;
import io.millrace.testkit.Property;
import io.millrace.testkit.SeededRandomness;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// Whatever happens in whatever order, every consumer gets every message of each partition from its place on, once, in
/// order, and never more than its prefetch at a time.
class StreamsProperty {
    private static final int STEPS = 200;

    private final StreamFixture at = new StreamFixture();
    private final List<Follower> followers = new ArrayList<>();

    /// A reader from the start on, and what it has to get.
    private final class Follower {
        private final Reader reader;
        private final int prefetch;
        private int settled;
        private boolean isPaused;

        Follower(QueueView topic, int prefetch) {
            this.prefetch = prefetch;
            this.reader = at.reader(topic, prefetch, "first");
        }

        void settleSome(SeededRandomness random) {
            int open = reader.deliveries.size() - settled;
            if (open > 0) {
                int count = 1 + random.nextInt(open);
                settled += count;
                reader.settle(count);
            }
        }

        void pause(boolean pausing) {
            isPaused = pausing;
            reader.call(() -> reader.hold.pause(pausing));
        }

        void check(int partitions) {
            assertThat(reader.deliveries.size() - settled).isLessThanOrEqualTo(prefetch);
            long[] next = new long[partitions];
            for (Delivery delivery : reader.deliveries) {
                String headers = new String(delivery.message().properties(), StandardCharsets.UTF_8);
                long offset = number(headers, "x-stream-offset=");
                int partition = (int) number(headers, "x-stream-partition=");
                assertThat(offset).isEqualTo(next[partition]++);
            }
        }
    }

    private static long number(String headers, String name) {
        int from = headers.indexOf(name) + name.length();
        return Long.parseLong(headers.substring(from, headers.indexOf('\n', from)));
    }

    @Property
    void everyConsumerGetsEverythingOnceInOrder(SeededRandomness random) {
        int partitions = 1 + random.nextInt(3);
        QueueView topic = at.topic("t", partitions);
        at.topics.batchesPerFetch = 1 + random.nextInt(4);
        int sent = 0;
        for (int step = 0; step < STEPS; step++) {
            switch (random.nextInt(9)) {
                case 0 -> followers.add(new Follower(topic, 1 + random.nextInt(20)));
                case 1, 2, 3 -> {
                    String[] bodies = new String[1 + random.nextInt(5)];
                    for (int i = 0; i < bodies.length; i++) {
                        bodies[i] = "m" + sent++;
                    }
                    at.append(topic, random.nextInt(2) == 0 ? "" : "" + (char) ('a' + random.nextInt(5)), bodies);
                }
                case 4 -> at.isFull = !at.isFull;
                case 5 -> at.topics.readsFailWith = random.nextInt(3) == 0 ? ErrorKind.NOT_LEADER : ErrorKind.NONE;
                case 6 -> at.loop.advance(Duration.ofMillis(random.nextInt(3_000)));
                default -> act(random);
            }
            followers.forEach(follower -> follower.check(partitions));
        }
        finish(sent);
    }

    private void act(SeededRandomness random) {
        if (followers.isEmpty()) {
            return;
        }
        Follower follower = followers.get(random.nextInt(followers.size()));
        if (random.nextInt(4) == 0) {
            follower.pause(!follower.isPaused);
        } else {
            follower.settleSome(random);
        }
    }

    private void finish(int sent) {
        at.topics.readsFailWith = ErrorKind.NONE;
        at.isFull = false;
        at.loop.advance(Duration.ofSeconds(10));
        followers.removeIf(follower -> follower.reader.outcome != QueueOutcome.DONE);
        followers.forEach(follower -> follower.pause(false));
        for (int round = 0; round < sent + 1; round++) {
            at.loop.advance(Duration.ofSeconds(3));
            followers.forEach(follower -> {
                int open = follower.reader.deliveries.size() - follower.settled;
                if (open > 0) {
                    follower.settled += open;
                    follower.reader.settle(open);
                }
            });
            if (followers.stream().allMatch(follower -> follower.reader.deliveries.size() == sent)) {
                break;
            }
        }
        followers.forEach(follower -> assertThat(follower.reader.deliveries).hasSize(sent));
        followers.forEach(follower -> follower.reader.call(follower.reader.hold::close));
        assertThat(at.memoryBytes).isZero();
        assertThat(at.topics.waiting()).isZero();
        assertThat(at.topics.openSlices).isZero();
    }
}
