package io.millrace.benchmarks.vskafka.load;

import io.millrace.benchmarks.vskafka.wire.FrameTarget;
import io.millrace.benchmarks.vskafka.wire.ProduceFrame;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.Selector;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// The quiet producer: one request at a fixed pace on one connection, whether or not earlier ones are answered, so
/// that a stall of the broker is seen by every request it delays.
///
/// Owned by: the thread that calls [#run].
public final class PacedProducer implements AutoCloseable {
    /// More than this many unanswered requests end the run: at 2 ms pace a stall of 16 s.
    private static final int WINDOW = 8_192;

    private static final Duration DRAIN_MAX = Duration.ofSeconds(30);

    private final Selector selector;
    private final ProducerConnection connection;
    private final long paceNanos;
    private final LatencyHistogram latencies = new LatencyHistogram();

    public PacedProducer(InetSocketAddress address, ProduceFrame frame, List<FrameTarget> targets, Duration pace)
            throws IOException {
        paceNanos = pace.toNanos();
        selector = Selector.open();
        connection = new ProducerConnection(address, selector, frame, new TargetRing(targets), WINDOW);
    }

    /// Runs the pace for the span's time and waits for the last answers; only requests of the measured span count.
    public LatencyHistogram run(LoadSpan span) throws IOException {
        long start = System.nanoTime();
        long measuredSince = start + span.warmUp().toNanos();
        long end = measuredSince + span.measured().toNanos();
        long nextSend = start;
        while (nextSend < end) {
            long now = System.nanoTime();
            if (now >= nextSend) {
                send(now);
                nextSend += paceNanos;
            }
            receive(nextSend, measuredSince);
        }
        long drainDeadline = System.nanoTime() + DRAIN_MAX.toNanos();
        while (!connection.isQuiet()) {
            if (System.nanoTime() > drainDeadline) {
                throw new LoadFailure("quiet requests unanswered after " + DRAIN_MAX);
            }
            receive(System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(50), measuredSince);
        }
        return latencies;
    }

    private void send(long nowNanos) throws IOException {
        if (!connection.hasRoom()) {
            throw new LoadFailure(WINDOW + " quiet requests unanswered");
        }
        connection.queue(nowNanos);
        connection.flush();
    }

    private void receive(long untilNanos, long measuredSince) throws IOException {
        // Rounded up: a send up to a millisecond late costs nothing, spinning until it is due would cost a core.
        long waitMillis = 1 + TimeUnit.NANOSECONDS.toMillis(Math.max(0, untilNanos - System.nanoTime()));
        if (selector.select(waitMillis) > 0) {
            selector.selectedKeys().clear();
            connection.receive(latencies, measuredSince);
            connection.flush();
        }
    }

    @Override
    public void close() throws IOException {
        connection.close();
        selector.close();
    }
}
