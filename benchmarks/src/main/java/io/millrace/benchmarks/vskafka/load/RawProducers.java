package io.millrace.benchmarks.vskafka.load;

import io.millrace.benchmarks.vskafka.wire.FrameTarget;
import io.millrace.benchmarks.vskafka.wire.ProduceFrame;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// The saturating producer: every connection's window is kept full, a node's targets take turns over all connections to
/// it.
///
/// Owned by: the thread that calls [#run], which does all the work.
public final class RawProducers implements AutoCloseable {
    private static final long SELECT_MILLIS = 100;
    /// After this long without a single answer the broker is taken to hang.
    private static final Duration SILENCE_MAX = Duration.ofSeconds(60);

    /// Kafka's first few appends to a partition cost milliseconds each, so every target is written this often before
    /// the measured span.
    private static final int WARM_UP_ROUNDS = 10;

    private static final Duration DRAIN_MAX = Duration.ofSeconds(20);

    private final ProduceFrame frame;
    private final int targetCount;
    private final Selector selector;
    private final List<ProducerConnection> connections = new ArrayList<>();
    private long requests;
    private long requestsBefore;
    private long measuredSinceNanos = Long.MAX_VALUE;
    private LatencyHistogram latencies = new LatencyHistogram();

    /// Opens the connections to one node.
    public RawProducers(
            InetSocketAddress address, ProduceFrame frame, List<FrameTarget> targets, int connectionCount, int window)
            throws IOException {
        this(Map.of(address, targets), frame, connectionCount, window);
    }

    /// Opens the connections.
    ///
    /// @param led what each node leads
    /// @param connectionCount connections to each of them
    /// @param window requests in flight on each connection
    public RawProducers(
            Map<InetSocketAddress, List<FrameTarget>> led, ProduceFrame frame, int connectionCount, int window)
            throws IOException {
        this.frame = frame;
        this.targetCount = led.values().stream().mapToInt(List::size).sum();
        selector = Selector.open();
        try {
            for (var node : led.entrySet()) {
                TargetRing targets = new TargetRing(node.getValue());
                for (int index = 0; index < connectionCount; index++) {
                    connections.add(new ProducerConnection(node.getKey(), selector, frame, targets, window));
                }
            }
        } catch (IOException failed) {
            close();
            throw failed;
        }
    }

    /// Runs the load: warm-up until its time is over and every target was written a few times, then the measured span.
    public LoadResult run(LoadSpan span, CpuMeter broker) throws IOException {
        long start = System.nanoTime();
        refillAll();
        pump(Duration.ZERO, targetCount, Long.MAX_VALUE);
        double firstRoundSeconds = (System.nanoTime() - start) / 1e9;
        pump(span.warmUp(), (long) WARM_UP_ROUNDS * targetCount, Long.MAX_VALUE);
        latencies = new LatencyHistogram();
        requestsBefore += requests;
        requests = 0;
        SpanClock clock = SpanClock.start(broker);
        measuredSinceNanos = System.nanoTime();
        pump(span.measured(), 0, span.requestBytesMax() / frame.size());
        LoadResult result = clock.end(requests, requests * frame.recordCount(), requests * frame.size(), latencies);
        drain();
        return result.withFirstRoundSeconds(firstRoundSeconds);
    }

    /// Writes this many requests as fast as they go, for filling topics.
    public void fill(long requestCount) throws IOException {
        refillAll();
        pump(Duration.ofDays(1), 0, requestCount);
        drain();
    }

    /// Records acknowledged since this was opened, warm-up included: what the topics must hold once the load is quiet.
    public long acknowledgedRecords() {
        return (requestsBefore + requests) * frame.recordCount();
    }

    private void pump(Duration atLeast, long requestsMin, long requestsMax) throws IOException {
        long deadline = System.nanoTime() + atLeast.toNanos();
        long silentSince = System.nanoTime();
        long before = requests;
        while (requests < requestsMax && (System.nanoTime() < deadline || requests < requestsMin)) {
            select(true);
            if (requests != before) {
                before = requests;
                silentSince = System.nanoTime();
            } else if (System.nanoTime() - silentSince > SILENCE_MAX.toNanos()) {
                throw new LoadFailure("no answer for " + SILENCE_MAX);
            }
        }
    }

    /// Waits for the answers still under way, so that the next run does not pay for them.
    private void drain() throws IOException {
        long deadline = System.nanoTime() + DRAIN_MAX.toNanos();
        while (!connections.stream().allMatch(ProducerConnection::isQuiet) && System.nanoTime() < deadline) {
            select(false);
        }
        if (!connections.stream().allMatch(ProducerConnection::isQuiet)) {
            throw new LoadFailure("requests unanswered after " + DRAIN_MAX);
        }
    }

    private void select(boolean refill) throws IOException {
        selector.select(SELECT_MILLIS);
        for (SelectionKey key : selector.selectedKeys()) {
            turn(key, refill);
        }
        selector.selectedKeys().clear();
    }

    private void turn(SelectionKey key, boolean refill) throws IOException {
        ProducerConnection connection = (ProducerConnection) key.attachment();
        if (key.isReadable()) {
            requests += connection.receive(latencies, measuredSinceNanos);
        }
        if (refill) {
            refill(connection);
        }
        connection.flush();
    }

    private void refillAll() throws IOException {
        for (ProducerConnection connection : connections) {
            refill(connection);
            connection.flush();
        }
    }

    private void refill(ProducerConnection connection) {
        long now = System.nanoTime();
        while (connection.hasRoom()) {
            connection.queue(now);
        }
    }

    @Override
    public void close() throws IOException {
        for (ProducerConnection connection : connections) {
            connection.close();
        }
        selector.close();
    }
}
