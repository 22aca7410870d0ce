package io.millrace.benchmarks.vskafka.load;

import io.millrace.benchmarks.vskafka.wire.FetchFrame;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// Consumers that read a filled topic round and round as fast as the broker sends.
///
/// Owned by: the thread that calls [#run].
public final class RawFetchers implements AutoCloseable {
    private static final long SELECT_MILLIS = 100;

    private final Selector selector;
    private final List<FetchConnection> connections = new ArrayList<>();
    private LatencyHistogram latencies = new LatencyHistogram();
    private long requests;
    private long records;
    private long bytes;

    /// Opens the connections, each starting at another partition.
    public RawFetchers(InetSocketAddress address, FetchFrame frame, int partitionCount, int connectionCount)
            throws IOException {
        selector = Selector.open();
        try {
            for (int index = 0; index < connectionCount; index++) {
                int first = index * partitionCount / connectionCount;
                connections.add(new FetchConnection(address, selector, frame, partitionCount, first));
            }
        } catch (IOException failed) {
            close();
            throw failed;
        }
    }

    public LoadResult run(LoadSpan span, CpuMeter broker) throws IOException {
        for (FetchConnection connection : connections) {
            connection.send();
        }
        pump(span.warmUp());
        latencies = new LatencyHistogram();
        requests = 0;
        records = 0;
        bytes = 0;
        SpanClock clock = SpanClock.start(broker);
        pump(span.measured());
        return clock.end(requests, records, bytes, latencies);
    }

    private void pump(Duration duration) throws IOException {
        long deadline = System.nanoTime() + duration.toNanos();
        while (System.nanoTime() < deadline) {
            selector.select(SELECT_MILLIS);
            for (SelectionKey key : selector.selectedKeys()) {
                turn((FetchConnection) key.attachment());
            }
            selector.selectedKeys().clear();
        }
    }

    private void turn(FetchConnection connection) throws IOException {
        if (connection.receive()) {
            latencies.record(connection.latencyNanos());
            requests++;
            bytes += connection.receivedBytes();
            records += connection.records();
            connection.send();
        }
    }

    @Override
    public void close() throws IOException {
        for (FetchConnection connection : connections) {
            connection.close();
        }
        selector.close();
    }
}
