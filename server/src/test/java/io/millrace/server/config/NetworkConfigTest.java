package io.millrace.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// How the sizes of requests are fitted to the direct memory the JVM allows.
class NetworkConfigTest {
    private static final long MIB = 1024 * 1024;

    @Test
    void withMemoryEnoughTheUsualSizesHold() {
        for (long direct : List.of(512 * MIB, 2048 * MIB, Long.MAX_VALUE)) {
            NetworkConfig fitted = NetworkConfig.DEFAULT.fittedTo(direct);

            assertThat(fitted.requestBytesMax()).isEqualTo(128 * MIB);
            assertThat(fitted.frameBytesMax()).as("Kafka's default").isEqualTo(104_857_600);
        }
    }

    @Test
    void onASmallMachineBothShrinkAndLeaveAQuarterFree() {
        // What bin/millrace gives on machines with 256 MB, 512 MB, 1 GB and a little less, and with 1.5 GB
        for (long direct : List.of(64 * MIB, 128 * MIB, 240 * MIB, 256 * MIB, 384 * MIB)) {
            NetworkConfig fitted = NetworkConfig.DEFAULT.fittedTo(direct);

            assertThat(fitted.requestBytesMax()).isBetween(direct / 10 * 3, 128 * MIB);
            assertThat((long) fitted.frameBytesMax()).isGreaterThan(direct / 5);
            assertThat(fitted.requestBytesMax() + 2L * fitted.frameBytesMax()).isLessThanOrEqualTo(direct / 4 * 3);
        }
    }

    @Test
    void whatWasSaidIsTakenWhenItFitsAndTheOtherIsFittedToIt() {
        assertThat(network("network.frame-bytes-max=104857600").fittedTo(256 * MIB))
                .extracting(NetworkConfig::requestBytesMax, NetworkConfig::frameBytesMax)
                .containsExactly(56 * MIB, 104_857_600);
        assertThat(network("network.request-bytes-max=134217728").fittedTo(256 * MIB))
                .extracting(NetworkConfig::requestBytesMax, NetworkConfig::frameBytesMax)
                .containsExactly(128 * MIB, (int) (64 * MIB));
    }

    @Test
    void whatWasSaidAndDoesNotFitIsRefused() {
        assertThatThrownBy(() -> network("network.request-bytes-max=268435456").fittedTo(256 * MIB))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("MaxDirectMemorySize=" + 260 * MIB);
        assertThatThrownBy(() -> network("network.frame-bytes-max=134217728").fittedTo(256 * MIB))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("the JVM allows " + 256 * MIB);
    }

    @Test
    void kafkasToolsAreShownTheLargestRequestThatHolds() {
        assertThat(ServerConfig.DEFAULT.byKafkasNames()).doesNotContainKey("socket.request.max.bytes");
        assertThat(fitted(512 * MIB)).doesNotContainKey("socket.request.max.bytes");
        assertThat(fitted(240 * MIB)).containsKey("socket.request.max.bytes");
    }

    private static Map<String, String> fitted(long direct) {
        return ServerConfig.DEFAULT
                .withNetwork(NetworkConfig.DEFAULT.fittedTo(direct))
                .byKafkasNames();
    }

    private static NetworkConfig network(String set) {
        return ConfigLoader.load(ConfigInputs.NONE.withSets(List.of(set)))
                .config()
                .network();
    }
}
