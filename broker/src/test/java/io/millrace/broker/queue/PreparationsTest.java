package io.millrace.broker.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.model.Arguments;
import io.millrace.testkit.ManualClock;
import io.millrace.testkit.ManualLoop;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import org.junit.jupiter.api.Test;

/// How many queues are loaded at a time.
class PreparationsTest {
    private final QueueFixture node = new QueueFixture();
    private final ManualLoop loop = new ManualLoop(new ManualClock());
    private final Deque<Runnable> loading = new ArrayDeque<>();
    private int begun;

    private final Preparations preparations = new Preparations(loop, (queue, done) -> {
        begun++;
        loading.add(done);
    });

    private void add(int from, int to) {
        for (int id = from; id < to; id++) {
            preparations.add(node.durable(Arguments.NONE, id));
        }
        loop.runReady();
    }

    @Test
    void theNextIsLoadedWhenOneIsDone() {
        add(0, 40);
        assertThat(begun).isEqualTo(16);

        loading.remove().run();
        loop.runReady();

        assertThat(begun).isEqualTo(17);
    }

    @Test
    void whatDoesNotComeKeepsNobodyElseWaiting() {
        add(0, 40);

        loop.advance(Duration.ofSeconds(1));
        assertThat(begun).isEqualTo(32);
        loading.forEach(Runnable::run); // late, and told once
        loop.runReady();

        assertThat(begun).isEqualTo(40);
        loop.advance(Duration.ofSeconds(5));
        add(100, 140);
        assertThat(begun).isEqualTo(40 + 16);
    }

    @Test
    void aQueueThatIsToldTwiceIsLoadedOnce() {
        add(0, 16);
        add(20, 21);
        add(20, 21);
        loading.forEach(Runnable::run);
        loop.runReady();

        assertThat(begun).isEqualTo(17);
    }
}
