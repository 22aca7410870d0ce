package io.millrace.server.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.server.http.Health;
import io.millrace.server.http.HttpLoop;
import io.millrace.server.metrics.Metrics;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import org.junit.jupiter.api.Test;

/// What a configured host means to a socket.
class ListenAddressTest {
    @Test
    void theWildcardOfIpv4IsIpv4AndThatOfIpv6IsBoth() throws IOException {
        assertThat(families("0.0.0.0")).isEqualTo("IPv4");
        assertThat(families("::")).isEqualTo("IPv4 IPv6");
        assertThat(families("127.0.0.1")).isEqualTo("IPv4");
    }

    @Test
    void aHostNobodyKnowsIsSaidToBeThat() {
        assertThatThrownBy(() -> ListenAddress.of("nosuchhost.invalid", 9092))
                .isInstanceOf(IOException.class)
                .hasMessage("can not listen on nosuchhost.invalid:9092: unknown host");
    }

    private static String families(String host) throws IOException {
        HttpLoop http = HttpLoop.start(ListenAddress.of(host, 0), new Health(), new Metrics());
        try {
            int port = http.address().getPort();
            return ((isOpen("127.0.0.1", port) ? "IPv4 " : "") + (isOpen("::1", port) ? "IPv6" : "")).strip();
        } finally {
            http.stop();
        }
    }

    private static boolean isOpen(String host, int port) {
        try (var socket = new Socket()) {
            socket.connect(new InetSocketAddress(host, port), 5_000);
            return true;
        } catch (IOException refused) {
            return false;
        }
    }
}
