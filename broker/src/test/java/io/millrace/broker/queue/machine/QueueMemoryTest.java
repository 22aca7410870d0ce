package io.millrace.broker.queue.machine;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongUnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// What a waiting message costs, and a queue in which none waits. Everything is counted that is taken on the way, what
/// is thrown away again included: that is exact where a heap is not.
class QueueMemoryTest {
    private static final int MESSAGES = 1_000_000;
    private static final int QUEUES = 1_000;

    /// Different sizes, made before anything is counted.
    private final List<MessageFacts> facts =
            IntStream.range(100, 117).mapToObj(MessageFacts::ofBytes).toList();

    @Test
    void messagesAlikeCostNextToNothing() {
        QueueMachine queue = new QueueMachine(QueueSettings.PLAIN);

        assertThat(bytesAMessage(queue, 1, offset -> offset)).isLessThan(1.0);
    }

    @Test
    void messagesOfDifferentSizesCostTheirSize() {
        QueueMachine queue = new QueueMachine(QueueSettings.PLAIN);

        assertThat(bytesAMessage(queue, facts.size(), offset -> offset)).isLessThan(5.0);
    }

    /// Control batches lie between, as where consumers settle while publishers publish.
    @Test
    void messagesFarApartCostTheirOffsetsToo() {
        QueueMachine queue = new QueueMachine(QueueSettings.PLAIN);

        assertThat(bytesAMessage(queue, facts.size(), offset -> offset + offset / 10))
                .isLessThan(9.0);
    }

    @Test
    void anExpiryCostsEightBytes() {
        QueueMachine queue = new QueueMachine(QueueSettings.PLAIN.withMessageTtlMs(60_000));

        assertThat(bytesAMessage(queue, facts.size(), offset -> offset + offset / 10))
                .isLessThan(18.0);
        assertThat(queue.nextDeadlineMs()).isEqualTo(60_000);
    }

    @Test
    void prioritiesCostAByteAndTheirBits() {
        QueueMachine queue = new QueueMachine(QueueSettings.PLAIN.withPriorities(Priorities.upTo(9)));
        List<MessageFacts> ranked = IntStream.range(0, 10)
                .mapToObj(priority -> new MessageFacts(100, MessageFacts.NEVER, priority, MessageFacts.AT_ONCE))
                .toList();

        long before = allocated();
        for (int i = 0; i < MESSAGES; i++) {
            queue.enqueue(i, ranked.get(i % 10), 0);
        }

        assertThat((double) (allocated() - before) / MESSAGES).isLessThan(4.0);
        assertThat(queue.counts().ready()).isEqualTo(MESSAGES);
    }

    @Test
    void aQueueThatIsEmptyAgainKeepsNothing() {
        QueueMachine queue = new QueueMachine(QueueSettings.PLAIN);
        bytesAMessage(queue, facts.size(), offset -> 2 * offset);

        queue.purge();

        long before = allocated();
        Snapshot snapshot = queue.snapshot();
        assertThat(allocated() - before).isLessThan(1_000);
        assertThat(snapshot.settled().isEmpty()).isTrue();
    }

    @Test
    void anIdleQueueIsSmall() {
        List<QueueMachine> queues = new ArrayList<>(QUEUES);
        new QueueMachine(QueueSettings.PLAIN);

        long before = allocated();
        for (int i = 0; i < QUEUES; i++) {
            queues.add(new QueueMachine(QueueSettings.PLAIN));
        }

        assertThat((allocated() - before) / QUEUES).isLessThan(850);
        assertThat(queues).hasSize(QUEUES);
    }

    private double bytesAMessage(QueueMachine queue, int sizes, LongUnaryOperator offsets) {
        long before = allocated();
        for (int i = 0; i < MESSAGES; i++) {
            queue.enqueue(offsets.applyAsLong(i), facts.get(i % sizes), i / 100);
        }
        long taken = allocated() - before;

        assertThat(queue.counts().ready()).isEqualTo(MESSAGES);
        return (double) taken / MESSAGES;
    }

    private static long allocated() {
        return ((ThreadMXBean) ManagementFactory.getThreadMXBean()).getCurrentThreadAllocatedBytes();
    }
}
