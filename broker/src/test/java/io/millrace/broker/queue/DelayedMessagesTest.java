package io.millrace.broker.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.routing.Destination.ToQueue;
import io.millrace.broker.topology.QueueView;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// The queue of a delayed exchange: what waits in it goes on when it is due, whatever happens meanwhile.
class DelayedMessagesTest {
    private QueueFixture node = new QueueFixture();
    private final QueueView delays = node.delays();

    private void delay(String text, long ms) {
        node.calling(
                () -> node.queues.publish(delays, node.message(text, QueueFixture.DELAY + ms), Publication.UNHEARD));
    }

    private void crash() {
        FakeQueueLog log = node.log;
        var next = new QueueFixture(node.clock, log);
        log.crash(next.there, 0);
        node = next;
        node.delays();
        node.shard.onLeader(delays.id(), Optional.of(delays));
        node.settle();
    }

    @Test
    void messagesGoOnInTheOrderInWhichTheyAreDue() {
        delay("c", 300);
        delay("a", 100);
        delay("b", 200);
        delay("now", 0);
        assertThat(node.deadLetters).containsExactly("now due");

        node.advance(99);
        assertThat(node.deadLetters).hasSize(1);
        node.advance(1);
        assertThat(node.deadLetters).containsExactly("now due", "a due");
        node.advance(200);
        assertThat(node.deadLetters).containsExactly("now due", "a due", "b due", "c due");
        assertThat(node.counts(delays).ready()).isZero();
        assertThat(node.cache.bytes).isZero();
    }

    @Test
    void aCrashNeitherLosesNorDelaysThem() {
        delay("b", 2_000);
        delay("a", 1_000);
        node.advance(500);

        crash();
        node.advance(499);
        assertThat(node.deadLetters).isEmpty();
        node.advance(1);
        assertThat(node.deadLetters).containsExactly("a due");
        node.advance(100); // for the checkpoint

        crash();
        node.advance(2_000);
        assertThat(node.deadLetters).containsExactly("b due");
    }

    @Test
    void whatBecameDueWhileTheNodeWasDownGoesOnAtOnce() {
        for (int at = 0; at < 20; at++) {
            delay("m" + at, 1_000 - at);
        }
        node.clock.advance(Duration.ofSeconds(60));

        crash();

        assertThat(node.deadLetters).hasSize(20).startsWith("m19 due", "m18 due");
    }

    @Test
    void aMessageWaitsOnUntilItsTargetHasIt() {
        node.unreachable = Set.of(new ToQueue("target"));
        delay("a", 10);
        node.advance(20);
        assertThat(node.deadLetters).containsExactly("a due");

        crash();
        assertThat(node.deadLetters).containsExactly("a due");
        node.advance(6_000);
        assertThat(node.log.start).isPositive();
    }

    @Test
    void whatIsNotTakenIsCountedAndToldAfterAMinute() {
        node.unreachable = Set.of(new ToQueue("target"));
        delay("a", 10);
        delay("b", 20);
        node.advance(62_000);
        assertThat(node.lettersWaiting).isEqualTo(2);
        assertThat(node.stuckLetters).isEmpty();

        node.advance(2_000);
        assertThat(node.stuckLetters).containsExactly("2 of amq.delayed.later for [ToQueue[queue=target]]");

        node.unreachable = Set.of();
        node.advance(60_000);
        assertThat(node.lettersWaiting).isZero();
        assertThat(node.stuckLetters).hasSize(1);
    }
}
