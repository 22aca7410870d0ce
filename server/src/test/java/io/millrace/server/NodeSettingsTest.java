package io.millrace.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.kafka.session.KafkaConfig;
import io.millrace.server.config.ConfigException;
import io.millrace.server.config.ConfigInputs;
import io.millrace.server.config.ConfigLoader;
import io.millrace.server.config.NetworkConfig;
import java.util.List;
import org.junit.jupiter.api.Test;

class NodeSettingsTest {
    @Test
    void whatIsSaidUnderKafkaReachesTheProtocol() {
        KafkaConfig told =
                kafka("kafka.auto.create.topics.enable=FALSE", "kafka.fetch.max.bytes=4096", "network.in-flight-max=7");

        assertThat(told.autoCreateTopics()).isFalse();
        assertThat(told.fetchBytesMax()).isEqualTo(4096);
        assertThat(told.inFlightMax()).isEqualTo(7);
        assertThat(kafka()).isEqualTo(KafkaConfig.defaults(1));
    }

    @Test
    void whatCanNotBeReadIsRefused() {
        assertThatThrownBy(() -> kafka("kafka.auto.create.topics.enable=perhaps"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("true or false");
        assertThatThrownBy(() -> kafka("kafka.fetch.max.bytes=some")).isInstanceOf(ConfigException.class);
        assertThatThrownBy(() -> kafka("kafka.fetch.max.bytes=1")).isInstanceOf(ConfigException.class);
    }

    @Test
    void requestsMustFitTheDirectMemory() {
        assertThatCode(() -> NodeSettings.requireMemory(NetworkConfig.DEFAULT, 512L << 20))
                .as("what bin/millrace gives at least")
                .doesNotThrowAnyException();
        assertThatThrownBy(() -> NodeSettings.requireMemory(NetworkConfig.DEFAULT, 128L << 20))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("MaxDirectMemorySize=");
    }

    private static KafkaConfig kafka(String... sets) {
        return NodeSettings.kafka(
                ConfigLoader.load(ConfigInputs.NONE.withSets(List.of(sets))).config());
    }
}
