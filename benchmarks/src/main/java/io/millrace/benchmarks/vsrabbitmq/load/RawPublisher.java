package io.millrace.benchmarks.vsrabbitmq.load;

import io.millrace.amqp.codec.method.BasicMethods;
import io.millrace.amqp.codec.method.ConfirmMethods;
import io.millrace.amqp.codec.wire.BasicProperties;
import io.millrace.benchmarks.vskafka.load.LatencyHistogram;
import io.millrace.benchmarks.vskafka.load.LoadFailure;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;

/// A ring of copies of one publish in direct memory: the time is written into a body when its turn comes, and many
/// leave in one write.
///
/// Invariant: ended <= written <= queued <= ended + window, so a slot is never written to while unsent.
/// Owned by: the load's thread.
final class RawPublisher implements AutoCloseable {
    private static final int DELIVERY_PERSISTENT = 2;
    private static final int ANSWER_BYTES = 64 * 1024;

    private final RawLoad.Settings settings;
    private final AmqpLink link;
    private final SocketChannel socket;
    private final SelectionKey key;
    private final int size;
    private final int timeAt;
    private final ByteBuffer slots;
    private final ByteBuffer[] gathered;
    private final long[] sentNanos;
    private final boolean[] confirmed;
    private final MethodScan answers = new MethodScan(ANSWER_BYTES, this::onMethod);
    private LatencyHistogram confirmLatencies = new LatencyHistogram();
    private long now;
    private long queued;
    private long writtenBytes;
    private long ended;

    RawPublisher(InetSocketAddress address, Selector selector, String queue, RawLoad.Settings settings)
            throws IOException {
        this.settings = settings;
        ByteBuffer publish = publish(queue, settings);
        size = publish.remaining();
        timeAt = size - 1 - settings.bodyBytes();
        slots = ByteBuffer.allocateDirect(Math.multiplyExact(size, settings.window()));
        for (int slot = 0; slot < settings.window(); slot++) {
            slots.put(slot * size, publish, 0, size);
        }
        gathered = new ByteBuffer[] {slots.duplicate(), slots.duplicate()};
        sentNanos = new long[settings.window()];
        confirmed = new boolean[settings.window()];
        link = AmqpLink.open(address);
        if (settings.isPersistent()) {
            link.ask(new ConfirmMethods.Select(false));
        }
        socket = link.unblocked();
        key = socket.register(selector, SelectionKey.OP_READ, this);
    }

    private static ByteBuffer publish(String queue, RawLoad.Settings settings) {
        BasicProperties properties = settings.isPersistent()
                ? BasicProperties.builder().deliveryMode(DELIVERY_PERSISTENT).build()
                : BasicProperties.EMPTY;
        return AmqpLink.octets(frames -> frames.content(
                AmqpLink.CHANNEL,
                new BasicMethods.Publish("", queue, false, false),
                properties,
                Unpooled.wrappedBuffer(new byte[settings.bodyBytes()])));
    }

    /// Forgets latencies so far.
    void beginMeasured() {
        confirmLatencies = new LatencyHistogram();
    }

    LatencyHistogram confirmLatencies() {
        return confirmLatencies;
    }

    long published() {
        return queued;
    }

    /// Those that nobody waits for any more.
    long ended() {
        return ended;
    }

    /// Fills the window and writes.
    ///
    /// @param delivered how many came back, which is what ends a message nobody confirms
    /// @param most how many to publish in all
    void refill(long delivered, long most) throws IOException {
        if (!settings.isPersistent()) {
            ended = delivered;
        }
        long nanos = System.nanoTime();
        while (queued < most && queued - ended < settings.window()) {
            int slot = (int) (queued % settings.window());
            slots.putLong(slot * size + timeAt, nanos);
            sentNanos[slot] = nanos;
            confirmed[slot] = false;
            queued++;
        }
        flush();
    }

    private void flush() throws IOException {
        long pending = queued * size - writtenBytes;
        if (pending > 0) {
            int ringBytes = slots.capacity();
            int from = (int) (writtenBytes % ringBytes);
            int first = (int) Math.min(pending, ringBytes - from);
            gathered[0].limit(from + first).position(from);
            gathered[1].limit((int) (pending - first)).position(0);
            long written = first == pending ? socket.write(gathered[0]) : socket.write(gathered);
            writtenBytes += written;
            pending -= written;
        }
        int interest = pending > 0 ? SelectionKey.OP_READ | SelectionKey.OP_WRITE : SelectionKey.OP_READ;
        if (key.interestOps() != interest) {
            key.interestOps(interest);
        }
    }

    void receive() throws IOException {
        now = System.nanoTime();
        answers.read(socket);
    }

    private void onMethod(int ids, ByteBuffer in, int fieldsAt) throws LoadFailure {
        if (ids != MethodScan.BASIC_ACK) {
            throw new LoadFailure("a publisher was told method " + Integer.toHexString(ids));
        }
        long tag = in.getLong(fieldsAt);
        boolean isMultiple = in.get(fieldsAt + Long.BYTES) != 0;
        if (tag > queued || tag <= 0) {
            throw new LoadFailure("confirmed without having been published: " + tag);
        }
        for (long each = isMultiple ? ended : tag - 1; each < tag; each++) {
            confirm((int) (each % settings.window()));
        }
        while (ended < queued && confirmed[(int) (ended % settings.window())]) {
            ended++;
        }
    }

    private void confirm(int slot) {
        if (!confirmed[slot]) {
            confirmed[slot] = true;
            confirmLatencies.record(now - sentNanos[slot]);
        }
    }

    @Override
    public void close() throws IOException {
        link.close();
    }
}
