package io.millrace.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.kafka.session.KafkaConfig;
import io.millrace.server.config.ConfigException;
import io.millrace.server.config.ConfigInputs;
import io.millrace.server.config.ConfigLoader;
import io.millrace.server.config.NetworkConfig;
import io.millrace.server.config.ServerConfig;
import io.netty.util.internal.PlatformDependent;
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
    void whatIsLeftOpenIsFittedToTheJvm() {
        ServerConfig fitted = NodeSettings.fitted(ServerConfig.DEFAULT);

        assertThat(fitted.network().requestBytesMax()).isPositive();
        assertThat(fitted.network().frameBytesMax()).isPositive();
        assertThat(fitted.network()).isEqualTo(NetworkConfig.DEFAULT.fittedTo(PlatformDependent.maxDirectMemory()));
    }

    private static KafkaConfig kafka(String... sets) {
        return NodeSettings.kafka(
                ConfigLoader.load(ConfigInputs.NONE.withSets(List.of(sets))).config());
    }
}
