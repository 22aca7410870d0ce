package io.millrace.kafka.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.kafka.KafkaFixture;
import io.millrace.kafka.MemoryCatalog;
import io.millrace.model.Lease;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.message.ApiVersionsRequestData;
import org.apache.kafka.common.message.ApiVersionsResponseData;
import org.apache.kafka.common.message.ApiVersionsResponseData.ApiVersion;
import org.apache.kafka.common.message.ApiVersionsResponseData.SupportedFeatureKey;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.ApiVersionsRequest;
import org.apache.kafka.common.requests.ApiVersionsResponse;
import org.junit.jupiter.api.Test;

/// The rules of negotiation that make or break real clients (features.md, A.3).
class NegotiationTest {
    private final KafkaFixture node = new KafkaFixture();

    private static ApiVersionsRequest request(int version) {
        return new ApiVersionsRequest(
                new ApiVersionsRequestData().setClientSoftwareName("test").setClientSoftwareVersion("1.0"),
                (short) version);
    }

    private static Map<String, String> ranges(ApiVersionsResponseData data) {
        Map<String, String> ranges = new LinkedHashMap<>();
        for (ApiVersion api : data.apiKeys()) {
            ranges.put(ApiKeys.forId(api.apiKey()).name(), api.minVersion() + "-" + api.maxVersion());
        }
        return ranges;
    }

    @Test
    void anUnknownVersionIsAnsweredInTheLayoutOfVersion0WithError35AndTheFullList() {
        // Version 77 with a body nobody can read.
        node.session.onFrame(KafkaFixture.rawFrame(18, 77, 5, new byte[] {0, 1, 2, 3}), Lease.NONE);

        ByteBuffer bytes = node.connection.next();
        assertThat(bytes.getInt()).isEqualTo(5);
        ApiVersionsResponseData data = new ApiVersionsResponseData(new ByteBufferAccessor(bytes), (short) 0);
        assertThat(bytes.hasRemaining()).isFalse();
        assertThat(data.errorCode()).isEqualTo((short) 35);
        assertThat(ranges(data))
                .containsEntry("API_VERSIONS", "0-5")
                .containsEntry("PRODUCE", "0-13")
                .hasSizeGreaterThan(15);
        assertThat(node.connection.closed()).isEmpty();
    }

    @Test
    void theConnectionGoesOnAfterAnUnknownVersion() {
        node.session.onFrame(KafkaFixture.rawFrame(18, 6, 5, new byte[] {0}), Lease.NONE);
        node.connection.next();

        assertThat(node.call(request(5), ApiVersionsResponse.class).data().errorCode())
                .isZero();
    }

    @Test
    void advertisesExactlyWhatIsServed() {
        Map<String, String> ranges =
                ranges(node.call(request(4), ApiVersionsResponse.class).data());

        assertThat(ranges)
                .containsExactlyEntriesOf(ordered(
                        "PRODUCE", "0-13",
                        "FETCH", "4-18",
                        "LIST_OFFSETS", "1-11",
                        "METADATA", "0-13",
                        "API_VERSIONS", "0-5",
                        "CREATE_TOPICS", "2-7",
                        "DELETE_TOPICS", "1-6",
                        "DELETE_RECORDS", "0-2",
                        "INIT_PRODUCER_ID", "0-5",
                        "OFFSET_FOR_LEADER_EPOCH", "2-4",
                        "DESCRIBE_CONFIGS", "1-4",
                        "ALTER_CONFIGS", "0-2",
                        "ALTER_REPLICA_LOG_DIRS", "1-2",
                        "DESCRIBE_LOG_DIRS", "1-5",
                        "CREATE_PARTITIONS", "0-3",
                        "ELECT_LEADERS", "0-2",
                        "INCREMENTAL_ALTER_CONFIGS", "0-1",
                        "ALTER_PARTITION_REASSIGNMENTS", "0-1",
                        "LIST_PARTITION_REASSIGNMENTS", "0-0",
                        "DESCRIBE_QUORUM", "0-2",
                        "UPDATE_FEATURES", "0-2",
                        "DESCRIBE_CLUSTER", "0-2",
                        "DESCRIBE_PRODUCERS", "0-0",
                        "UNREGISTER_BROKER", "0-0",
                        "LIST_CONFIG_RESOURCES", "0-1",
                        "DESCRIBE_TOPIC_PARTITIONS", "0-0",
                        "ADD_RAFT_VOTER", "0-1",
                        "REMOVE_RAFT_VOTER", "0-0"));
    }

    private static Map<String, String> ordered(String... pairs) {
        Map<String, String> map = new LinkedHashMap<>();
        for (int i = 0; i < pairs.length; i += 2) {
            map.put(pairs[i], pairs[i + 1]);
        }
        return map;
    }

    @Test
    void advertisedRangesAreThoseOfKafka44() {
        for (ApiVersion api :
                node.call(request(4), ApiVersionsResponse.class).data().apiKeys()) {
            ApiKeys key = ApiKeys.forId(api.apiKey());
            ApiVersion kafkas = key.toApiVersionForApiResponse(
                            false, org.apache.kafka.common.message.ApiMessageType.ListenerType.BROKER)
                    .orElseThrow();
            assertThat(api.minVersion()).as(key.name()).isEqualTo(kafkas.minVersion());
            assertThat(api.maxVersion()).as(key.name()).isEqualTo(kafkas.maxVersion());
        }
    }

    @Test
    void produceIsAdvertisedFrom0ButVersion2ClosesTheConnection() {
        node.session.onFrame(KafkaFixture.rawFrame(0, 2, 1, new byte[20]), Lease.NONE);

        assertThat(node.connection.closed()).isPresent();
    }

    @Test
    void everyVersionOfApiVersionsIsAnswered() {
        for (short version : KafkaFixture.versions(ApiKeys.API_VERSIONS, 0, 5)) {
            assertThat(node.call(request(version), ApiVersionsResponse.class)
                            .data()
                            .errorCode())
                    .as("v" + version)
                    .isZero();
        }
    }

    @Test
    void namesOnlyFeaturesThatWorkHere() {
        node.catalog.setFeature("group.version", 0);

        ApiVersionsResponseData data =
                node.call(request(4), ApiVersionsResponse.class).data();

        List<String> supported =
                data.supportedFeatures().stream().map(SupportedFeatureKey::name).toList();
        assertThat(supported).containsExactly("metadata.version", "new.version");
        assertThat(data.finalizedFeatures().find("new.version")).isNull();
        assertThat(data.finalizedFeatures().find("group.version")).isNull();
        assertThat(data.finalizedFeatures().find("metadata.version").maxVersionLevel())
                .isEqualTo((short) 30);
        assertThat(data.finalizedFeaturesEpoch()).isEqualTo(9);
    }

    @Test
    void version5ChecksClusterAndNode() {
        assertThat(check(MemoryCatalog.CLUSTER_ID, 1)).isEqualTo(Errors.NONE);
        assertThat(check("another-cluster", 1)).isEqualTo(Errors.REBOOTSTRAP_REQUIRED);
        assertThat(check(MemoryCatalog.CLUSTER_ID, 2)).isEqualTo(Errors.REBOOTSTRAP_REQUIRED);
    }

    private Errors check(String clusterId, int nodeId) {
        ApiVersionsRequestData data = request(5).data().setClusterId(clusterId).setNodeId(nodeId);
        return Errors.forCode(node.call(new ApiVersionsRequest(data, (short) 5), ApiVersionsResponse.class)
                .data()
                .errorCode());
    }

    @Test
    void aClientThatNamesItselfBadlyIsToldSo() {
        ApiVersionsRequestData data = new ApiVersionsRequestData()
                .setClientSoftwareName("no spaces please")
                .setClientSoftwareVersion("1");

        ApiVersionsResponse answer = node.call(new ApiVersionsRequest(data, (short) 3), ApiVersionsResponse.class);

        assertThat(answer.data().errorCode()).isEqualTo(Errors.INVALID_REQUEST.code());
    }
}
