package io.millrace.conformance.kafka;

import static io.millrace.conformance.Wire.header;
import static io.millrace.conformance.kafka.JavaClients.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.millrace.conformance.BrokerUnderTest;
import io.millrace.conformance.SharedBroker;
import io.millrace.conformance.Wire;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.ApiVersionsRequestData;
import org.apache.kafka.common.message.ApiVersionsResponseData.ApiVersion;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.Record;
import org.apache.kafka.common.record.internal.Records;
import org.apache.kafka.common.requests.AbstractRequest;
import org.apache.kafka.common.requests.ApiVersionsRequest;
import org.apache.kafka.common.requests.ApiVersionsResponse;
import org.apache.kafka.common.requests.FetchResponse;
import org.apache.kafka.common.requests.ListOffsetsResponse;
import org.apache.kafka.common.requests.MetadataResponse;
import org.apache.kafka.common.requests.ProduceResponse;
import org.apache.kafka.common.requests.RequestHeader;
import org.apache.kafka.common.utils.Utils;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// The rules of the wire that every client stands on, checked with bare frames.
@ExtendWith(SharedBroker.class)
final class NegotiationConformance {
    private static final Duration SOON = Duration.ofSeconds(40);
    /// What 4.4.0 offers on a broker listener, of the keys that a single node must serve; see docs/protocols/kafka.md.
    private static final Map<ApiKeys, int[]> OFFERED = offered();

    private final BrokerUnderTest broker;
    private final JavaClients clients;

    NegotiationConformance(BrokerUnderTest broker) {
        this.broker = broker;
        this.clients = new JavaClients(broker.bootstrap());
    }

    private static Map<ApiKeys, int[]> offered() {
        var offered = new LinkedHashMap<ApiKeys, int[]>();
        offered.put(ApiKeys.PRODUCE, new int[] {0, 13});
        offered.put(ApiKeys.FETCH, new int[] {4, 18});
        offered.put(ApiKeys.LIST_OFFSETS, new int[] {1, 11});
        offered.put(ApiKeys.METADATA, new int[] {0, 13});
        offered.put(ApiKeys.OFFSET_COMMIT, new int[] {2, 10});
        offered.put(ApiKeys.OFFSET_FETCH, new int[] {1, 10});
        offered.put(ApiKeys.FIND_COORDINATOR, new int[] {0, 6});
        offered.put(ApiKeys.JOIN_GROUP, new int[] {0, 9});
        offered.put(ApiKeys.HEARTBEAT, new int[] {0, 4});
        offered.put(ApiKeys.LEAVE_GROUP, new int[] {0, 5});
        offered.put(ApiKeys.SYNC_GROUP, new int[] {0, 5});
        offered.put(ApiKeys.DESCRIBE_GROUPS, new int[] {0, 6});
        offered.put(ApiKeys.LIST_GROUPS, new int[] {0, 5});
        offered.put(ApiKeys.API_VERSIONS, new int[] {0, 5});
        offered.put(ApiKeys.CREATE_TOPICS, new int[] {2, 7});
        offered.put(ApiKeys.DELETE_TOPICS, new int[] {1, 6});
        offered.put(ApiKeys.DELETE_RECORDS, new int[] {0, 2});
        offered.put(ApiKeys.INIT_PRODUCER_ID, new int[] {0, 5});
        offered.put(ApiKeys.OFFSET_FOR_LEADER_EPOCH, new int[] {2, 4});
        offered.put(ApiKeys.DESCRIBE_CONFIGS, new int[] {1, 4});
        offered.put(ApiKeys.ALTER_REPLICA_LOG_DIRS, new int[] {1, 2});
        offered.put(ApiKeys.DESCRIBE_LOG_DIRS, new int[] {1, 5});
        offered.put(ApiKeys.CREATE_PARTITIONS, new int[] {0, 3});
        offered.put(ApiKeys.DELETE_GROUPS, new int[] {0, 3});
        offered.put(ApiKeys.INCREMENTAL_ALTER_CONFIGS, new int[] {0, 1});
        offered.put(ApiKeys.OFFSET_DELETE, new int[] {0, 0});
        offered.put(ApiKeys.DESCRIBE_CLUSTER, new int[] {0, 2});
        return offered;
    }

    private static ApiVersionsRequest apiVersions(int version) {
        var data = new ApiVersionsRequestData()
                .setClientSoftwareName("conformance")
                .setClientSoftwareVersion("1");
        return new ApiVersionsRequest(data, (short) version);
    }

    @Test
    void theOfferedVersionsAreThoseOfKafka() throws IOException {
        try (var wire = new Wire(broker.port())) {
            for (int version = 0; version <= 5; version++) {
                RequestHeader header = header(ApiKeys.API_VERSIONS, version, version);
                wire.send(header, apiVersions(version));
                var response = (ApiVersionsResponse) wire.receive(header);

                assertThat(response.data().errorCode()).isZero();
                var ranges = new LinkedHashMap<ApiKeys, int[]>();
                for (ApiVersion api : response.data().apiKeys()) {
                    ApiKeys key = ApiKeys.forId(api.apiKey());
                    if (OFFERED.containsKey(key)) {
                        ranges.put(key, new int[] {api.minVersion(), api.maxVersion()});
                    }
                }
                assertThat(ranges).containsOnlyKeys(OFFERED.keySet());
                OFFERED.forEach((key, range) ->
                        assertThat(ranges.get(key)).as(key.name()).containsExactly(range));
            }
        }
    }

    @Test
    void finalisedFeaturesComeWithTheVersions() throws IOException {
        try (var wire = new Wire(broker.port())) {
            RequestHeader header = header(ApiKeys.API_VERSIONS, 4, 1);
            wire.send(header, apiVersions(4));
            var response = (ApiVersionsResponse) wire.receive(header);

            assertThat(response.data().finalizedFeaturesEpoch()).isNotNegative();
            assertThat(response.data().finalizedFeatures().find("metadata.version"))
                    .isNotNull();
            assertThat(response.data().supportedFeatures().find("kraft.version"))
                    .isNotNull();
        }
    }

    @Test
    void anUnknownVersionOfApiVersionsIsAnsweredInTheOldestLayout() throws IOException {
        try (var wire = new Wire(broker.port())) {
            wire.send(unknownApiVersions(7));

            ByteBuffer answer = wire.receive();

            assertThat(answer.getInt()).isEqualTo(7);
            assertThat(answer.getShort()).isEqualTo(Errors.UNSUPPORTED_VERSION.code());
            int count = answer.getInt();
            assertThat(answer.remaining()).isEqualTo(count * 6);
            boolean found = false;
            for (int i = 0; i < count; i++) {
                short key = answer.getShort();
                short min = answer.getShort();
                short max = answer.getShort();
                found |= key == ApiKeys.API_VERSIONS.id && min == 0 && max == 5;
            }
            assertThat(found).isTrue();
            // the client then asks again on the same connection
            RequestHeader header = header(ApiKeys.API_VERSIONS, 3, 8);
            wire.send(header, apiVersions(3));
            assertThat(((ApiVersionsResponse) wire.receive(header)).data().errorCode())
                    .isZero();
        }
    }

    /// What a client of the future sends first: header version 2 (no tags), a body of unknown layout.
    private static ByteBuffer unknownApiVersions(int correlation) {
        ByteBuffer header = headerBytes(ApiKeys.API_VERSIONS.id, 99, correlation);
        return ByteBuffer.allocate(header.remaining() + 20)
                .put(header)
                .put(new byte[20])
                .flip();
    }

    /// A version 1 header, which every broker can read whatever the request is.
    private static ByteBuffer headerBytes(int key, int version, int correlation) {
        byte[] client = "conformance".getBytes(StandardCharsets.UTF_8);
        var frame = ByteBuffer.allocate(10 + client.length)
                .putShort((short) key)
                .putShort((short) version)
                .putInt(correlation)
                .putShort((short) client.length)
                .put(client);
        return frame.flip();
    }

    @Test
    void everyProduceAndFetchVersionCarriesARecord() throws IOException {
        String topic = clients.topic("all-versions", 1, Map.of());
        Uuid id = topicId(topic);

        try (var wire = new Wire(broker.port())) {
            for (int version = 3; version <= 13; version++) {
                RequestHeader header = header(ApiKeys.PRODUCE, version, version);
                wire.send(header, Requests.produce(topic, id, version, -1, Requests.records("version " + version)));
                var partition = ((ProduceResponse) wire.receive(header))
                        .data()
                        .responses()
                        .iterator()
                        .next()
                        .partitionResponses()
                        .getFirst();
                assertThat(Errors.forCode(partition.errorCode())).isEqualTo(Errors.NONE);
                assertThat(partition.baseOffset()).isEqualTo(version - 3);
            }
            for (int version = 4; version <= 18; version++) {
                RequestHeader header = header(ApiKeys.FETCH, version, version);
                wire.send(header, Requests.fetch(topic, id, version, 0, 100));
                assertThat(values(wire, header))
                        .as("version " + version)
                        .hasSize(11)
                        .startsWith("version 3")
                        .endsWith("version 13");
            }
        }
    }

    private static List<String> values(Wire wire, RequestHeader header) throws IOException {
        var partition = ((FetchResponse) wire.receive(header))
                .data()
                .responses()
                .getFirst()
                .partitions()
                .getFirst();
        assertThat(Errors.forCode(partition.errorCode())).isEqualTo(Errors.NONE);
        var values = new ArrayList<String>();
        for (Record record : ((Records) partition.records()).records()) {
            values.add(Utils.utf8(record.value()));
        }
        return values;
    }

    private Uuid topicId(String topic) {
        try (var admin = clients.admin()) {
            return get(admin.describeTopics(List.of(topic)).allTopicNames())
                    .get(topic)
                    .topicId();
        }
    }

    @Test
    void everyVersionOfMetadataAndListOffsetsIsAnswered() throws IOException {
        String topic = clients.topic("old-questions", 1, Map.of());
        clients.send(topic, 3);

        try (var wire = new Wire(broker.port())) {
            for (int version = 0; version <= 13; version++) {
                RequestHeader header = header(ApiKeys.METADATA, version, version);
                wire.send(header, Requests.metadata(topic, version));
                var response = (MetadataResponse) wire.receive(header);
                assertThat(response.errors()).as("version " + version).isEmpty();
                assertThat(response.brokers()).hasSize(1);
                assertThat(response.topicMetadata()).hasSize(1);
            }
            for (int version = 1; version <= 11; version++) {
                RequestHeader header = header(ApiKeys.LIST_OFFSETS, version, version);
                wire.send(header, Requests.latestOffset(topic, version));
                var answer = ((ListOffsetsResponse) wire.receive(header))
                        .data()
                        .topics()
                        .getFirst()
                        .partitions()
                        .getFirst();
                assertThat(answer.errorCode()).isZero();
                assertThat(answer.offset()).as("version " + version).isEqualTo(3);
            }
        }
    }

    @Test
    void pipelinedRequestsAreAnsweredInOrder() throws IOException {
        String topic = clients.topic("pipelined", 1, Map.of());
        Uuid id = topicId(topic);
        var headers = new ArrayList<RequestHeader>();

        try (var wire = new Wire(broker.port())) {
            for (int i = 0; i < 100; i++) {
                switch (i % 4) {
                    case 0 -> headers.add(send(wire, header(ApiKeys.METADATA, 12, i), Requests.metadata(topic, 12)));
                    case 1 ->
                        headers.add(send(
                                wire,
                                header(ApiKeys.PRODUCE, 9, i),
                                Requests.produce(topic, id, 9, -1, Requests.records("value " + i))));
                    case 2 -> headers.add(send(wire, header(ApiKeys.API_VERSIONS, 3, i), apiVersions(3)));
                    default ->
                        headers.add(send(wire, header(ApiKeys.FETCH, 12, i), Requests.fetch(topic, id, 12, 0, 100)));
                }
            }
            for (RequestHeader header : headers) {
                assertThat(wire.receive(header)).isNotNull(); // refuses an answer to another request
            }
        }
        assertThat(clients.readValues(topic)).hasSize(25).startsWith("value 1", "value 5");
    }

    private static RequestHeader send(Wire wire, RequestHeader header, AbstractRequest request) throws IOException {
        wire.send(header, request);
        return header;
    }

    @Test
    void aWaitingFetchIsAnsweredBeforeWhatWasAskedLater() throws IOException {
        String topic = clients.topic("order", 1, Map.of());
        Uuid id = topicId(topic);

        try (var wire = new Wire(broker.port())) {
            RequestHeader fetch = send(wire, header(ApiKeys.FETCH, 12, 1), Requests.fetch(topic, id, 12, 0, 1_000));
            RequestHeader metadata = send(wire, header(ApiKeys.METADATA, 12, 2), Requests.metadata(topic, 12));

            assertThat(values(wire, fetch)).isEmpty();
            assertThat(((MetadataResponse) wire.receive(metadata)).brokers()).hasSize(1);
        }
    }

    @Test
    void withoutAcknowledgementThereIsNoAnswer() throws IOException {
        String topic = clients.topic("silent", 1, Map.of());
        Uuid id = topicId(topic);

        try (var wire = new Wire(broker.port())) {
            wire.send(header(ApiKeys.PRODUCE, 9, 1), Requests.produce(topic, id, 9, 0, Requests.records("no answer")));
            RequestHeader next = send(wire, header(ApiKeys.API_VERSIONS, 3, 2), apiVersions(3));

            assertThat(((ApiVersionsResponse) wire.receive(next)).data().errorCode())
                    .isZero();
        }
        // nobody was promised that it can be read at once
        Awaitility.await()
                .atMost(SOON)
                .untilAsserted(() -> assertThat(clients.readValues(topic)).containsExactly("no answer"));
    }

    @Test
    void aDamagedBatchIsRefusedAndNothingIsStored() throws IOException {
        String topic = clients.topic("damaged", 1, Map.of());
        Uuid id = topicId(topic);
        ByteBuffer bytes = Requests.records("will be damaged").buffer();
        bytes.put(bytes.limit() - 3, (byte) (bytes.get(bytes.limit() - 3) ^ 1));

        try (var wire = new Wire(broker.port())) {
            RequestHeader header = header(ApiKeys.PRODUCE, 9, 1);
            wire.send(header, Requests.produce(topic, id, 9, -1, MemoryRecords.readableRecords(bytes)));
            var partition = ((ProduceResponse) wire.receive(header))
                    .data()
                    .responses()
                    .iterator()
                    .next()
                    .partitionResponses()
                    .getFirst();

            assertThat(Errors.forCode(partition.errorCode())).isEqualTo(Errors.CORRUPT_MESSAGE);
        }
        assertThat(clients.readValues(topic)).isEmpty();
    }

    /// Bytes that end a connection, and must end nothing else.
    static Stream<Arguments> nonsense() {
        var random = new byte[5_000];
        new Random(17).nextBytes(random);
        return Stream.of(
                arguments("unknown API", frame(headerBytes(9_999, 0, 1))),
                arguments("unknown version", frame(headerBytes(ApiKeys.METADATA.id, 99, 1))),
                arguments(
                        "oversized",
                        ByteBuffer.allocate(4).putInt(1_000_000_000).array()),
                arguments("negative length", ByteBuffer.allocate(4).putInt(-5).array()),
                arguments("HTTP", "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(StandardCharsets.US_ASCII)),
                arguments("shorter than a header", frame(ByteBuffer.wrap(new byte[] {0}))),
                arguments("no body", frame(headerBytes(ApiKeys.FETCH.id, 12, 1))),
                arguments("random", frame(ByteBuffer.wrap(random))));
    }

    private static byte[] frame(ByteBuffer body) {
        return ByteBuffer.allocate(4 + body.remaining())
                .putInt(body.remaining())
                .put(body)
                .array();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("nonsense")
    void nonsenseEndsItsConnectionOnly(String name, byte[] bytes) throws IOException {
        try (var bystander = new Wire(broker.port());
                var wire = new Wire(broker.port())) {
            wire.sendRaw(bytes);

            assertThat(wire.isClosedByBroker()).as(name).isTrue();
            RequestHeader header = send(bystander, header(ApiKeys.API_VERSIONS, 3, 1), apiVersions(3));
            assertThat(((ApiVersionsResponse) bystander.receive(header)).data().errorCode())
                    .isZero();
        }
    }

    @Test
    void halfAFrameWaitsAndDoesNoHarmWhenItsConnectionEnds() throws IOException {
        byte[] whole = frame(headerBytes(ApiKeys.API_VERSIONS.id, 0, 5));

        try (var wire = new Wire(broker.port())) {
            wire.sendRaw(Arrays.copyOf(whole, 9));
        }
        try (var wire = new Wire(broker.port())) {
            for (byte one : whole) {
                wire.sendRaw(new byte[] {one});
            }
            assertThat(wire.receive().getInt()).isEqualTo(5);
        }
    }

    @Test
    void manyConnectionsAreServedAndForgotten() throws IOException {
        var wires = new ArrayList<Wire>();
        try {
            for (int i = 0; i < 200; i++) {
                wires.add(new Wire(broker.port()));
            }
            for (Wire wire : wires) {
                send(wire, header(ApiKeys.API_VERSIONS, 3, 1), apiVersions(3));
            }
            for (Wire wire : wires) {
                assertThat(wire.receive().getInt()).isEqualTo(1);
            }
        } finally {
            for (Wire wire : wires) {
                wire.close();
            }
        }
    }
}
