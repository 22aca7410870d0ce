package io.millrace.conformance.kafka;

import io.millrace.conformance.BrokerUnderTest;
import io.millrace.conformance.InstalledClients;
import io.millrace.conformance.Programs;
import io.millrace.conformance.Repository;
import io.millrace.conformance.SharedBroker;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// kafkajs 2.2.4: no flexible versions, Produce up to 7, Fetch up to 11, Metadata up to 6. What is checked is written
/// in `conformance/peers/kafkajs/client.js`.
@ExtendWith(SharedBroker.class)
final class KafkaJsConformance {
    private final BrokerUnderTest broker;

    KafkaJsConformance(BrokerUnderTest broker) {
        this.broker = broker;
    }

    @ParameterizedTest
    @ValueSource(strings = {"produceAndConsume", "idempotentProducer", "group", "seekAndPause", "admin"})
    void scenario(String scenario) {
        String node = InstalledClients.program("node");
        String modules = InstalledClients.file("conformance/target/peers/kafkajs/node_modules/kafkajs")
                .getParent()
                .toString();
        String client = Repository.file("conformance/peers/kafkajs/client.js").toString();

        Programs.run(
                        Duration.ofMinutes(2),
                        List.of(node, client, broker.bootstrap(), scenario),
                        "",
                        Map.of("NODE_PATH", modules))
                .ok();
    }
}
