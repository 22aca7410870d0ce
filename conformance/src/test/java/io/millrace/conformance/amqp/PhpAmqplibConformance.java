package io.millrace.conformance.amqp;

import io.millrace.conformance.InstalledClients;
import io.millrace.conformance.Programs;
import io.millrace.conformance.Repository;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Debian's php-amqplib 3.5. What is checked is written in `conformance/peers/php-amqplib/client.php`.
@ExtendWith(SharedAmqp.class)
final class PhpAmqplibConformance {
    private final AmqpBroker broker;

    PhpAmqplibConformance(AmqpBroker broker) {
        this.broker = broker;
    }

    @ParameterizedTest
    @ValueSource(strings = {"publish_and_consume", "returned", "channel_error", "transactions", "amqplain"})
    void scenario(String scenario) {
        String php = InstalledClients.program("php");
        InstalledClients.file("/usr/share/php/PhpAmqpLib");
        String client =
                Repository.file("conformance/peers/php-amqplib/client.php").toString();

        Programs.run(
                        Duration.ofSeconds(60),
                        List.of(
                                php,
                                client,
                                broker.address().host(),
                                "" + broker.address().port(),
                                scenario))
                .ok();
    }
}
