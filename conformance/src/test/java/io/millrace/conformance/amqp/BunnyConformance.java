package io.millrace.conformance.amqp;

import io.millrace.conformance.InstalledClients;
import io.millrace.conformance.Programs;
import io.millrace.conformance.Repository;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Debian's bunny 2.19. What is checked is written in `conformance/peers/bunny/client.rb`.
@ExtendWith(SharedAmqp.class)
final class BunnyConformance {
    private final AmqpBroker broker;

    BunnyConformance(AmqpBroker broker) {
        this.broker = broker;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "publish_and_consume",
                "routed",
                "returned",
                "channel_errors",
                "rejected",
                "transactions",
                "cancelled"
            })
    void scenario(String scenario) {
        String ruby = InstalledClients.program("ruby");
        InstalledClients.file("/usr/share/doc/ruby-bunny");
        String client = Repository.file("conformance/peers/bunny/client.rb").toString();

        Programs.run(
                        Duration.ofSeconds(60),
                        List.of(
                                ruby,
                                client,
                                broker.address().host(),
                                "" + broker.address().port(),
                                scenario))
                .ok();
    }
}
