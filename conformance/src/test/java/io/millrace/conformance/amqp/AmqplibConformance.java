package io.millrace.conformance.amqp;

import io.millrace.conformance.InstalledClients;
import io.millrace.conformance.Programs;
import io.millrace.conformance.Repository;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// amqplib from npm, the present one and 0.10.3, which asks for frames of 4096 bytes. What is checked is written in
/// `conformance/peers/amqplib/client.js`.
@ExtendWith(SharedAmqp.class)
final class AmqplibConformance {
    private final AmqpBroker broker;

    AmqplibConformance(AmqpBroker broker) {
        this.broker = broker;
    }

    @ParameterizedTest
    @CsvSource({
        "amqplib, publishAndConsume",
        "amqplib, largeBody",
        "amqplib, topicAndReturn",
        "amqplib, channelError",
        "amqplib, wrongPassword",
        "amqplib, cancelledByTheBroker",
        "amqplib, heartbeats",
        "amqplib-old, publishAndConsume",
        "amqplib-old, largeBody",
        "amqplib-old, topicAndReturn",
        "amqplib-old, channelError",
        "amqplib-old, wrongPassword",
        "amqplib-old, cancelledByTheBroker",
    })
    void scenario(String library, String scenario) {
        String node = InstalledClients.program("node");
        String modules = InstalledClients.file("conformance/target/peers/amqplib/node_modules/" + library)
                .getParent()
                .toString();
        String client = Repository.file("conformance/peers/amqplib/client.js").toString();

        Programs.run(
                        Duration.ofSeconds(80),
                        List.of(node, client, broker.address().uri(), library, scenario),
                        "",
                        Map.of("NODE_PATH", modules))
                .ok();
    }
}
