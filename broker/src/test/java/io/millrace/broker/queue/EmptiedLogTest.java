package io.millrace.broker.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.queue.QueueFixture.Taker;
import io.millrace.broker.topology.QueueView;
import io.millrace.model.Arguments;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/// The log of a queue that was emptied lets go of everything, also of what it is still writing to.
final class EmptiedLogTest {
    private static final int MESSAGES = 30;
    private static final int LONG_MS = 60_000;

    private QueueFixture node = new QueueFixture();
    private QueueView queue = node.durable(Arguments.NONE);

    private void nextLife() {
        FakeQueueLog log = node.log;
        var next = new QueueFixture(node.clock, log);
        log.crash(next.there, 0);
        node = next;
        queue = node.durable(Arguments.NONE);
    }

    private void publish(int bytes) {
        for (int i = 0; i < MESSAGES; i++) {
            node.publish(queue, "x".repeat(bytes));
        }
    }

    /// Offsets that are left.
    private long kept() {
        return node.log.end - node.log.start;
    }

    private void consumeAll() {
        Hold hold = node.hold(queue);
        Taker taker = node.consume(hold, "c", 0, false);
        node.settle(hold, Settlement.ACKNOWLEDGE, taker.offsets());
    }

    @Test
    void theStartGoesPastTheCheckpointsThatFollowedTheLastMessage() {
        publish(10_000);
        consumeAll();
        long endOfMessages = node.log.end;

        node.advance(20_000); // the last move of the start takes its time

        assertThat(node.log.start).isGreaterThan(endOfMessages + 1);
        assertThat(kept()).isLessThanOrEqualTo(2);
    }

    @Test
    void andThenItIsQuiet() {
        publish(10_000);
        consumeAll();
        node.advance(LONG_MS);
        long end = node.log.end;

        node.advance(LONG_MS);

        assertThat(node.log.end).isEqualTo(end);
    }

    /// It is placed before it is safe, behind a checkpoint that says that all is settled.
    @Test
    void itIsNotEmptiedWhileThereIsAYoungMessage() {
        node.log.isSole = true;
        publish(10_000);
        node.advance(1_000);
        node.log.holding = true;
        consumeAll();
        node.advance(100);
        assertThat(node.log.unconfirmed()).isEqualTo(1);
        node.publish(queue, "young");
        long end = node.log.end;

        node.log.holding = false;
        node.log.confirm(Integer.MAX_VALUE);
        node.advance(LONG_MS);

        assertThat(node.log.end).isEqualTo(end);
    }

    @Test
    void littleIsNotWorthIt() {
        publish(10);
        consumeAll();
        long end = node.log.end;

        node.advance(LONG_MS);

        assertThat(node.log.end - end).isLessThanOrEqualTo(1);
    }

    @Test
    void butItIsWhenTheDiskIsShortOfRoomAndGoesSooner() {
        node.roomIsShort = true;
        publish(10);
        consumeAll();

        node.advance(4_000);

        assertThat(kept()).isLessThanOrEqualTo(2);
    }

    @Test
    void aDiskThatIsShortGetsOnlyCheckpointsThatLeadTheStartOn() {
        node.roomIsShort = true;
        publish(10);
        Hold hold = node.hold(queue);
        Taker taker = node.consume(hold, "c", 0, false);
        node.advance(1_000);
        long end = node.log.end;
        long[] offsets = taker.offsets();

        for (int i = 1; i < MESSAGES; i++) { // the first one stays
            node.settle(hold, Settlement.ACKNOWLEDGE, offsets[i]);
            node.advance(200);
        }
        assertThat(node.log.end).isEqualTo(end);

        node.settle(hold, Settlement.ACKNOWLEDGE, offsets[0]);
        node.advance(2_000);
        assertThat(node.log.start).isGreaterThanOrEqualTo(end - 1);
        assertThat(node.log.end).isGreaterThan(end);
    }

    @Test
    void whatWasHeldBackIsNotedWhenThereIsRoom() {
        node.roomIsShort = true;
        publish(10);
        Hold hold = node.hold(queue);
        Taker taker = node.consume(hold, "c", 0, false);
        node.advance(1_000);
        node.settle(hold, Settlement.ACKNOWLEDGE, Arrays.copyOfRange(taker.offsets(), 1, MESSAGES));
        node.advance(1_000);
        long end = node.log.end;

        node.roomIsShort = false;
        node.advance(1_000);
        assertThat(node.log.end).isEqualTo(end + 1);

        nextLife();
        assertThat(node.counts(queue).ready()).isEqualTo(1);
    }

    @Test
    void nothingIsLostOrComesBackWhereverTheNodeIsKilled() {
        for (int killedAfterMs = 100; killedAfterMs < 12_000; killedAfterMs += 700) {
            publish(10_000);
            consumeAll();
            node.advance(killedAfterMs);
            node.publish(queue, "last");
            nextLife();

            assertThat(node.get(node.hold(queue), true).text()).isEqualTo("last");
            assertThat(node.counts(queue).ready()).isZero();
            node.advance(100);
            assertThat(node.lost).isEmpty();
        }
    }

    @Test
    void whatTheLastLifeDidNotComeToIsDoneWhenTheDiskIsShort() {
        publish(10_000);
        consumeAll();
        node.advance(100);
        nextLife();
        node.roomIsShort = true;

        node.counts(queue);
        node.advance(10_000);

        assertThat(kept()).isLessThanOrEqualTo(2);
    }
}
