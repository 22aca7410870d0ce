package io.millrace.conformance.amqp;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import org.awaitility.Awaitility;

/// A bare socket that speaks AMQP frames, right or wrong ones.
///
/// Owned by: one test. Every read gives up after ten seconds.
final class RawAmqp implements AutoCloseable {
    static final byte[] HEADER = {'A', 'M', 'Q', 'P', 0, 0, 9, 1};
    private static final byte FRAME_END = (byte) 0xCE;
    private static final Duration READ_LIMIT = Duration.ofSeconds(10);
    private static final Duration START_LIMIT = Duration.ofSeconds(60);

    private final Socket socket;
    private final DataInputStream in;

    /// Connects over loopback.
    RawAmqp(int port) throws IOException {
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout((int) READ_LIMIT.toMillis());
        socket.setTcpNoDelay(true);
        in = new DataInputStream(socket.getInputStream());
    }

    /// Waits until something there answers a protocol header with a frame.
    static void awaitAnswer(int port) {
        Awaitility.await()
                .atMost(START_LIMIT)
                .pollInterval(Duration.ofMillis(50))
                .until(() -> answers(port));
    }

    private static boolean answers(int port) {
        try (var raw = new RawAmqp(port)) {
            return raw.send(HEADER).receive().isMethod(10, 10);
        } catch (IOException e) {
            return false;
        }
    }

    /// Connects, logs in as guest and opens the default vhost and channel 1.
    static RawAmqp open(int port, int channelMax, int frameMax, int heartbeat) throws IOException {
        var raw = new RawAmqp(port);
        raw.send(HEADER).receive();
        raw.send(login("PLAIN", "\0guest\0guest")).receive();
        raw.send(tuneOk(channelMax, frameMax, heartbeat));
        raw.send(method(0, 10, 40, arguments -> {
                    shortString(arguments, "/");
                    shortString(arguments, "");
                    arguments.writeByte(0);
                }))
                .receive();
        raw.send(openChannel(1)).receive();
        return raw;
    }

    /// A `connection.start-ok` frame without client properties.
    static byte[] login(String mechanism, String response) {
        return method(0, 10, 11, arguments -> {
            arguments.writeInt(0);
            shortString(arguments, mechanism);
            longString(arguments, response);
            shortString(arguments, "en_US");
        });
    }

    /// A `connection.tune-ok` frame.
    static byte[] tuneOk(int channelMax, int frameMax, int heartbeat) {
        return method(0, 10, 31, arguments -> {
            arguments.writeShort(channelMax);
            arguments.writeInt(frameMax);
            arguments.writeShort(heartbeat);
        });
    }

    /// A `channel.open` frame.
    static byte[] openChannel(int channel) {
        return method(channel, 20, 10, arguments -> shortString(arguments, ""));
    }

    /// A `basic.publish` frame to the default exchange, without the content that belongs behind it.
    static byte[] publish(int channel, String queue) {
        return method(channel, 60, 40, arguments -> {
            arguments.writeShort(0);
            shortString(arguments, "");
            shortString(arguments, queue);
            arguments.writeByte(0);
        });
    }

    /// A content header frame without properties.
    static byte[] contentHeader(int channel, int contentClass, int weight, long size) {
        return frame(
                2,
                channel,
                ByteBuffer.allocate(14)
                        .putShort((short) contentClass)
                        .putShort((short) weight)
                        .putLong(size)
                        .putShort((short) 0)
                        .array());
    }

    /// A method frame.
    static byte[] method(int channel, int methodClass, int method, Arguments arguments) {
        var bytes = new ByteArrayOutputStream();
        try (var out = new DataOutputStream(bytes)) {
            out.writeShort(methodClass);
            out.writeShort(method);
            arguments.writeTo(out);
        } catch (IOException e) {
            throw new UncheckedIOException("in memory", e);
        }
        return frame(1, channel, bytes.toByteArray());
    }

    /// Any frame.
    static byte[] frame(int type, int channel, byte[] payload) {
        return ByteBuffer.allocate(payload.length + 8)
                .put((byte) type)
                .putShort((short) channel)
                .putInt(payload.length)
                .put(payload)
                .put(FRAME_END)
                .array();
    }

    static void shortString(DataOutputStream out, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        out.writeByte(bytes.length);
        out.write(bytes);
    }

    static void longString(DataOutputStream out, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        out.writeInt(bytes.length);
        out.write(bytes);
    }

    /// Sends these bytes.
    RawAmqp send(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
        return this;
    }

    /// The next frame.
    Frame receive() throws IOException {
        int type = in.readUnsignedByte();
        int channel = in.readUnsignedShort();
        var payload = new byte[in.readInt()];
        in.readFully(payload);
        if (in.readByte() != FRAME_END) {
            throw new IOException("no frame end");
        }
        return new Frame(type, channel, payload);
    }

    /// The next bytes, whatever they are.
    byte[] receiveBytes(int count) throws IOException {
        var bytes = new byte[count];
        in.readFully(bytes);
        return bytes;
    }

    /// Whether the other side closes the connection, by an end or a reset, without another byte.
    boolean isClosedSilently() throws IOException {
        try {
            return in.read() == -1;
        } catch (SocketException e) {
            return true; // reset
        }
    }

    /// The close the broker sends next, on whatever level; other frames before it are passed over.
    Closed receiveClose() throws IOException {
        while (true) {
            Frame frame = receive();
            if (frame.isMethod(10, 50) || frame.isMethod(20, 40)) {
                return frame.closed();
            }
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }

    /// Writes a method's arguments.
    @FunctionalInterface
    interface Arguments {
        void writeTo(DataOutputStream out) throws IOException;
    }

    /// One frame that came.
    static final class Frame {
        private final int type;
        private final int channel;
        private final byte[] payload;

        private Frame(int type, int channel, byte[] payload) {
            this.type = type;
            this.channel = channel;
            this.payload = payload;
        }

        int type() {
            return type;
        }

        byte[] payload() {
            return payload;
        }

        boolean isMethod(int methodClass, int method) {
            ByteBuffer buffer = ByteBuffer.wrap(payload);
            return type == 1 && buffer.getShort() == methodClass && buffer.getShort() == method;
        }

        private Closed closed() {
            int code = ByteBuffer.wrap(payload).getShort(4);
            int length = payload[6] & 0xFF;
            byte[] text = Arrays.copyOfRange(payload, 7, 7 + length);
            return new Closed(channel == 0, code, new String(text, StandardCharsets.UTF_8));
        }
    }
}
