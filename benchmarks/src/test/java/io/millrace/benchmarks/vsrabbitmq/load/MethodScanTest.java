package io.millrace.benchmarks.vsrabbitmq.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.amqp.codec.method.BasicMethods;
import io.millrace.amqp.codec.wire.BasicProperties;
import io.millrace.benchmarks.vskafka.load.LoadFailure;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class MethodScanTest {
    private final List<Long> tags = new ArrayList<>();
    private final List<Long> bodies = new ArrayList<>();
    private final MethodScan scan = new MethodScan(200, (ids, in, fieldsAt) -> {
        assertThat(ids).isEqualTo(MethodScan.BASIC_DELIVER);
        tags.add(in.getLong(fieldsAt + 1 + in.get(fieldsAt)));
    });
    private SocketChannel broker;
    private SocketChannel client;

    @BeforeEach
    void connect() throws IOException {
        scan.onBody((in, bodyAt) -> bodies.add(in.getLong(bodyAt)));
        try (ServerSocketChannel server = ServerSocketChannel.open()) {
            server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            client = SocketChannel.open(server.getLocalAddress());
            broker = server.accept();
        }
    }

    @AfterEach
    void close() throws IOException {
        client.close();
        broker.close();
    }

    private static ByteBuffer delivery(long tag, long body, int bodyBytes) {
        return AmqpLink.octets(frames -> frames.content(
                AmqpLink.CHANNEL,
                new BasicMethods.Deliver("consumer", tag, false, "", "queue"),
                BasicProperties.EMPTY,
                Unpooled.buffer().writeLong(body).writeZero(bodyBytes - Long.BYTES)));
    }

    @Test
    void framesAreFoundWhereverAReadEnds() throws IOException {
        for (long tag = 1; tag <= 3; tag++) {
            ByteBuffer octets = delivery(tag, 10 * tag, 50);
            while (octets.hasRemaining()) {
                broker.write(octets.slice(octets.position(), 1));
                octets.get();
                scan.read(client);
            }
        }

        assertThat(tags).containsExactly(1L, 2L, 3L);
        assertThat(bodies).containsExactly(10L, 20L, 30L);
    }

    @Test
    void aFrameThatCanNotBeTakenInIsAFailure() throws IOException {
        broker.write(delivery(1, 1, 300));

        assertThatThrownBy(() -> {
                    while (true) {
                        scan.read(client);
                    }
                })
                .isInstanceOf(LoadFailure.class)
                .hasMessageContaining("frame of 308 bytes");
    }
}
