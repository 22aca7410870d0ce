package io.millrace.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.server.metrics.Metrics;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.common.protocol.ApiKeys;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Metrics and health as a scraper and a load balancer see them, over a real socket.
class HttpLoopTest {
    private final AtomicBoolean disksTakeRecords = new AtomicBoolean(true);
    private final AtomicInteger damagedLogs = new AtomicInteger();
    private final AtomicReference<String> noMajority = new AtomicReference<>("");
    private final Health health = new Health();
    private final Metrics metrics = new Metrics();
    private HttpLoop http;

    @BeforeEach
    void start() throws IOException {
        health.watch(disksTakeRecords::get, damagedLogs::get, noMajority::get);
        http = HttpLoop.start(loopback(0), health, metrics);
    }

    @AfterEach
    void stop() {
        http.stop();
    }

    @Test
    void aLivingNodeIsReadyOnlyBetweenStartAndDrain() throws IOException {
        String starting = get("/health/ready");
        health.become(Health.Phase.READY);
        String ready = get("/health/ready");
        health.become(Health.Phase.DRAINING);
        String draining = get("/health/ready");

        assertThat(starting).startsWith("HTTP/1.1 503").endsWith("\"reason\":\"the node is starting\"}");
        assertThat(ready).startsWith("HTTP/1.1 200").endsWith("{\"status\":\"ready\"}");
        assertThat(draining).startsWith("HTTP/1.1 503").endsWith("\"reason\":\"the node is stopping\"}");
        assertThat(get("/health/live")).startsWith("HTTP/1.1 200");
    }

    @Test
    void aNodeWithADamagedLogIsReadyAndSaysSo() throws IOException {
        health.become(Health.Phase.READY);
        damagedLogs.set(2);

        assertThat(get("/health/ready")).startsWith("HTTP/1.1 200").endsWith("\"damaged_logs\":2}");
    }

    @Test
    void aNodeWhoseDiskRefusesWritesIsNotReadyUntilItTakesThemAgain() throws IOException {
        health.become(Health.Phase.READY);
        disksTakeRecords.set(false);
        String full = get("/health/ready");
        disksTakeRecords.set(true);

        assertThat(full).startsWith("HTTP/1.1 503").contains("disk");
        assertThat(get("/health/ready")).startsWith("HTTP/1.1 200");
    }

    @Test
    void aNodeWithoutAMajorityIsNotReadyAndSaysWhoIsMissing() throws IOException {
        noMajority.set("there is no controller: 1 of 3 \"voters\"");
        String starting = get("/health/ready");
        health.become(Health.Phase.READY);
        String lost = get("/health/ready");
        noMajority.set("");

        assertThat(starting).startsWith("HTTP/1.1 503").contains("the node is starting: there is no controller");
        assertThat(lost).startsWith("HTTP/1.1 503").endsWith("\"there is no controller: 1 of 3 \\\"voters\\\"\"}");
        assertThat(get("/health/ready")).startsWith("HTTP/1.1 200");
        assertThat(get("/health/live")).startsWith("HTTP/1.1 200");
    }

    @Test
    void aNodeThatStartsSaysWhatItWaitsFor() throws IOException {
        health.waitsFor("b:9190 does not answer: connection refused");

        assertThat(get("/health/ready"))
                .startsWith("HTTP/1.1 503")
                .endsWith("\"the node is starting: b:9190 does not answer: connection refused\"}");
    }

    @Test
    void aGaugeAppearsWithThePartThatHasIt() throws IOException {
        assertThat(get("/metrics")).doesNotContain("millrace_late");

        metrics.gauge("late", "Came to life later", () -> 3);

        assertThat(get("/metrics")).contains("\nmillrace_late 3.0\n");
    }

    @Test
    void aNodeThatFailedIsNotReadyAndNeverWillBe() throws IOException {
        health.become(Health.Phase.READY);
        health.become(Health.Phase.FAILED);
        health.become(Health.Phase.READY);

        assertThat(get("/health/ready")).startsWith("HTTP/1.1 503").contains("metadata");
    }

    @Test
    void metricsAreCountedInPrometheusFormat() throws IOException {
        metrics.gauge("connections", "Connections open", () -> 7);
        metrics.onRequest(ApiKeys.PRODUCE, (short) 13, 100, 40, 2_000_000_000L);
        metrics.onRequest(ApiKeys.PRODUCE, (short) 13, 100, 40, 1_000_000_000L);
        metrics.onAppend(500);
        metrics.onFlush(3_000_000_000L);
        metrics.onStorageError();

        String page = get("/metrics");

        assertThat(page)
                .contains("content-type: text/plain; version=0.0.4")
                .contains("\nmillrace_request_seconds_count{api=\"Produce\"} 2\n")
                .contains("\nmillrace_request_seconds_sum{api=\"Produce\"} 3.0\n")
                .contains("\nmillrace_request_bytes_total{api=\"Produce\"} 200.0\n")
                .contains("\nmillrace_response_bytes_total{api=\"Produce\"} 80.0\n")
                .contains("\nmillrace_appends_total 1.0\n", "\nmillrace_appended_bytes_total 500.0\n")
                .contains("\nmillrace_flush_seconds_sum 3.0\n", "\nmillrace_storage_errors_total 1.0\n")
                .contains("\nmillrace_connections 7.0\n")
                .contains("jvm_memory_used_bytes")
                .doesNotContain("api=\"Fetch\"");
    }

    @Test
    void anApiAppearsWithItsFirstRequest() throws IOException {
        assertThat(get("/metrics")).doesNotContain("api=\"Fetch\"");

        metrics.onRequest(ApiKeys.FETCH, (short) 18, 10, 20, 5);

        assertThat(get("/metrics")).contains("millrace_request_seconds_count{api=\"Fetch\"} 1\n");
    }

    @Test
    void whatIsNotThereOrNotAllowedOrNotHttpIsSaid() throws IOException {
        assertThat(get("/")).startsWith("HTTP/1.1 404");
        assertThat(ask("POST /metrics HTTP/1.1\r\nContent-Length: 2\r\nConnection: close\r\n\r\nhi"))
                .startsWith("HTTP/1.1 405");
        assertThat(ask("\u0000\u0001 nonsense\r\n\r\n")).startsWith("HTTP/1.1 400");
        assertThat(ask("GET /health/live HTTP/1.1\r\nX: " + "x".repeat(20_000) + "\r\n\r\n"))
                .startsWith("HTTP/1.1 400");
        assertThat(ask("POST / HTTP/1.1\r\nContent-Length: 999999\r\nConnection: close\r\n\r\n"))
                .startsWith("HTTP/1.1 413");
    }

    @Test
    void twoRequestsMayShareAConnection() throws IOException {
        String both = ask("GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n"
                + "HEAD /health/live HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");

        assertThat(both.split("HTTP/1.1 200 OK", -1)).hasSize(3);
        assertThat(both.split("\"live\"", -1)).hasSize(2);
    }

    @Test
    void aPortThatIsTakenIsSaidAtStart() throws IOException {
        try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertThatThrownBy(() -> HttpLoop.start(loopback(taken.getLocalPort()), health, metrics))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("can not listen for HTTP on");
        }
    }

    private String get(String path) throws IOException {
        return ask("GET " + path + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    }

    private String ask(String request) throws IOException {
        try (var socket = new Socket()) {
            socket.connect(http.address(), 5_000);
            socket.setSoTimeout(10_000);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static InetSocketAddress loopback(int port) {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }
}
