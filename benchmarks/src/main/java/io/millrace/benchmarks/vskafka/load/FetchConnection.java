package io.millrace.benchmarks.vskafka.load;

import io.millrace.benchmarks.vskafka.wire.FetchFrame;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import org.apache.kafka.common.protocol.Errors;

/// One consumer that walks through the partitions of a filled topic, one fetch in flight, and discards what it gets.
///
/// It looks only at the answer's header and at the first batch's: the topic holds equal batches, so the length of the
/// records tells how many came. The rest of each answer is read over the same bytes of the buffer.
/// Owned by: the load's thread.
final class FetchConnection implements AutoCloseable {
    private static final int READ_BYTES = 1 << 20;
    /// Record batch v2: base offset, then the length of what follows, then (from the batch's start) the last delta.
    private static final int BATCH_LENGTH = Long.BYTES;

    private static final int BATCH_OVERHEAD = Long.BYTES + Integer.BYTES;
    private static final int LAST_OFFSET_DELTA = 23;
    private static final int BATCH_HEADER_BYTES = 61;

    private final FetchFrame frame;
    private final int partitionCount;
    private final SocketChannel channel;
    private final ByteBuffer request;
    private final ByteBuffer in = ByteBuffer.allocateDirect(READ_BYTES);
    private final int keptBytes;
    private int correlationId;
    private int partition;
    private long offset;
    private long received;
    private long sentNanos;

    FetchConnection(
            InetSocketAddress address, Selector selector, FetchFrame frame, int partitionCount, int firstPartition)
            throws IOException {
        this.frame = frame;
        this.partitionCount = partitionCount;
        this.partition = firstPartition;
        keptBytes = frame.headerBytes() + BATCH_HEADER_BYTES;
        request = ByteBuffer.allocateDirect(frame.size());
        channel = SocketChannel.open(address);
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        channel.configureBlocking(false);
        channel.register(selector, SelectionKey.OP_READ, this);
    }

    /// Sends the next fetch.
    void send() throws IOException {
        correlationId++;
        frame.write(request, correlationId, partition, offset);
        in.clear();
        received = 0;
        sentNanos = System.nanoTime();
        // One small frame after an answered one always fits the socket's buffer.
        channel.write(request);
        if (request.hasRemaining()) {
            throw new LoadFailure("a fetch request did not fit the socket's buffer");
        }
    }

    /// Reads what has arrived; true when the answer is complete and [#records] can be asked.
    boolean receive() throws IOException {
        int count = channel.read(in);
        if (count < 0) {
            throw new LoadFailure("the broker closed a connection");
        }
        received += count;
        if (in.position() > keptBytes) {
            in.position(keptBytes);
        }
        return received >= Integer.BYTES && received >= frame.responseSize(in);
    }

    long latencyNanos() {
        return System.nanoTime() - sentNanos;
    }

    long receivedBytes() {
        return received;
    }

    /// Checks the complete answer, moves on behind its last whole batch and says how many records it brought.
    long records() throws LoadFailure {
        if (received < frame.headerBytes() || frame.responseCorrelationId(in) != correlationId) {
            throw new LoadFailure("a fetch response of " + received + " bytes that answers nothing asked");
        }
        short error = frame.responseError(in);
        if (error != 0) {
            throw new LoadFailure("fetch was answered with " + Errors.forCode(error));
        }
        if (frame.recordsBytes(in) < BATCH_HEADER_BYTES) {
            throw new LoadFailure("no records at offset %d of partition %d".formatted(offset, partition));
        }
        int batch = frame.headerBytes();
        long baseOffset = in.getLong(batch);
        if (baseOffset != offset) {
            throw new LoadFailure("asked for offset %d, got %d".formatted(offset, baseOffset));
        }
        int batchBytes = BATCH_OVERHEAD + in.getInt(batch + BATCH_LENGTH);
        long recordsPerBatch = in.getInt(batch + LAST_OFFSET_DELTA) + 1L;
        long records = frame.recordsBytes(in) / batchBytes * recordsPerBatch;
        offset += records;
        if (offset >= frame.responseHighWatermark(in)) {
            offset = 0;
            partition = (partition + 1) % partitionCount;
        }
        return records;
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
