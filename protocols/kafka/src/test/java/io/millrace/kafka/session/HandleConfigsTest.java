package io.millrace.kafka.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.catalog.CatalogChanges.ConfigChange;
import io.millrace.broker.catalog.CatalogChanges.ConfigChanges;
import io.millrace.broker.catalog.CatalogChanges.Operation;
import io.millrace.broker.catalog.ConfigEntry;
import io.millrace.broker.catalog.ConfigEntry.Source;
import io.millrace.broker.catalog.ConfigEntry.Synonym;
import io.millrace.broker.catalog.ConfigResource;
import io.millrace.broker.catalog.ConfigResource.Kind;
import io.millrace.kafka.KafkaFixture;
import java.util.List;
import org.apache.kafka.common.message.AlterConfigsRequestData;
import org.apache.kafka.common.message.AlterConfigsResponseData.AlterConfigsResourceResponse;
import org.apache.kafka.common.message.DescribeConfigsRequestData;
import org.apache.kafka.common.message.DescribeConfigsRequestData.DescribeConfigsResource;
import org.apache.kafka.common.message.DescribeConfigsResponseData.DescribeConfigsResourceResult;
import org.apache.kafka.common.message.DescribeConfigsResponseData.DescribeConfigsResult;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData;
import org.apache.kafka.common.message.IncrementalAlterConfigsResponseData;
import org.apache.kafka.common.message.ListConfigResourcesRequestData;
import org.apache.kafka.common.message.ListConfigResourcesResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.AlterConfigsRequest;
import org.apache.kafka.common.requests.AlterConfigsResponse;
import org.apache.kafka.common.requests.DescribeConfigsRequest;
import org.apache.kafka.common.requests.DescribeConfigsResponse;
import org.apache.kafka.common.requests.IncrementalAlterConfigsRequest;
import org.apache.kafka.common.requests.IncrementalAlterConfigsResponse;
import org.apache.kafka.common.requests.ListConfigResourcesRequest;
import org.apache.kafka.common.requests.ListConfigResourcesResponse;
import org.junit.jupiter.api.Test;

/// DescribeConfigs, AlterConfigs, IncrementalAlterConfigs and ListConfigResources.
class HandleConfigsTest {
    private static final byte TOPIC = 2;
    private static final byte BROKER = 4;

    private final KafkaFixture node = new KafkaFixture();

    HandleConfigsTest() {
        node.topic("orders", 1);
        node.catalog.setConfigs(
                new ConfigResource(Kind.TOPIC, "orders"),
                List.of(
                        new ConfigEntry(
                                "retention.ms",
                                "5",
                                Source.DYNAMIC_TOPIC,
                                ConfigEntry.Type.LONG,
                                false,
                                false,
                                List.of(
                                        new Synonym("retention.ms", "5", Source.DYNAMIC_TOPIC),
                                        new Synonym("log.retention.ms", "604800000", Source.DEFAULT)),
                                "How long records stay."),
                        new ConfigEntry(
                                "secret",
                                "hidden",
                                Source.DEFAULT,
                                ConfigEntry.Type.PASSWORD,
                                true,
                                true,
                                List.of(new Synonym("secret", "hidden", Source.DEFAULT)),
                                "")));
    }

    private DescribeConfigsResult describe(DescribeConfigsResource resource, int version) {
        DescribeConfigsRequestData data = new DescribeConfigsRequestData()
                .setResources(List.of(resource))
                .setIncludeSynonyms(true)
                .setIncludeDocumentation(version >= 3);
        return node.call(new DescribeConfigsRequest(data, (short) version), DescribeConfigsResponse.class)
                .data()
                .results()
                .getFirst();
    }

    private static DescribeConfigsResource resource(int type, String name) {
        return new DescribeConfigsResource()
                .setResourceType((byte) type)
                .setResourceName(name)
                .setConfigurationKeys(null);
    }

    private Errors errorOf(int type, String name) {
        return Errors.forCode(describe(resource(type, name), 4).errorCode());
    }

    @Test
    void everyVersionShowsValueSourceAndSynonyms() {
        for (short version : KafkaFixture.versions(ApiKeys.DESCRIBE_CONFIGS, 1, 4)) {
            DescribeConfigsResourceResult shown =
                    describe(resource(TOPIC, "orders"), version).configs().getFirst();

            assertThat(shown.name()).isEqualTo("retention.ms");
            assertThat(shown.value()).isEqualTo("5");
            assertThat(shown.configSource()).isEqualTo((byte) 1);
            assertThat(shown.synonyms().get(1).name()).isEqualTo("log.retention.ms");
            assertThat(shown.synonyms().get(1).source()).isEqualTo((byte) 5);
            if (version >= 3) {
                assertThat(shown.configType()).isEqualTo((byte) 5);
                assertThat(shown.documentation()).isEqualTo("How long records stay.");
            }
        }
    }

    @Test
    void sensitiveValuesStayHere() {
        DescribeConfigsResourceResult shown =
                describe(resource(TOPIC, "orders"), 4).configs().get(1);

        assertThat(shown.isSensitive()).isTrue();
        assertThat(shown.value()).isNull();
        assertThat(shown.synonyms().getFirst().value()).isNull();
    }

    @Test
    void onlyTheNamedSettingsAreShown() {
        DescribeConfigsResource named = resource(TOPIC, "orders").setConfigurationKeys(List.of("secret"));

        assertThat(describe(named, 4).configs())
                .extracting(DescribeConfigsResourceResult::name)
                .containsExactly("secret");
    }

    @Test
    void whatDoesNotExistIsRefused() {
        assertThat(errorOf(TOPIC, "nowhere")).isEqualTo(Errors.UNKNOWN_TOPIC_OR_PARTITION);
        assertThat(errorOf(TOPIC, "no spaces")).isEqualTo(Errors.INVALID_TOPIC_EXCEPTION);
        assertThat(errorOf(BROKER, "2")).isEqualTo(Errors.INVALID_REQUEST);
        assertThat(errorOf(77, "x")).isEqualTo(Errors.INVALID_REQUEST);
        assertThat(errorOf(32, "")).isEqualTo(Errors.INVALID_REQUEST);
    }

    private List<Short> alter(AlterConfigsRequestData.AlterConfigsResource... resources) {
        AlterConfigsRequestData data = new AlterConfigsRequestData();
        for (AlterConfigsRequestData.AlterConfigsResource resource : resources) {
            data.resources().mustAdd(resource);
        }
        return node
                .call(new AlterConfigsRequest(data, (short) 2), AlterConfigsResponse.class)
                .data()
                .responses()
                .stream()
                .map(AlterConfigsResourceResponse::errorCode)
                .toList();
    }

    private static AlterConfigsRequestData.AlterConfigsResource set(String topic, String key, String value) {
        AlterConfigsRequestData.AlterConfigsResource resource = new AlterConfigsRequestData.AlterConfigsResource()
                .setResourceType(TOPIC)
                .setResourceName(topic);
        resource.configs()
                .add(new AlterConfigsRequestData.AlterableConfig().setName(key).setValue(value));
        return resource;
    }

    @Test
    void alterConfigsReplacesEverything() {
        assertThat(alter(set("orders", "retention.ms", "7"))).containsExactly(Errors.NONE.code());

        assertThat(node.catalog.alterations())
                .containsExactly(new ConfigChanges(
                        new ConfigResource(Kind.TOPIC, "orders"),
                        true,
                        List.of(new ConfigChange("retention.ms", Operation.SET, "7"))));
    }

    @Test
    void outcomesKeepTheOrderOfTheRequest() {
        assertThat(alter(
                        set("orders", "retention.ms", null),
                        set("nowhere", "retention.ms", "7"),
                        set("bills", "retention.ms", null)))
                .containsExactly(
                        Errors.INVALID_REQUEST.code(),
                        Errors.UNKNOWN_TOPIC_OR_PARTITION.code(),
                        Errors.INVALID_REQUEST.code());
        assertThat(alter(set("orders", "retention.ms", "1"), set("orders", "retention.ms", "2")))
                .containsExactly(Errors.NONE.code(), Errors.INVALID_REQUEST.code());
    }

    private static IncrementalAlterConfigsRequestData.AlterConfigsResource change(
            int type, String name, int operation, String value) {
        IncrementalAlterConfigsRequestData.AlterConfigsResource resource =
                new IncrementalAlterConfigsRequestData.AlterConfigsResource()
                        .setResourceType((byte) type)
                        .setResourceName(name);
        resource.configs()
                .add(new IncrementalAlterConfigsRequestData.AlterableConfig()
                        .setName("cleanup.policy")
                        .setConfigOperation((byte) operation)
                        .setValue(value));
        return resource;
    }

    private Errors incremental(IncrementalAlterConfigsRequestData.AlterConfigsResource resource, int version) {
        IncrementalAlterConfigsRequestData data = new IncrementalAlterConfigsRequestData();
        data.resources().add(resource);
        List<IncrementalAlterConfigsResponseData.AlterConfigsResourceResponse> answers = node.call(
                        new IncrementalAlterConfigsRequest.Builder(data).build((short) version),
                        IncrementalAlterConfigsResponse.class)
                .data()
                .responses();
        return Errors.forCode(answers.getFirst().errorCode());
    }

    @Test
    void incrementalChangesKeepTheirOperation() {
        for (short version : KafkaFixture.versions(ApiKeys.INCREMENTAL_ALTER_CONFIGS, 0, 1)) {
            assertThat(incremental(change(TOPIC, "orders", 2, "compact"), version))
                    .isEqualTo(Errors.NONE);
        }
        assertThat(incremental(change(TOPIC, "orders", 1, null), 1)).isEqualTo(Errors.NONE);

        assertThat(node.catalog.alterations())
                .extracting(ConfigChanges::changes)
                .containsExactly(
                        List.of(new ConfigChange("cleanup.policy", Operation.APPEND, "compact")),
                        List.of(new ConfigChange("cleanup.policy", Operation.APPEND, "compact")),
                        List.of(new ConfigChange("cleanup.policy", Operation.DELETE, null)));
    }

    @Test
    void incrementalChangesThatMakeNoSenseAreRefused() {
        assertThat(incremental(change(TOPIC, "orders", 0, null), 1)).isEqualTo(Errors.INVALID_REQUEST);
        assertThat(incremental(change(TOPIC, "orders", 9, "x"), 1)).isEqualTo(Errors.INVALID_REQUEST);
        assertThat(incremental(change(77, "orders", 0, "x"), 1)).isEqualTo(Errors.INVALID_REQUEST);
        assertThat(incremental(change(BROKER, "one", 0, "x"), 1)).isEqualTo(Errors.INVALID_REQUEST);
        assertThat(node.catalog.alterations()).isEmpty();
    }

    private ListConfigResourcesResponseData list(int version, Byte... types) {
        ListConfigResourcesRequestData data = new ListConfigResourcesRequestData().setResourceTypes(List.of(types));
        return node.call(
                        new ListConfigResourcesRequest.Builder(data).build((short) version),
                        ListConfigResourcesResponse.class)
                .data();
    }

    @Test
    void resourcesAreListedByKind() {
        node.catalog.setConfigs(new ConfigResource(Kind.CLIENT_METRICS, "metrics"), List.of());

        assertThat(list(0, (byte) 16).configResources()).hasSize(1);
        assertThat(list(1, TOPIC).configResources())
                .extracting(ListConfigResourcesResponseData.ConfigResource::resourceName)
                .containsExactly("orders");
        assertThat(list(1).configResources())
                .extracting(ListConfigResourcesResponseData.ConfigResource::resourceName)
                .containsExactlyInAnyOrder("orders", "1", "1", "metrics");
        assertThat(list(1, (byte) 99).errorCode()).isEqualTo(Errors.UNSUPPORTED_VERSION.code());
    }
}
