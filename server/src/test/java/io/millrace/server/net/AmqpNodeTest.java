package io.millrace.server.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.server.Node;
import io.millrace.server.config.ConfigInputs;
import io.millrace.server.config.ConfigLoader;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A node's AMQP port over real sockets: what no session sees. The protocol itself is tested with sessions and with
/// real clients.
class AmqpNodeTest {
    static final byte[] HEADER = {'A', 'M', 'Q', 'P', 0, 0, 9, 1};
    private static final int READ_MS_MAX = 60_000;
    private static final int MUCH_BYTES = 16 * 1024 * 1024;

    @TempDir
    private Path folder;

    private Node node;

    @BeforeEach
    void start() throws Exception {
        node = Node.start(ConfigLoader.load(ConfigInputs.NONE.withSets(List.of(
                        "storage.directories=" + folder,
                        "listeners.kafka=127.0.0.1:0",
                        "listeners.http=",
                        "listeners.management=",
                        "listeners.amqp=127.0.0.1:0")))
                .config());
    }

    @AfterEach
    void stop() throws Exception {
        node.stop();
    }

    @Test
    void understandsAClientThatSendsOctetByOctet() throws Exception {
        try (Socket socket = connect()) {
            for (byte octet : HEADER) {
                send(socket, octet);
            }
            assertThat(method(socket)).isEqualTo("10.10");

            for (byte octet : startOk()) {
                send(socket, octet);
            }
            assertThat(method(socket)).isEqualTo("10.30");
        }
    }

    @Test
    void takesSeveralMethodsOfOneRead() throws Exception {
        try (Socket socket = connect()) {
            OutputStream out = socket.getOutputStream();
            out.write(HEADER);
            out.write(startOk());
            out.write(frame(0, 10, 31, new byte[] {0, 10, 0, 0, 32, 0, 0, 0}));
            out.write(frame(0, 10, 40, new byte[] {1, '/', 0, 0}));
            out.write(frame(1, 20, 10, new byte[] {0}));

            assertThat(List.of(method(socket), method(socket), method(socket), method(socket)))
                    .containsExactly("10.10", "10.30", "10.41", "20.11");
        }
    }

    @Test
    void answersAnotherProtocolWithItsHeaderAndCloses() throws Exception {
        try (Socket socket = connect()) {
            socket.getOutputStream().write("GET / HT".getBytes(StandardCharsets.US_ASCII));

            assertThat(socket.getInputStream().readAllBytes()).isEqualTo(HEADER);
        }
    }

    /// A socket closed by us would reset the connection, and such a client would fail where it only says goodbye.
    @Test
    void readsOnAfterItsCloseOk() throws Exception {
        try (Socket socket = connect()) {
            open(socket);
            socket.getOutputStream().write(frame(0, 10, 50, new byte[] {0, (byte) 200, 0, 0, 0, 0, 0}));
            assertThat(method(socket)).isEqualTo("10.51");

            sendMuch(socket);
        }
    }

    @Test
    void readsOnAfterAClientHasHeardOfAnError() throws Exception {
        try (Socket socket = connect()) {
            open(socket);
            socket.getOutputStream().write(frame(3, 60, 70, new byte[0]));
            assertThat(method(socket)).isEqualTo("10.50");
            socket.getOutputStream().write(frame(0, 10, 51, new byte[0]));
            assertThat(socket.getInputStream().read()).isEqualTo(-1);

            sendMuch(socket);
        }
    }

    private static void sendMuch(Socket socket) throws IOException {
        byte[] acks = new byte[MUCH_BYTES];
        for (int i = 0; i < MUCH_BYTES; i += MUCH_BYTES / 16) {
            socket.getOutputStream().write(acks, i, MUCH_BYTES / 16);
        }
    }

    private static void open(Socket socket) throws IOException {
        open(socket, 0);
    }

    private static void open(Socket socket, int heartbeatSeconds) throws IOException {
        OutputStream out = socket.getOutputStream();
        out.write(HEADER);
        out.write(startOk());
        out.write(frame(0, 10, 31, new byte[] {0, 10, 0, 2, 0, 0, 0, (byte) heartbeatSeconds}));
        out.write(frame(0, 10, 40, new byte[] {1, '/', 0, 0}));
        assertThat(List.of(method(socket), method(socket), method(socket))).containsExactly("10.10", "10.30", "10.41");
    }

    @Test
    void tellsClientsThatItStops() throws Exception {
        try (Socket socket = connect()) {
            OutputStream out = socket.getOutputStream();
            open(socket);

            Thread stopping = Thread.ofVirtual().start(() -> {
                try {
                    node.stop();
                } catch (InterruptedException stopped) {
                    Thread.currentThread().interrupt();
                }
            });
            assertThat(method(socket)).isEqualTo("10.50");
            out.write(frame(0, 10, 51, new byte[0]));
            assertThat(socket.getInputStream().read()).isEqualTo(-1);
            stopping.join();
        }
        start();
    }

    /// Like a process that was stopped: its socket is full, and nothing is heard of it.
    @Test
    void throwsOutAConsumerThatReadsNothingAfterTwoHeartbeats() throws Exception {
        try (Socket frozen = connect();
                Socket other = connect()) {
            open(frozen, 1);
            frozen.getOutputStream().write(frame(1, 20, 10, new byte[] {0}));
            frozen.getOutputStream().write(frame(1, 50, 10, new byte[] {0, 0, 1, 'q', 0, 0, 0, 0, 0}));
            frozen.getOutputStream().write(frame(1, 60, 20, new byte[] {0, 0, 1, 'q', 1, 'c', 0, 0, 0, 0, 0}));
            assertThat(List.of(method(frozen), method(frozen), method(frozen)))
                    .containsExactly("20.11", "50.11", "60.21");
            open(other);
            other.getOutputStream().write(frame(1, 20, 10, new byte[] {0}));
            method(other);
            assertThat(consumersOfQ(other)).isOne();

            for (int i = 0; i < 40; i++) {
                publish(other, new byte[1024 * 1024]);
            }

            await().atMost(Duration.ofMillis(READ_MS_MAX)).until(() -> consumersOfQ(other) == 0);
        }
    }

    /// To queue q, in frames of 128 KiB.
    private static void publish(Socket socket, byte[] body) throws IOException {
        DataOutputStream out = new DataOutputStream(new BufferedOutputStream(socket.getOutputStream(), 1 << 16));
        out.write(frame(1, 60, 40, new byte[] {0, 0, 0, 1, 'q', 0}));
        out.write(new byte[] {2, 0, 1, 0, 0, 0, 14, 0, 60, 0, 0});
        out.writeLong(body.length);
        out.writeShort(0);
        out.write(0xce);
        int most = 131_072 - 8;
        for (int at = 0; at < body.length; at += most) {
            int length = Math.min(most, body.length - at);
            out.write(new byte[] {3, 0, 1});
            out.writeInt(length);
            out.write(body, at, length);
            out.write(0xce);
        }
        out.flush();
    }

    private static int consumersOfQ(Socket socket) throws IOException {
        socket.getOutputStream().write(frame(1, 50, 10, new byte[] {0, 0, 1, 'q', 1, 0, 0, 0, 0}));
        byte[] declareOk = payload(socket);
        return ByteBuffer.wrap(declareOk).getInt(declareOk.length - Integer.BYTES);
    }

    private Socket connect() throws IOException {
        Socket socket = new Socket(
                InetAddress.getLoopbackAddress(),
                node.amqpAddress().orElseThrow().getPort());
        socket.setSoTimeout(READ_MS_MAX);
        socket.setTcpNoDelay(true);
        return socket;
    }

    private static void send(Socket socket, byte octet) throws IOException {
        socket.getOutputStream().write(octet);
        socket.getOutputStream().flush();
    }

    static byte[] startOk() {
        return startOk("PLAIN", "\0guest\0guest");
    }

    static byte[] startOk(String mechanism, String response) {
        return frame(
                0,
                10,
                11,
                ByteBuffer.allocate(4 + 1 + mechanism.length() + 4 + response.length() + 6)
                        .putInt(0)
                        .put((byte) mechanism.length())
                        .put(mechanism.getBytes(StandardCharsets.US_ASCII))
                        .putInt(response.length())
                        .put(response.getBytes(StandardCharsets.US_ASCII))
                        .put("\5en_US".getBytes(StandardCharsets.US_ASCII))
                        .array());
    }

    static byte[] frame(int channel, int classId, int methodId, byte[] fields) {
        byte[] frame = new byte[12 + fields.length];
        frame[0] = 1;
        frame[2] = (byte) channel;
        frame[5] = (byte) ((fields.length + 4) >> 8);
        frame[6] = (byte) (fields.length + 4);
        frame[8] = (byte) classId;
        frame[10] = (byte) methodId;
        System.arraycopy(fields, 0, frame, 11, fields.length);
        frame[11 + fields.length] = (byte) 0xce;
        return frame;
    }

    /// The next method's class and method ids.
    static String method(Socket socket) throws IOException {
        byte[] payload = payload(socket);
        return payload[1] + "." + payload[3];
    }

    private static byte[] payload(Socket socket) throws IOException {
        DataInputStream in = new DataInputStream(socket.getInputStream());
        while (true) {
            int type = in.readUnsignedByte();
            in.readUnsignedShort();
            byte[] payload = new byte[in.readInt()];
            in.readFully(payload);
            in.readUnsignedByte();
            if (type == 1) {
                return payload;
            }
        }
    }
}
