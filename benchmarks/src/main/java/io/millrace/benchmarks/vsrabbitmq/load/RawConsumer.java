package io.millrace.benchmarks.vsrabbitmq.load;

import io.millrace.amqp.codec.method.BasicMethods;
import io.millrace.amqp.codec.wire.FieldTable;
import io.millrace.benchmarks.vskafka.load.LatencyHistogram;
import io.millrace.benchmarks.vskafka.load.LoadFailure;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;

/// Counts deliveries, takes their time, and where they are to be acknowledged does so one by one, all of one read in
/// one write.
///
/// Owned by: the load's thread.
final class RawConsumer implements AutoCloseable {
    private static final int READ_BYTES = 1 << 20;

    private final RawLoad.Settings settings;
    private final AmqpLink link;
    private final SocketChannel socket;
    private final SelectionKey key;
    private final ByteBuffer ack =
            AmqpLink.octets(frames -> frames.method(AmqpLink.CHANNEL, new BasicMethods.Ack(Long.MAX_VALUE, false)));
    private final int ackTagAt = ack.remaining() - 1 - 1 - Long.BYTES;
    private final MethodScan deliveries = new MethodScan(READ_BYTES, this::onMethod);
    private LatencyHistogram latencies = new LatencyHistogram();
    private final ByteBuffer acks;
    private long now;
    private long received;

    RawConsumer(InetSocketAddress address, Selector selector, String queue, RawLoad.Settings settings)
            throws IOException {
        this.settings = settings;
        acks = ByteBuffer.allocateDirect(ack.remaining() * Math.max(1, settings.prefetch()));
        link = AmqpLink.open(address);
        link.ask(new BasicMethods.Qos(0, settings.prefetch(), false));
        link.ask(new BasicMethods.Consume(
                queue, "load", false, !settings.isPersistent(), false, false, FieldTable.EMPTY));
        socket = link.unblocked();
        key = socket.register(selector, SelectionKey.OP_READ, this);
        deliveries.onBody(this::onBody);
    }

    /// Forgets latencies so far.
    void beginMeasured() {
        latencies = new LatencyHistogram();
    }

    LatencyHistogram latencies() {
        return latencies;
    }

    long received() {
        return received;
    }

    void receive() throws IOException {
        now = System.nanoTime();
        deliveries.read(socket);
        flush();
    }

    /// What the socket did not take goes with the next.
    void flush() throws IOException {
        if (acks.position() > 0) {
            socket.write(acks.flip());
            acks.compact();
        }
        int interest = acks.position() > 0 ? SelectionKey.OP_READ | SelectionKey.OP_WRITE : SelectionKey.OP_READ;
        if (key.interestOps() != interest) {
            key.interestOps(interest);
        }
    }

    private void onMethod(int ids, ByteBuffer in, int fieldsAt) throws LoadFailure {
        if (ids != MethodScan.BASIC_DELIVER) {
            throw new LoadFailure("a consumer was told method " + Integer.toHexString(ids));
        }
        if (settings.isPersistent()) {
            long tag = in.getLong(fieldsAt + 1 + in.get(fieldsAt));
            ack.putLong(ackTagAt, tag);
            acks.put(acks.position(), ack, 0, ack.remaining()).position(acks.position() + ack.remaining());
        }
    }

    private void onBody(ByteBuffer in, int bodyAt) {
        latencies.record(now - in.getLong(bodyAt));
        received++;
    }

    @Override
    public void close() throws IOException {
        link.close();
    }
}
