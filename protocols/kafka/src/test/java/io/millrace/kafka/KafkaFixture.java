package io.millrace.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.quota.Quotas;
import io.millrace.kafka.session.Api;
import io.millrace.kafka.session.KafkaConfig;
import io.millrace.kafka.session.KafkaPorts;
import io.millrace.kafka.session.KafkaSession;
import io.millrace.kafka.session.Peer;
import io.millrace.kafka.session.RequestMetrics;
import io.millrace.model.Lease;
import io.millrace.model.Principal;
import io.millrace.testkit.ManualClock;
import io.millrace.testkit.SeededRandomness;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.requests.AbstractRequest;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.RequestHeader;

/// One node in memory and one client connection to it. Requests and responses go through real bytes in both directions,
/// with kafka-clients as the client.
public final class KafkaFixture {
    public static final Peer PEER = new Peer(Principal.ANONYMOUS, "127.0.0.1", "kafka");

    public final MemoryCatalog catalog = new MemoryCatalog();
    public final MemoryPartitions partitions = new MemoryPartitions(catalog);
    public final MemoryConnection connection = new MemoryConnection();
    public final ManualClock clock = new ManualClock();
    public final List<String> metrics = new ArrayList<>();
    public final KafkaProtocol protocol;
    public final KafkaSession session;

    private final Deque<RequestHeader> asked = new ArrayDeque<>();
    public final MemoryCluster cluster = new MemoryCluster();
    private int correlationId = 100;
    private String clientId = "test-client";

    public KafkaFixture() {
        this(KafkaConfig.defaults(1), List.of());
    }

    public KafkaFixture(KafkaConfig config, List<Api<?>> groupApis) {
        this(config, groupApis, Quotas.NONE);
    }

    public KafkaFixture(KafkaConfig config, List<Api<?>> groupApis, Quotas quotas) {
        RequestMetrics counting = (key, version, in, out, ns) -> metrics.add(key + " v" + version + " " + (out > 0));
        protocol = new KafkaProtocol(new KafkaPorts(
                partitions,
                catalog,
                catalog,
                cluster,
                groupApis,
                clock,
                new SeededRandomness(7),
                counting,
                quotas,
                config));
        session = protocol.connect(PEER, connection);
    }

    public void topic(String name, int count) {
        catalog.addTopic(name, count);
        partitions.create(name, count);
    }

    public KafkaFixture as(String otherClientId) {
        clientId = otherClientId;
        return this;
    }

    /// A frame as a client would send it, without the size prefix.
    public ByteBuffer frame(AbstractRequest request) {
        RequestHeader header = new RequestHeader(request.apiKey(), request.version(), clientId, correlationId++);
        asked.add(header);
        return request.serializeWithHeader(header);
    }

    /// Sends without waiting.
    public void send(AbstractRequest request) {
        session.onFrame(frame(request), Lease.NONE);
    }

    /// The oldest response not received yet, which must be there, must be of this type and must answer the oldest
    /// request.
    public <R extends AbstractResponse> R receive(Class<R> type) {
        assertThat(connection.closed()).isEmpty();
        assertThat(connection.unread()).as("responses").isPositive();
        RequestHeader header = asked.remove();
        return type.cast(AbstractResponse.parseResponse(connection.next(), header));
    }

    public <R extends AbstractResponse> R call(AbstractRequest request, Class<R> type) {
        send(request);
        return receive(type);
    }

    /// Forgets a request that gets no answer.
    public void expectNoAnswer() {
        asked.remove();
    }

    /// A frame with this header and body, for versions that kafka-clients would not write.
    public static ByteBuffer rawFrame(int key, int version, int id, byte[] rest) {
        return ByteBuffer.allocate(10 + rest.length)
                .putShort((short) key)
                .putShort((short) version)
                .putInt(id)
                .putShort((short) -1)
                .put(rest)
                .flip();
    }

    public static List<Short> versions(ApiKeys key, int from, int to) {
        List<Short> versions = new ArrayList<>();
        for (int version = from; version <= to; version++) {
            assertThat(key.isVersionEnabled((short) version, true)).isTrue();
            versions.add((short) version);
        }
        return versions;
    }
}
