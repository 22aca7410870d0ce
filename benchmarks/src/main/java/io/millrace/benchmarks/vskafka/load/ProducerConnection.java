package io.millrace.benchmarks.vskafka.load;

import io.millrace.benchmarks.vskafka.wire.ProduceFrame;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import org.apache.kafka.common.protocol.Errors;

/// One connection with a window of pre-built requests: a ring of copies of the same frame in direct memory, patched
/// when their turn comes and written many at a time.
///
/// Invariant: acknowledged <= written <= queued <= acknowledged + window, so a slot is never patched while unsent.
/// Owned by: the load's thread.
final class ProducerConnection implements AutoCloseable {
    private static final int RESPONSES_BYTES = 16 << 10;

    private final ProduceFrame frame;
    private final TargetRing targets;
    private final int window;
    private final SocketChannel channel;
    private final SelectionKey key;
    private final ByteBuffer slots;
    private final ByteBuffer[] gathered;
    private final long[] sentNanos;
    private final ByteBuffer in = ByteBuffer.allocateDirect(RESPONSES_BYTES);
    private long queued;
    private long writtenBytes;
    private long acknowledged;

    ProducerConnection(InetSocketAddress address, Selector selector, ProduceFrame frame, TargetRing targets, int window)
            throws IOException {
        this.frame = frame;
        this.targets = targets;
        this.window = window;
        slots = ByteBuffer.allocateDirect(Math.multiplyExact(frame.size(), window));
        gathered = new ByteBuffer[] {slots.duplicate(), slots.duplicate()};
        sentNanos = new long[window];
        for (int slot = 0; slot < window; slot++) {
            frame.copyTo(slots, slot * frame.size());
        }
        channel = SocketChannel.open(address);
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        channel.configureBlocking(false);
        key = channel.register(selector, SelectionKey.OP_READ, this);
    }

    boolean hasRoom() {
        return queued - acknowledged < window;
    }

    boolean isQuiet() {
        return queued == acknowledged;
    }

    /// Readies one more request; [#flush] sends it.
    void queue(long nowNanos) {
        int slot = (int) (queued % window);
        frame.patch(slots, slot * frame.size(), (int) queued, targets.next());
        sentNanos[slot] = nowNanos;
        queued++;
    }

    /// Writes what is queued in one gathering write, and asks for writability only if the socket took less.
    void flush() throws IOException {
        long pending = queued * frame.size() - writtenBytes;
        if (pending > 0) {
            int ringBytes = slots.capacity();
            int from = (int) (writtenBytes % ringBytes);
            int first = (int) Math.min(pending, ringBytes - from);
            gathered[0].limit(from + first).position(from);
            gathered[1].limit((int) (pending - first)).position(0);
            long written = first == pending ? channel.write(gathered[0]) : channel.write(gathered);
            writtenBytes += written;
            pending -= written;
        }
        int interest = pending > 0 ? SelectionKey.OP_READ | SelectionKey.OP_WRITE : SelectionKey.OP_READ;
        if (key.interestOps() != interest) {
            key.interestOps(interest);
        }
    }

    /// Reads what has arrived and counts the complete responses.
    ///
    /// @param latencies where to record them, sent since `sinceNanos`
    int receive(LatencyHistogram latencies, long sinceNanos) throws IOException {
        if (channel.read(in) < 0) {
            throw new LoadFailure("the broker closed a connection");
        }
        long now = System.nanoTime();
        int end = in.position();
        int position = 0;
        int count = 0;
        while (end - position >= Integer.BYTES) {
            int size = Integer.BYTES + in.getInt(position);
            if (size > RESPONSES_BYTES) {
                throw new LoadFailure("a produce response of " + size + " bytes");
            }
            if (end - position < size) {
                break;
            }
            accept(position);
            long sent = sentNanos[(int) (acknowledged % window)];
            if (sent >= sinceNanos) {
                latencies.record(now - sent);
            }
            acknowledged++;
            count++;
            position += size;
        }
        in.limit(end).position(position);
        in.compact();
        return count;
    }

    private void accept(int position) throws LoadFailure {
        short error = frame.responseError(in, position);
        if (error != 0) {
            throw new LoadFailure("produce was answered with " + Errors.forCode(error));
        }
        int correlationId = ProduceFrame.responseCorrelationId(in, position);
        if (correlationId != (int) acknowledged) {
            throw new LoadFailure("response " + correlationId + " came in place of " + (int) acknowledged);
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
