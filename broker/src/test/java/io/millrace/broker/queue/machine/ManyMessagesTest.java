package io.millrace.broker.queue.machine;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/// Many messages at once: order and places hold when chunks come, go, shrink and change their numbers.
class ManyMessagesTest {
    private static final ConsumerKey CONSUMER = new ConsumerKey(1);
    private static final int MANY = 100_000;

    private final QueueMachine queue = new QueueMachine(QueueSettings.PLAIN);

    private void publish(int from, int to) {
        for (int offset = from; offset < to; offset++) {
            queue.enqueue(offset, MessageFacts.ofBytes(offset % 7), 0);
        }
    }

    private void assertNext(long offset, boolean redelivered) {
        assertNext(offset, redelivered, 0);
    }

    private void assertNext(long offset, boolean redelivered, long nowMs) {
        assertThat(queue.next(nowMs))
                .hasValueSatisfying(delivery -> assertThat(delivery)
                        .isEqualTo(new Delivery(CONSUMER, offset, redelivered, redelivered ? 1 : 0)));
    }

    /// The ring of chunks is gone round many times, with messages that wait and messages that are held on both sides of
    /// its seam.
    @Test
    void aSteadyQueueGoesOnForEver() {
        queue.addConsumer(CONSUMER, ConsumerOptions.prefetching(ConsumerOptions.UNLIMITED));
        publish(0, 3_000);
        for (int offset = 0; offset < MANY; offset++) {
            publish(offset + 3_000, offset + 3_001);
            assertNext(offset, false);
            if (offset >= 2_000) {
                assertThat(queue.ack(CONSUMER, offset - 2_000)).isEqualTo(Settlement.DONE);
            }
        }
        assertThat(queue.firstUnsettled()).isEqualTo(MANY - 2_000);
        assertThat(queue.counts().ready()).isEqualTo(3_000);
    }

    @Test
    void theFirstOnesComeBackWhileLaterOnesAreOut() {
        queue.addConsumer(CONSUMER, ConsumerOptions.prefetching(ConsumerOptions.UNLIMITED));
        publish(0, MANY);
        for (int offset = 0; offset < MANY; offset++) {
            assertNext(offset, false);
        }
        for (int offset = 0; offset < MANY; offset += 100) {
            assertThat(queue.reject(CONSUMER, offset, true)).isEqualTo(Settlement.DONE);
        }
        for (int offset = 0; offset < MANY; offset += 100) {
            assertNext(offset, true);
        }
        assertThat(queue.next(0)).isEmpty();
    }

    @Test
    void aConsumerThatHoldsManyGivesThemAllBack() {
        queue.addConsumer(CONSUMER, ConsumerOptions.prefetching(ConsumerOptions.UNLIMITED));
        publish(0, MANY);
        for (int offset = 0; offset < MANY; offset++) {
            assertNext(offset, false);
        }
        for (int offset = 1; offset < MANY; offset += 2) {
            queue.ack(CONSUMER, offset);
        }

        assertThat(queue.recover(CONSUMER)).isEqualTo(MANY / 2);

        for (int offset = 0; offset < MANY; offset += 2) {
            assertNext(offset, true);
        }
        assertThat(queue.next(0)).isEmpty();
    }

    @Test
    void delayedMessagesThatAreDueTogetherComeInDuringSeveralTurns() {
        for (int offset = 0; offset < 25_000; offset++) {
            queue.enqueue(
                    offset, new MessageFacts(1, MessageFacts.NEVER, MessageFacts.NO_PRIORITY, 30_000 - offset), 0);
        }

        queue.enforce(30_000);

        assertThat(queue.counts().ready()).isEqualTo(10_000);
        assertThat(queue.nextDeadlineMs()).isLessThanOrEqualTo(30_000);
        queue.enforce(30_000);
        queue.enforce(30_000);
        queue.addConsumer(CONSUMER, ConsumerOptions.withoutAcks());
        for (int offset = 24_999; offset >= 0; offset--) {
            assertNext(offset, false, 30_000);
        }
    }

    /// A few messages that stay among many that pass must not keep the room of those that passed.
    @Test
    void whatIsLeftOfManyTakesLittleRoom() {
        MessageTable table = new MessageTable();
        for (int offset = 0; offset < MANY; offset++) {
            table.append(offset, offset, MessageFacts.NEVER, 0);
        }
        for (int offset = 0; offset < MANY; offset++) {
            if (offset % 500 != 0) {
                table.settle(table.locate(offset));
            }
        }

        long slots = 0;
        for (long number = table.head(); number < table.tail() - 1; number++) {
            slots += table.has(number) ? table.chunk(number).capacity() : 0;
        }
        assertThat(slots).isLessThan(8 * table.unsettled());
        for (int offset = 0; offset < MANY; offset++) {
            assertThat(table.locate(offset) != MessageTable.NONE).isEqualTo(offset % 500 == 0);
        }
    }
}
