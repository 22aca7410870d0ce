package io.millrace.benchmarks.vsrabbitmq.load;

import io.millrace.amqp.codec.Frame;
import io.millrace.amqp.codec.FrameRead;
import io.millrace.amqp.codec.FrameReader;
import io.millrace.amqp.codec.FrameWriter;
import io.millrace.amqp.codec.method.AmqpMethod;
import io.millrace.amqp.codec.method.ChannelMethods;
import io.millrace.amqp.codec.method.ConnectionMethods;
import io.millrace.amqp.codec.method.MethodDecoder;
import io.millrace.amqp.codec.wire.Decoded;
import io.millrace.amqp.codec.wire.FieldTable;
import io.millrace.amqp.codec.wire.LongString;
import io.millrace.benchmarks.vskafka.load.LoadFailure;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.function.Consumer;

/// A connection with one channel, set up by questions that wait for their answers.
///
/// Owned by: the load's thread.
final class AmqpLink implements AutoCloseable {
    static final int CHANNEL = 1;

    private static final byte[] HEADER = {'A', 'M', 'Q', 'P', 0, 0, 9, 1};
    private static final int READ_BYTES = 64 * 1024;

    private final SocketChannel socket;
    private final MethodDecoder decoder = new MethodDecoder();
    private final ByteBuffer piece = ByteBuffer.allocate(READ_BYTES);
    private final ByteBuf arrived = Unpooled.buffer();

    private AmqpLink(SocketChannel socket) {
        this.socket = socket;
    }

    /// A connection of `guest` to `/` without heartbeats, and its channel.
    static AmqpLink open(InetSocketAddress address) throws IOException {
        SocketChannel socket = SocketChannel.open(address);
        socket.setOption(StandardSocketOptions.TCP_NODELAY, true);
        var link = new AmqpLink(socket);
        link.send(ByteBuffer.wrap(HEADER));
        link.answer();
        LongString login = LongString.of("\0guest\0guest");
        link.tell(0, new ConnectionMethods.StartOk(FieldTable.EMPTY, "PLAIN", login, "en_US"));
        link.answer();
        link.tell(0, new ConnectionMethods.TuneOk(1, FrameReader.FRAME_MAX_DEFAULT, 0));
        link.tell(0, new ConnectionMethods.Open("/"));
        link.answer();
        link.ask(new ChannelMethods.Open());
        return link;
    }

    /// The octets of frames.
    static ByteBuffer octets(Consumer<FrameWriter> frames) {
        ByteBuf all = Unpooled.buffer();
        FrameWriter writer = new FrameWriter(ByteBufAllocator.DEFAULT, bytes -> {
            all.writeBytes(bytes);
            bytes.release();
        });
        writer.frameMax(FrameReader.FRAME_MAX_DEFAULT);
        frames.accept(writer);
        writer.flush();
        return all.nioBuffer();
    }

    /// Asks on the channel and waits for the answer.
    AmqpMethod ask(AmqpMethod method) throws IOException {
        tell(CHANNEL, method);
        AmqpMethod answer = answer();
        if (answer instanceof ChannelMethods.Close || answer instanceof ConnectionMethods.Close) {
            throw new LoadFailure(method + " was answered with " + answer);
        }
        return answer;
    }

    void tell(int channel, AmqpMethod method) throws IOException {
        send(octets(frames -> frames.method(channel, method)));
    }

    private void send(ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            socket.write(bytes);
        }
    }

    AmqpMethod answer() throws IOException {
        while (true) {
            FrameRead read = FrameReader.read(arrived, FrameReader.FRAME_MAX_DEFAULT);
            if (read instanceof Frame.Method(int _, ByteBuf payload)
                    && decoder.decode(payload) instanceof Decoded.Complete<AmqpMethod>(AmqpMethod method)) {
                return method;
            }
            if (read instanceof FrameRead.Malformed) {
                throw new LoadFailure("not understood: " + read);
            }
            piece.clear();
            if (socket.read(piece) < 0) {
                throw new LoadFailure("the broker closed a connection");
            }
            arrived.writeBytes(piece.flip());
        }
    }

    /// From now on the owner reads and writes it, without waiting.
    SocketChannel unblocked() throws IOException {
        if (arrived.isReadable()) {
            throw new LoadFailure("more came than was asked for");
        }
        socket.configureBlocking(false);
        return socket;
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
