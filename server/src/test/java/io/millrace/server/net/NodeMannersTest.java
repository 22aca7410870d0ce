package io.millrace.server.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.server.Node;
import io.millrace.server.config.ConfigInputs;
import io.millrace.server.config.ConfigLoader;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.message.JoinGroupRequestData;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.apache.kafka.common.requests.AbstractRequest;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.JoinGroupRequest;
import org.apache.kafka.common.requests.JoinGroupResponse;
import org.apache.kafka.common.requests.ProduceRequest;
import org.apache.kafka.common.requests.ProduceResponse;
import org.apache.kafka.common.requests.RequestHeader;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// How a whole node treats clients that take too much, and those that wait when it stops.
@Timeout(60)
class NodeMannersTest {
    private static final int RATE = 20_000;

    /// Of 20,000 that a drain may take. A quiet machine needs a tenth of it.
    private static final long STOP_MS_MAX = 2_000;

    @TempDir
    private Path folder;

    private Node start(String... sets) throws IOException, InterruptedException {
        List<String> all = new ArrayList<>(List.of(
                "listeners.kafka=127.0.0.1:0",
                "listeners.http=127.0.0.1:0",
                "listeners.management=",
                "listeners.amqp=",
                "groups.offsets-partitions=1",
                "groups.initial-rebalance-delay-ms=0"));
        all.addAll(List.of(sets));
        return Node.start(
                ConfigLoader.load(ConfigInputs.NONE.withData(folder.toString()).withSets(all))
                        .config());
    }

    @Test
    void anAddressHasOnlySoManyConnectionsAndGetsThemBack() throws IOException, InterruptedException {
        Node node = start("kafka.max.connections.per.ip=2");
        try (Socket stays = connect(node)) {
            assertThat(isServed(stays)).isTrue();
            try (Socket leaves = connect(node)) {
                assertThat(isServed(leaves)).isTrue();
                assertThat(isServed(node)).as("a third one").isFalse();
            }
            assertThat(metrics(node)).contains("millrace_connections_refused_total 1.0");
            assertThat(isServedBefore(node, TimeUnit.SECONDS.toNanos(10))).isTrue();
        } finally {
            node.stop();
        }
    }

    /// Whether a new connection is served: the node hears of the one that left in its own time.
    private static boolean isServedBefore(Node node, long withinNs) throws IOException {
        long untilNs = System.nanoTime() + withinNs;
        while (System.nanoTime() < untilNs) {
            if (isServed(node)) {
                return true;
            }
        }
        return false;
    }

    @Test
    void theJavaClientIsToldOfItsQuota() throws Exception {
        Node node = start("quotas.producer-bytes-per-second=" + RATE, "quotas.consumer-bytes-per-second=" + RATE);
        Map<String, Object> settings = Map.of("bootstrap.servers", bootstrap(node), "client.id", "greedy");
        try (var producer =
                new KafkaProducer<byte[], byte[]>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
            for (int i = 0; i < 3; i++) {
                producer.send(new ProducerRecord<>("quota", new byte[RATE / 2])).get();
            }
            assertThat(metric(producer.metrics(), "produce-throttle-time-avg")).isPositive();
        }
        try (var consumer =
                new KafkaConsumer<byte[], byte[]>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            consumer.assign(List.of(new TopicPartition("quota", 0)));
            consumer.seekToBeginning(consumer.assignment());
            int seen = 0;
            while (seen < 3) {
                seen += consumer.poll(Duration.ofMillis(500)).count();
            }
            assertThat(metric(consumer.metrics(), "fetch-throttle-time-avg")).isPositive();
        } finally {
            node.stop();
        }
    }

    private static double metric(Map<?, ? extends Metric> metrics, String name) {
        return metrics.values().stream()
                .filter(metric -> metric.metricName().name().equals(name))
                .mapToDouble(metric -> (Double) metric.metricValue())
                .filter(value -> !Double.isNaN(value))
                .max()
                .orElse(0);
    }

    @Test
    void aClientThatDoesNotWaitIsMadeToWait() throws Exception {
        Node node = start("quotas.producer-bytes-per-second=" + RATE);
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrap(node)))) {
            admin.createTopics(Set.of(new NewTopic("quota", Optional.of(1), Optional.empty())))
                    .all()
                    .get();
        }
        try (Socket rude = connect(node)) {
            int requests = 6; // of half a second's worth each: the first two are saved, the last four are waited for
            long beganNs = System.nanoTime();
            for (int id = 0; id < requests; id++) {
                send(rude, produce(), id);
            }
            List<Integer> throttles = new ArrayList<>();
            for (int id = 0; id < requests; id++) {
                throttles.add(
                        receive(rude, ProduceResponse.class, produce(), id).throttleTimeMs());
            }
            long tookMs = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - beganNs);

            assertThat(throttles.getFirst()).isZero();
            assertThat(throttles.getLast()).isBetween(300, 700);
            assertThat(tookMs).isGreaterThan(1_200);
            assertThat(metrics(node)).containsPattern("millrace_throttled_requests_total [1-9]");
        } finally {
            node.stop();
        }
    }

    @Test
    void aNodeStopsAtOnceAlthoughAMemberWaitsForOthers() throws Exception {
        Node node = start("groups.initial-rebalance-delay-ms=30000", "node.drain-ms=20000", "network.event-loops=1");
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrap(node)))) {
            groupsAreReady(admin);
        }
        try (Socket member = connect(node)) {
            JoinGroupRequest join = new JoinGroupRequest(
                    new JoinGroupRequestData()
                            .setGroupId("g")
                            .setSessionTimeoutMs(10_000)
                            .setRebalanceTimeoutMs(30_000)
                            .setProtocolType("consumer")
                            .setProtocols(new JoinGroupRequestData.JoinGroupRequestProtocolCollection(
                                    List.of(new JoinGroupRequestData.JoinGroupRequestProtocol()
                                                    .setName("range")
                                                    .setMetadata(new byte[0]))
                                            .iterator())),
                    (short) 3);
            send(member, join, 1);
            assertThat(isServed(node)).as("the join was read before").isTrue();

            long beganNs = System.nanoTime();
            node.stop();
            long tookMs = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - beganNs);

            assertThat(tookMs).isLessThan(STOP_MS_MAX);
            assertThat(receive(member, JoinGroupResponse.class, join, 1).error())
                    .isEqualTo(Errors.NOT_COORDINATOR);
        }
    }

    @Test
    void aNodeStopsAtOnceAlthoughAGroupIsThere() throws Exception {
        Node node = start("node.drain-ms=20000");
        Map<String, Object> settings = Map.of("bootstrap.servers", bootstrap(node), "group.id", "idle");
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrap(node)))) {
            admin.createTopics(Set.of(new NewTopic("empty", Optional.of(1), Optional.empty())))
                    .all()
                    .get();
        }
        var consumer =
                new KafkaConsumer<byte[], byte[]>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        try {
            consumer.subscribe(List.of("empty"));
            while (consumer.assignment().isEmpty()) {
                consumer.poll(Duration.ofMillis(100));
            }

            long beganNs = System.nanoTime();
            node.stop();

            assertThat(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - beganNs))
                    .isLessThan(STOP_MS_MAX);
        } finally {
            consumer.close(CloseOptions.timeout(Duration.ZERO));
        }
    }

    /// Asking for the group makes the topic that groups live in; there is no such group yet.
    private static void groupsAreReady(Admin admin) {
        admin.describeConsumerGroups(List.of("g")).describedGroups().values().stream()
                .map(KafkaFuture::toCompletionStage)
                .map(found -> found.handle((group, absent) -> ""))
                .forEach(found -> found.toCompletableFuture().join());
    }

    private static ProduceRequest produce() {
        byte[] value = new byte[RATE / 2];
        var records = MemoryRecords.withRecords(Compression.NONE, new SimpleRecord(value));
        var partition =
                new ProduceRequestData.PartitionProduceData().setIndex(0).setRecords(records);
        var topic = new ProduceRequestData.TopicProduceData().setName("quota").setPartitionData(List.of(partition));
        return new ProduceRequest(
                new ProduceRequestData()
                        .setAcks((short) 1)
                        .setTimeoutMs(5_000)
                        .setTopicData(new ProduceRequestData.TopicProduceDataCollection(
                                List.of(topic).iterator())),
                (short) 9);
    }

    private static boolean isServed(Node node) throws IOException {
        try (Socket socket = connect(node)) {
            return isServed(socket);
        }
    }

    /// Asks for the versions in the oldest way there is.
    private static boolean isServed(Socket socket) throws IOException {
        byte[] ask = ByteBuffer.allocate(14)
                .putInt(10)
                .putShort((short) 18)
                .putShort((short) 0)
                .putInt(7)
                .putShort((short) -1)
                .array();
        try {
            socket.getOutputStream().write(ask);
            DataInputStream in = new DataInputStream(socket.getInputStream());
            byte[] answer = new byte[in.readInt()];
            in.readFully(answer);
            return ByteBuffer.wrap(answer).getInt() == 7;
        } catch (IOException closed) {
            return false;
        }
    }

    private static Socket connect(Node node) throws IOException {
        Socket socket = new Socket();
        socket.connect(node.kafkaAddress());
        socket.setSoTimeout((int) TimeUnit.SECONDS.toMillis(20));
        return socket;
    }

    private static RequestHeader header(AbstractRequest request, int id) {
        return new RequestHeader(request.apiKey(), request.version(), "rude", id);
    }

    private static void send(Socket socket, AbstractRequest request, int id) throws IOException {
        ByteBuffer frame = request.serializeWithHeader(header(request, id));
        socket.getOutputStream()
                .write(ByteBuffer.allocate(4 + frame.remaining())
                        .putInt(frame.remaining())
                        .put(frame)
                        .array());
    }

    private static <R extends AbstractResponse> R receive(Socket socket, Class<R> type, AbstractRequest request, int id)
            throws IOException {
        DataInputStream in = new DataInputStream(socket.getInputStream());
        byte[] answer = new byte[in.readInt()];
        in.readFully(answer);
        return type.cast(AbstractResponse.parseResponse(ByteBuffer.wrap(answer), header(request, id)));
    }

    private static String bootstrap(Node node) {
        return "127.0.0.1:" + node.kafkaAddress().getPort();
    }

    private static String metrics(Node node) throws IOException, InterruptedException {
        int port = node.httpAddress().orElseThrow().getPort();
        try (HttpClient client = HttpClient.newHttpClient()) {
            HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/metrics"))
                    .build();
            return client.send(request, HttpResponse.BodyHandlers.ofString()).body();
        }
    }
}
