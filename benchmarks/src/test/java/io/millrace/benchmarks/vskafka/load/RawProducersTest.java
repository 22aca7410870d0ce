package io.millrace.benchmarks.vskafka.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.benchmarks.vskafka.wire.FrameTarget;
import io.millrace.benchmarks.vskafka.wire.ProduceFrame;
import io.millrace.benchmarks.vskafka.wire.RecordBatches;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.common.message.ProduceResponseData;
import org.apache.kafka.common.message.ResponseHeaderData;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.ProduceRequest;
import org.apache.kafka.common.requests.RequestHeader;
import org.apache.kafka.common.requests.RequestUtils;
import org.junit.jupiter.api.Test;

/// The load against a server of a few lines: it must count what was answered and believe nothing else.
class RawProducersTest {
    private static final List<FrameTarget> TARGETS = FrameTarget.of(List.of("raw-00000", "raw-00001"), 2);
    private static final ProduceFrame FRAME =
            ProduceFrame.of(TARGETS.getFirst(), RecordBatches.ofCount(3, 50, 0), (short) 1);

    @Test
    void countsEveryAcknowledgedRecordOnce() throws IOException {
        try (Answering server = new Answering(Errors.NONE, 0);
                RawProducers load = new RawProducers(server.address(), FRAME, TARGETS, 3, 4)) {
            LoadSpan span = new LoadSpan(Duration.ZERO, Duration.ofSeconds(30), 200L * FRAME.size());
            LoadResult result = load.run(span, () -> 0);
            assertThat(result.requests()).isGreaterThanOrEqualTo(200);
            assertThat(result.records()).isEqualTo(result.requests() * 3);
            assertThat(result.latencies().count()).isPositive();
            assertThat(load.acknowledgedRecords()).isEqualTo(server.requests.get() * 3);
        }
    }

    @Test
    void everyLeaderGetsItsShare() throws IOException {
        try (Answering first = new Answering(Errors.NONE, 0);
                Answering second = new Answering(Errors.NONE, 0);
                RawProducers load = new RawProducers(
                        Map.of(first.address(), TARGETS.subList(0, 1), second.address(), TARGETS.subList(1, 4)),
                        FRAME,
                        1,
                        2)) {
            LoadSpan span = new LoadSpan(Duration.ofMillis(200), Duration.ofSeconds(30), 200L * FRAME.size());
            load.run(span, () -> 0);
            assertThat(first.requests.get()).isPositive();
            assertThat(second.requests.get()).isPositive();
            assertThat(load.acknowledgedRecords()).isEqualTo((first.requests.get() + second.requests.get()) * 3);
        }
    }

    @Test
    void failsOnAnErrorCode() throws IOException {
        try (Answering server = new Answering(Errors.KAFKA_STORAGE_ERROR, 0);
                RawProducers load = new RawProducers(server.address(), FRAME, TARGETS, 1, 1)) {
            assertThatThrownBy(() -> load.fill(10))
                    .isInstanceOf(LoadFailure.class)
                    .hasMessageContaining("KAFKA_STORAGE_ERROR");
        }
    }

    @Test
    void failsOnAnAnswerOutOfTurn() throws IOException {
        try (Answering server = new Answering(Errors.NONE, 1);
                RawProducers load = new RawProducers(server.address(), FRAME, TARGETS, 1, 1)) {
            assertThatThrownBy(() -> load.fill(10))
                    .isInstanceOf(LoadFailure.class)
                    .hasMessageContaining("in place of");
        }
    }

    /// Answers every produce request with one error code and a correlation id shifted by a constant.
    private static final class Answering implements AutoCloseable {
        private final AtomicLong requests = new AtomicLong();
        private final Errors error;
        private final int shift;
        private final ServerSocket listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());

        Answering(Errors error, int shift) throws IOException {
            this.error = error;
            this.shift = shift;
            Thread.ofVirtual().start(this::accept);
        }

        InetSocketAddress address() {
            return (InetSocketAddress) listener.getLocalSocketAddress();
        }

        private void accept() {
            while (!listener.isClosed()) {
                try {
                    Socket socket = listener.accept();
                    Thread.ofVirtual().start(() -> answer(socket));
                } catch (IOException closed) {
                    return;
                }
            }
        }

        private void answer(Socket socket) {
            try (socket) {
                DataInputStream in = new DataInputStream(socket.getInputStream());
                DataOutputStream out = new DataOutputStream(socket.getOutputStream());
                while (true) {
                    byte[] request = new byte[in.readInt()];
                    in.readFully(request);
                    requests.incrementAndGet();
                    out.write(response(ByteBuffer.wrap(request)));
                }
            } catch (EOFException ended) {
                // The load closed its connection.
            } catch (IOException broken) {
                // The test looks at what the load says.
            }
        }

        private byte[] response(ByteBuffer bytes) {
            RequestHeader header = RequestHeader.parse(bytes);
            ProduceRequest request = ProduceRequest.parse(new ByteBufferAccessor(bytes), header.apiVersion());
            var topic = request.data().topicData().iterator().next();
            ProduceResponseData data = new ProduceResponseData();
            data.responses()
                    .add(new ProduceResponseData.TopicProduceResponse()
                            .setName(topic.name())
                            .setPartitionResponses(List.of(new ProduceResponseData.PartitionProduceResponse()
                                    .setIndex(topic.partitionData().getFirst().index())
                                    .setErrorCode(error.code()))));
            ResponseHeaderData answer = new ResponseHeaderData().setCorrelationId(header.correlationId() + shift);
            ByteBuffer body = RequestUtils.serialize(answer, (short) 1, data, header.apiVersion());
            return ByteBuffer.allocate(Integer.BYTES + body.remaining())
                    .putInt(body.remaining())
                    .put(body)
                    .array();
        }

        @Override
        public void close() throws IOException {
            listener.close();
        }
    }
}
