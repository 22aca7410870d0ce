package io.millrace.benchmarks.jmh;

import io.millrace.broker.queue.machine.ConsumerKey;
import io.millrace.broker.queue.machine.ConsumerOptions;
import io.millrace.broker.queue.machine.Delivery;
import io.millrace.broker.queue.machine.MessageFacts;
import io.millrace.broker.queue.machine.Priorities;
import io.millrace.broker.queue.machine.QueueMachine;
import io.millrace.broker.queue.machine.QueueSettings;
import io.millrace.broker.queue.machine.Settlement;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/// What a message costs the queue machine from its arrival to its acknowledgement, with nobody waiting before it and
/// with a million.
///
/// Owned by: the JMH worker thread.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class QueueMachineBenchmark {
    private static final ConsumerKey CONSUMER = new ConsumerKey(1);
    private static final int SIZES = 16;

    /// Messages that wait already.
    @Param({"0", "1000000"})
    public int backlog;

    /// What kind of queue it is.
    @Param({"plain", "ttl", "priorities"})
    public String kind = "plain";

    private QueueMachine queue = new QueueMachine(QueueSettings.PLAIN);
    private final MessageFacts[] facts = new MessageFacts[SIZES];
    private long offset;

    /// A queue with its backlog and one consumer.
    @Setup
    public void fill() {
        queue = new QueueMachine(settings());
        for (int i = 0; i < SIZES; i++) {
            facts[i] = new MessageFacts(100 + i, MessageFacts.NEVER, i, MessageFacts.AT_ONCE);
        }
        for (int i = 0; i < backlog; i++) {
            enqueue();
        }
        queue.addConsumer(CONSUMER, ConsumerOptions.prefetching(100));
    }

    private QueueSettings settings() {
        return switch (kind) {
            case "ttl" -> QueueSettings.PLAIN.withMessageTtlMs(TimeUnit.DAYS.toMillis(1));
            case "priorities" -> QueueSettings.PLAIN.withPriorities(Priorities.upTo(9));
            default -> QueueSettings.PLAIN;
        };
    }

    private void enqueue() {
        queue.enqueue(offset, facts[(int) (offset % SIZES)], offset / 1_000);
        offset++;
    }

    /// In, out, settled.
    @Benchmark
    public Settlement cycle() {
        enqueue();
        Delivery delivery = queue.next(offset / 1_000).orElseThrow();
        return queue.ack(CONSUMER, delivery.offset());
    }
}
