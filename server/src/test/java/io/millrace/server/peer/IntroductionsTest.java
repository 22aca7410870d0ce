package io.millrace.server.peer;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.cluster.peer.PeerAddress;
import io.millrace.server.MachineClock;
import io.millrace.server.loop.NameLoop;
import io.millrace.server.net.NetworkLoops;
import io.millrace.server.peer.Formation.Heard;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/// What an operator hears of an address that leads elsewhere.
class IntroductionsTest {
    @Test
    void aPortOfAnotherKindIsNamedAsSuch() throws Exception {
        NetworkLoops loops = new NetworkLoops(1);
        NameLoop names = new NameLoop();
        try (ServerSocket http = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            Thread serving = Thread.ofVirtual().start(() -> answerOnce(http));
            PeerAddress address = new PeerAddress("127.0.0.1", http.getLocalPort());
            try (Introductions asked = new Introductions(
                    new NettyPeers(loops, names, new MachineClock()),
                    loops.all().getFirst(),
                    1,
                    List.of(address))) {
                Map<PeerAddress, Heard> heard = asked.ask().get(20, TimeUnit.SECONDS);

                assertThat(heard.get(address))
                        .isInstanceOfSatisfying(
                                Heard.Silent.class,
                                silent -> assertThat(silent.why())
                                        .endsWith(
                                                "closed the connection: perhaps it is not a node's port for other nodes"
                                                        + " (listeners.cluster)"));
            }
            serving.join();
        } finally {
            loops.stop();
            names.stop();
        }
    }

    private static void answerOnce(ServerSocket http) {
        try (var socket = http.accept()) {
            socket.getOutputStream().write("HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            socket.getInputStream().transferTo(OutputStream.nullOutputStream());
        } catch (IOException hungUp) {
            throw new UncheckedIOException(hungUp);
        }
    }
}
