package io.millrace.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.server.Node;
import io.millrace.server.config.ConfigInputs;
import io.millrace.server.config.ConfigLoader;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The management port of a real node over a socket.
class ManagementNodeTest {
    private static final int READ_MS_MAX = 60_000;
    private static final String GUEST =
            Base64.getEncoder().encodeToString("guest:guest".getBytes(StandardCharsets.UTF_8));

    @TempDir
    private Path folder;

    private Node node;

    @BeforeEach
    void start() throws Exception {
        node = Node.start(ConfigLoader.load(ConfigInputs.NONE.withSets(List.of(
                        "storage.directories=" + folder,
                        "listeners.kafka=127.0.0.1:0",
                        "listeners.http=",
                        "listeners.amqp=",
                        "listeners.management=127.0.0.1:0")))
                .config());
    }

    @AfterEach
    void stop() throws Exception {
        node.stop();
    }

    @Test
    void declaresPublishesAndGets() throws Exception {
        assertThat(ask("PUT", "/queues/%2F/q", "{}")).startsWith("HTTP/1.1 201");
        String published = ask(
                "POST",
                "/exchanges/%2F/amq.default/publish",
                "{\"properties\":{},\"routing_key\":\"q\",\"payload\":\"hello\",\"payload_encoding\":\"string\"}");
        assertThat(published).startsWith("HTTP/1.1 200").endsWith("{\"routed\":true}");
        String got = ask(
                "POST", "/queues/%2F/q/get", "{\"count\":2,\"ackmode\":\"ack_requeue_true\",\"encoding\":\"auto\"}");
        assertThat(got).contains("\"payload\":\"hello\"");
        assertThat(ask("DELETE", "/queues/%2F/q/contents", "")).startsWith("HTTP/1.1 204");
        assertThat(ask("DELETE", "/queues/%2F/q", "")).startsWith("HTTP/1.1 204");
        assertThat(ask("GET", "/overview", "")).contains("\"queues\":0");
        assertThat(ask("GET", "/nodes", "")).contains("\"name\":\"millrace@");
    }

    @Test
    void theMachineItselfIsKnownByItsOwnAddress() throws Exception {
        InetSocketAddress here = new InetSocketAddress(InetAddress.ofLiteral("192.0.2.7"), 15_672);
        InetSocketAddress same = new InetSocketAddress(InetAddress.ofLiteral("192.0.2.7"), 40_000);
        InetSocketAddress other = new InetSocketAddress(InetAddress.ofLiteral("192.0.2.8"), 40_000);
        InetSocketAddress loopback = new InetSocketAddress(InetAddress.getLoopbackAddress(), 40_000);
        assertThat(ManagementConnection.isFromHere(same, here)).isTrue();
        assertThat(ManagementConnection.isFromHere(loopback, here)).isTrue();
        assertThat(ManagementConnection.isFromHere(other, here)).isFalse();
    }

    @Test
    void countsWhatGoesThrough() throws Exception {
        ask("PUT", "/queues/%2F/counted", "{}");
        for (int message = 0; message < 3; message++) {
            ask(
                    "POST",
                    "/exchanges/%2F/amq.default/publish",
                    "{\"properties\":{},\"routing_key\":\"counted\",\"payload\":\"x\",\"payload_encoding\":\"string\"}");
        }
        String get = "{\"count\":2,\"ackmode\":\"ack_requeue_true\",\"encoding\":\"auto\"}";
        ask("POST", "/queues/%2F/counted/get", get);
        ask("POST", "/queues/%2F/counted/get", get);
        await().atMost(60, TimeUnit.SECONDS)
                .untilAsserted(() -> assertThat(ask("GET", "/queues/%2F/counted", ""))
                        .contains("\"publish\":3,", "\"get\":4,", "\"redeliver\":2,", "\"ack\":0,"));
        assertThat(ask("GET", "/exchanges/%2F/amq.default", "")).contains("\"publish_in\":3,", "\"publish_out\":3,");
        ask("DELETE", "/queues/%2F/counted", "");
        await().atMost(60, TimeUnit.SECONDS)
                .untilAsserted(() -> assertThat(ask("GET", "/overview", ""))
                        .contains("\"queues\":0", "\"publish\":3,", "\"deliver_get\":4,"));
    }

    @Test
    void takesNoBodyFromStrangers() throws Exception {
        String head = "PUT /api/queues/%2F/q HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n";
        assertThat(send(head)).startsWith("HTTP/1.1 401").contains("WWW-Authenticate");
    }

    @Test
    void showsStrangersNothingButAPage() throws Exception {
        assertThat(send("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"))
                .startsWith("HTTP/1.1 200")
                .containsIgnoringCase("content-type: text/html")
                .contains("/api");
        assertThat(send("GET /cli/rabbitmqadmin HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"))
                .startsWith("HTTP/1.1 404");
        assertThat(send("GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n"))
                .startsWith("HTTP/1.1 200");
        assertThat(send("GET /api/ HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"))
                .startsWith("HTTP/1.1 401");
    }

    @Test
    void takesNoBodyThatIsTooLong() throws Exception {
        String head = "PUT /api/queues/%2F/q HTTP/1.1\r\nHost: x\r\nAuthorization: Basic " + GUEST
                + "\r\nContent-Length: 20000001\r\n\r\n";
        assertThat(send(head)).startsWith("HTTP/1.1 413");
    }

    @Test
    void answersSeveralRequestsOfOneConnection() throws Exception {
        try (Socket socket = connect()) {
            for (int i = 0; i < 3; i++) {
                write(socket, request("GET", "/whoami", "", "keep-alive"));
                assertThat(readAnswer(socket)).endsWith("{\"name\":\"guest\",\"tags\":[\"administrator\"]}");
            }
        }
    }

    /// Bodies that are on their way share a part of the heap, which comes back when their senders have gone.
    @Test
    void takesNoMoreBodiesThanThereIsMemoryFor() throws Exception {
        byte[] part = new byte[19_000_000];
        long budget = Math.clamp(Runtime.getRuntime().maxMemory() / 32, 20_000_000L, 100_000_000L);
        List<Socket> senders = new ArrayList<>();
        try {
            while ((long) senders.size() * part.length <= budget) {
                Socket sender = connect();
                senders.add(sender);
                write(sender, head("PUT", "/queues/%2F/q", 19_999_999));
                writeAsFarAsTaken(sender, part);
            }
            await().atMost(20, TimeUnit.SECONDS).until(() -> senders.stream().anyMatch(sender -> isRefused(sender)));
        } finally {
            for (Socket sender : senders) {
                sender.close();
            }
        }
        String body = " ".repeat(10_000_000) + "{}";
        await().atMost(60, TimeUnit.SECONDS)
                .ignoreExceptions()
                .untilAsserted(
                        () -> assertThat(ask("PUT", "/queues/%2F/q", body)).startsWith("HTTP/1.1 201"));
    }

    private static void writeAsFarAsTaken(Socket socket, byte[] part) {
        try {
            socket.getOutputStream().write(part);
        } catch (IOException refused) {
            assertThat(refused).hasMessageMatching("(?i).*(reset|broken pipe).*");
        }
    }

    /// The answer is lost when the node hung up while the body was being sent.
    private static boolean isRefused(Socket socket) {
        try {
            socket.setSoTimeout(100);
            return readAnswer(socket).startsWith("HTTP/1.1 503");
        } catch (SocketTimeoutException stillTaken) {
            return false;
        } catch (IOException hungUp) {
            return hungUp.getMessage().toLowerCase(Locale.ROOT).matches(".*(reset|broken pipe).*");
        }
    }

    @Test
    void hangsUpOnNonsense() throws Exception {
        assertThat(send("nonsense\r\n\r\n")).startsWith("HTTP/1.1 400");
    }

    private String ask(String method, String path, String body) throws IOException {
        return send(request(method, path, body, "close"));
    }

    private static String request(String method, String path, String body, String connection) {
        return head(method, path, body.length()).replace("close", connection) + body;
    }

    private static String head(String method, String path, int length) {
        return method + " /api" + path + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Basic " + GUEST
                + "\r\nContent-Length: " + length + "\r\n\r\n";
    }

    /// Sends, and reads until the node hangs up.
    private String send(String text) throws IOException {
        try (Socket socket = connect()) {
            write(socket, text);
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private Socket connect() throws IOException {
        InetSocketAddress address = node.managementAddress().orElseThrow();
        Socket socket = new Socket(address.getAddress(), address.getPort());
        socket.setSoTimeout(READ_MS_MAX);
        return socket;
    }

    private static void write(Socket socket, String text) throws IOException {
        OutputStream out = socket.getOutputStream();
        out.write(text.getBytes(StandardCharsets.UTF_8));
        out.flush();
    }

    /// One answer, by its length.
    private static String readAnswer(Socket socket) throws IOException {
        InputStream in = socket.getInputStream();
        StringBuilder head = new StringBuilder();
        while (!head.toString().endsWith("\r\n\r\n")) {
            int octet = in.read();
            assertThat(octet).as(head.toString()).isNotNegative();
            head.append((char) octet);
        }
        String length = head.toString().toLowerCase(Locale.ROOT).split("content-length: ", 2)[1];
        int octets = Integer.parseInt(length.substring(0, length.indexOf('\r')));
        return head + new String(in.readNBytes(octets), StandardCharsets.UTF_8);
    }
}
