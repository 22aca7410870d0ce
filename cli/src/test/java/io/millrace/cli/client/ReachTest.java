package io.millrace.cli.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;

/// What is taken for a Kafka listener, and what is told of others.
class ReachTest {
    /// Answers one request of 14 bytes.
    @FunctionalInterface
    private interface Answer {
        byte[] to(ByteBuffer request);
    }

    @Test
    void anHttpServerIsNamedAsOne() throws Exception {
        Answer http = request -> "HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

        assertThat(ask(http, true)).isEqualTo(new Reach.Found.Stranger("127.0.0.1:PORT", "like HTTP"));
    }

    @Test
    void aTlsListenerIsNamedAsOne() throws Exception {
        Answer tls = request -> new byte[] {0x15, 3, 3, 0, 2, 2, 10};

        assertThat(ask(tls, true)).isEqualTo(new Reach.Found.Stranger("127.0.0.1:PORT", "like TLS"));
    }

    @Test
    void anAnswerToAnotherRequestIsNotKafka() throws Exception {
        Answer wrong = request -> ByteBuffer.allocate(12).putInt(8).putInt(7).array();

        assertThat(ask(wrong, true)).isEqualTo(new Reach.Found.Stranger("127.0.0.1:PORT", "otherwise than Kafka does"));
    }

    @Test
    void kafkaAnswersWithTheNumberOfTheRequest() throws Exception {
        Answer kafka = request -> {
            assertThat(request.getInt(0)).isEqualTo(10);
            assertThat(request.getShort(4)).isEqualTo((short) 18);
            return ByteBuffer.allocate(12).putInt(8).putInt(request.getInt(8)).array();
        };

        assertThat(ask(kafka, true)).isEqualTo(new Reach.Found.Listener());
    }

    @Test
    void whoClosesOrIsNotSpokenToMayBeKafka() throws Exception {
        assertThat(ask(request -> new byte[0], true)).isEqualTo(new Reach.Found.Listener());
        assertThat(ask(request -> "SSH-2.0".getBytes(StandardCharsets.US_ASCII), false))
                .isEqualTo(new Reach.Found.Listener());
    }

    @Test
    void theFirstWhoIsThereCounts() throws Exception {
        try (var server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String there = "127.0.0.1:" + server.getLocalPort();

            assertThat(Reach.anyOf("127.0.0.1:1, " + there, false)).isEqualTo(new Reach.Found.Listener());
        }
        assertThat(Reach.anyOf("127.0.0.1:1,nonsense,localhost:99999", true)).isEqualTo(new Reach.Found.Nobody());
    }

    private static Reach.Found ask(Answer answer, boolean speaks) throws Exception {
        try (var server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            var serving = new FutureTask<Integer>(() -> serve(server, answer));
            Thread.ofVirtual().start(serving);
            Reach.Found found = Reach.anyOf("127.0.0.1:" + server.getLocalPort(), speaks);
            serving.get();
            return found instanceof Reach.Found.Stranger stranger
                    ? new Reach.Found.Stranger(
                            stranger.address().replace(":" + server.getLocalPort(), ":PORT"), stranger.like())
                    : found;
        }
    }

    private static int serve(ServerSocket server, Answer answer) throws IOException {
        try (Socket socket = server.accept()) {
            byte[] request = socket.getInputStream().readNBytes(14);
            if (request.length == 14) {
                socket.getOutputStream().write(answer.to(ByteBuffer.wrap(request)));
            }
            return request.length;
        }
    }
}
