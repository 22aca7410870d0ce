package io.millrace.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.server.config.Endpoint;
import io.millrace.server.config.GroupsConfig;
import io.millrace.server.config.ListenersConfig;
import io.millrace.server.config.NetworkConfig;
import io.millrace.server.config.NodeConfig;
import io.millrace.server.config.QuotasConfig;
import io.millrace.server.config.ServerConfig;
import io.millrace.server.config.StorageConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NodeTest {
    private static final Endpoint ANY_PORT = new Endpoint("127.0.0.1", 0);

    @TempDir
    private Path folder;

    @Test
    void aNodeComesBackAsTheSameClusterWithoutBeingToldItsId() throws IOException, InterruptedException {
        Node first = Node.start(config());
        String clusterId = first.clusterId();
        first.stop();

        Node again = Node.start(config());

        assertThat(again.clusterId()).isEqualTo(clusterId);
        again.stop();
    }

    @Test
    void aNodeDoesNotStartWithEpochsBehindWhichItCanNotLead() throws Exception {
        Node first = Node.start(config());
        Map<String, Object> settings =
                Map.of("bootstrap.servers", "127.0.0.1:" + first.kafkaAddress().getPort());
        try (var producer =
                new KafkaProducer<byte[], byte[]>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
            producer.send(new ProducerRecord<>("moved", 0, null, new byte[1])).get();
        }
        first.stop();
        Files.writeString(folder.resolve("moved-0/leader-epoch-checkpoint"), "0\n1\n2147483647 0\n");

        assertThatThrownBy(() -> Node.start(config()))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("moved-0")
                .hasMessageContaining("2147483647");
    }

    private ServerConfig config() {
        return new ServerConfig(
                NodeConfig.DEFAULT,
                StorageConfig.DEFAULT.withDirectories(List.of(folder.toString())),
                new ListenersConfig(ANY_PORT, Endpoint.OFF, Endpoint.OFF),
                NetworkConfig.DEFAULT,
                GroupsConfig.DEFAULT,
                QuotasConfig.DEFAULT,
                Map.of());
    }
}
