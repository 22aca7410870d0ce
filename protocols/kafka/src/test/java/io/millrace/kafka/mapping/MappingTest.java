package io.millrace.kafka.mapping;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.catalog.ConfigEntry;
import io.millrace.broker.catalog.ConfigResource;
import io.millrace.model.ErrorKind;
import io.millrace.model.TopicId;
import io.millrace.testkit.Property;
import io.millrace.testkit.SeededRandomness;
import java.util.EnumSet;
import java.util.Set;
import org.apache.kafka.common.internals.Topic;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.DescribeConfigsResponse;
import org.junit.jupiter.api.Test;

class MappingTest {
    @Test
    void noTwoErrorsShareACode() {
        Set<Errors> seen = EnumSet.noneOf(Errors.class);
        for (ErrorKind kind : ErrorKind.values()) {
            assertThat(seen.add(ErrorCodes.of(kind))).as(kind.name()).isTrue();
        }
        assertThat(ErrorCodes.code(ErrorKind.NONE)).isZero();
        assertThat(ErrorCodes.code(ErrorKind.UNKNOWN)).isEqualTo((short) -1);
    }

    /// kafka-clients is the judge.
    @Property(tries = 500)
    void acceptsTheNamesKafkaAccepts(SeededRandomness chance) {
        StringBuilder name = new StringBuilder();
        int length = chance.onceIn(5) ? chance.between(245, 255) : chance.between(0, 3);
        for (int i = 0; i < length; i++) {
            name.append("ab.._-Z09 é/".charAt(chance.nextInt(chance.onceIn(10) ? 12 : 9)));
        }

        assertThat(TopicNames.isValid(name.toString())).as(name.toString()).isEqualTo(Topic.isValid(name.toString()));
    }

    @Test
    void kindsOfResourcesHaveKafkasCodes() {
        assertThat(Configs.code(ConfigResource.Kind.TOPIC))
                .isEqualTo(org.apache.kafka.common.config.ConfigResource.Type.TOPIC.id());
        assertThat(Configs.code(ConfigResource.Kind.NODE))
                .isEqualTo(org.apache.kafka.common.config.ConfigResource.Type.BROKER.id());
        assertThat(Configs.code(ConfigResource.Kind.NODE_LOGGER))
                .isEqualTo(org.apache.kafka.common.config.ConfigResource.Type.BROKER_LOGGER.id());
        assertThat(Configs.code(ConfigResource.Kind.CLIENT_METRICS))
                .isEqualTo(org.apache.kafka.common.config.ConfigResource.Type.CLIENT_METRICS.id());
        assertThat(Configs.code(ConfigResource.Kind.GROUP))
                .isEqualTo(org.apache.kafka.common.config.ConfigResource.Type.GROUP.id());
        for (ConfigResource.Kind kind : ConfigResource.Kind.values()) {
            assertThat(Configs.kind(Configs.code(kind))).contains(kind);
        }
    }

    @Test
    void sourcesAndTypesHaveKafkasCodes() {
        assertThat(DescribeConfigsResponse.ConfigSource.forId(Configs.code(ConfigEntry.Source.DYNAMIC_TOPIC)))
                .isEqualTo(DescribeConfigsResponse.ConfigSource.TOPIC_CONFIG);
        assertThat(DescribeConfigsResponse.ConfigSource.forId(Configs.code(ConfigEntry.Source.STATIC_NODE)))
                .isEqualTo(DescribeConfigsResponse.ConfigSource.STATIC_BROKER_CONFIG);
        assertThat(DescribeConfigsResponse.ConfigSource.forId(Configs.code(ConfigEntry.Source.GROUP)))
                .isEqualTo(DescribeConfigsResponse.ConfigSource.GROUP_CONFIG);
        assertThat(DescribeConfigsResponse.ConfigSource.forId(Configs.code(ConfigEntry.Source.CLIENT_METRICS)))
                .isEqualTo(DescribeConfigsResponse.ConfigSource.CLIENT_METRICS_CONFIG);
        for (ConfigEntry.Type type : ConfigEntry.Type.values()) {
            assertThat(DescribeConfigsResponse.ConfigType.forId(Configs.code(type))
                            .name())
                    .isEqualTo(type.name());
        }
    }

    @Test
    void idsKeepTheirBitsAndTheirText() {
        TopicId id = TopicId.random(new SeededRandomness(5));

        assertThat(Uuids.topicId(Uuids.of(id))).isEqualTo(id);
        assertThat(Uuids.of(id).toString()).isEqualTo(id.toString());
    }
}
