package io.millrace.benchmarks.vsrabbitmq.load;

import io.millrace.amqp.codec.method.QueueMethods;
import io.millrace.amqp.codec.wire.FieldTable;
import io.millrace.benchmarks.vskafka.load.CpuMeter;
import io.millrace.benchmarks.vskafka.load.LatencyHistogram;
import io.millrace.benchmarks.vskafka.load.LoadFailure;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetSocketAddress;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.time.Duration;

/// One publisher and one consumer of a queue of their own; the publisher keeps its window full.
///
/// Owned by: the thread that calls [#run], which does all the work.
public final class RawLoad implements AutoCloseable {
    private static final long SELECT_MILLIS = 100;
    /// After this long without a single message the broker is taken to hang.
    private static final Duration SILENCE_MAX = Duration.ofSeconds(30);

    /// Where the messages go.
    public enum Target {
        /// A transient queue; nobody confirms or acknowledges.
        TRANSIENT,
        /// A durable queue; messages are persistent, confirmed and acknowledged.
        DURABLE,
        /// The same with a quorum queue.
        QUORUM
    }

    /// @param window messages not confirmed, or not delivered where nobody confirms
    /// @param prefetch 0 for any number
    public record Settings(Target target, int bodyBytes, int window, int prefetch) {
        boolean isPersistent() {
            return target != Target.TRANSIENT;
        }

        QueueMethods.Declare declare(String queue) {
            FieldTable arguments = target == Target.QUORUM
                    ? FieldTable.builder().put("x-queue-type", "quorum").build()
                    : FieldTable.EMPTY;
            return new QueueMethods.Declare(queue, false, isPersistent(), false, false, false, arguments);
        }
    }

    /// What was seen in the measured span.
    ///
    /// @param latencies from publish to delivery
    /// @param confirmLatencies empty where nobody confirms
    public record Result(
            long messages,
            double seconds,
            double brokerCpuSeconds,
            double clientCpuSeconds,
            LatencyHistogram latencies,
            LatencyHistogram confirmLatencies) {}

    private final Selector selector = Selector.open();
    private final AmqpLink link;
    private final String queue;
    private final RawPublisher publisher;
    private final RawConsumer consumer;

    /// Opens the connections and declares the queue.
    ///
    /// @param queue a name nobody has
    public RawLoad(InetSocketAddress address, String queue, Settings settings) throws IOException {
        this.queue = queue;
        link = AmqpLink.open(address);
        link.ask(settings.declare(queue));
        consumer = new RawConsumer(address, selector, queue, settings);
        publisher = new RawPublisher(address, selector, queue, settings);
    }

    /// Runs the load, and then waits until everything has arrived.
    public Result run(Duration warmUp, Duration measured, CpuMeter broker) throws IOException {
        pump(warmUp);
        consumer.beginMeasured();
        publisher.beginMeasured();
        long before = consumer.received();
        double brokerCpu = broker.cpuSeconds();
        long clientCpu = threadCpuNanos();
        long began = System.nanoTime();
        pump(measured);
        var result = new Result(
                consumer.received() - before,
                (System.nanoTime() - began) / 1e9,
                broker.cpuSeconds() - brokerCpu,
                (threadCpuNanos() - clientCpu) / 1e9,
                consumer.latencies(),
                publisher.confirmLatencies());
        drain();
        return result;
    }

    private static long threadCpuNanos() {
        return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    }

    private void pump(Duration duration) throws IOException {
        long deadline = System.nanoTime() + duration.toNanos();
        publisher.refill(consumer.received(), Long.MAX_VALUE);
        long silentSince = System.nanoTime();
        while (System.nanoTime() < deadline) {
            if (select(true)) {
                silentSince = System.nanoTime();
            } else if (System.nanoTime() - silentSince > SILENCE_MAX.toNanos()) {
                throw new LoadFailure("nothing for " + SILENCE_MAX);
            }
        }
    }

    private void drain() throws IOException {
        long deadline = System.nanoTime() + SILENCE_MAX.toNanos();
        while (consumer.received() < publisher.published() && System.nanoTime() < deadline) {
            select(false);
        }
        if (consumer.received() != publisher.published()) {
            throw new LoadFailure("published " + publisher.published() + " messages, received " + consumer.received());
        }
    }

    /// @return whether anything was delivered
    private boolean select(boolean isMore) throws IOException {
        long before = consumer.received();
        selector.select(SELECT_MILLIS);
        for (SelectionKey key : selector.selectedKeys()) {
            if (key.attachment() == consumer) {
                consumer.receive();
            } else if (key.isReadable()) {
                publisher.receive();
            }
        }
        selector.selectedKeys().clear();
        publisher.refill(consumer.received(), isMore ? Long.MAX_VALUE : 0);
        return consumer.received() > before;
    }

    @Override
    public void close() throws IOException {
        try (selector;
                link;
                consumer;
                publisher) {
            link.ask(new QueueMethods.Delete(queue, false, false, false));
        }
    }
}
