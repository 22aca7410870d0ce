package io.millrace.conformance.amqp;

import io.millrace.conformance.InstalledClients;
import io.millrace.conformance.Programs;
import io.millrace.conformance.Repository;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Debian's pika 1.2. What is checked is written in `conformance/peers/amqp-python/pika_client.py`.
@ExtendWith(SharedAmqp.class)
final class PikaConformance {
    private final AmqpBroker broker;

    PikaConformance(AmqpBroker broker) {
        this.broker = broker;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "publish_and_consume",
                "returned",
                "errors",
                "rpc",
                "transactions",
                "streams",
                "heartbeats",
                "small_frames"
            })
    void scenario(String scenario) {
        InstalledClients.file("/usr/lib/python3/dist-packages/pika");
        String client =
                Repository.file("conformance/peers/amqp-python/pika_client.py").toString();

        Programs.run(
                        Duration.ofSeconds(60),
                        // by its full path: another Python may shadow Debian's in PATH
                        List.of("/usr/bin/python3", client, broker.address().uri(), scenario))
                .ok();
    }
}
