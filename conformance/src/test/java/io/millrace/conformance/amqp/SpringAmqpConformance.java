package io.millrace.conformance.amqp;

import io.millrace.conformance.PeerClasspath;
import io.millrace.conformance.Programs;
import io.millrace.conformance.Repository;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Spring AMQP 4.1. What is checked is written in `conformance/peers/spring-amqp/Client.java`.
@ExtendWith(SharedAmqp.class)
final class SpringAmqpConformance {
    private final AmqpBroker broker;

    SpringAmqpConformance(AmqpBroker broker) {
        this.broker = broker;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "confirmsAndReturns",
                "simpleContainer",
                "directContainer",
                "deadLetter",
                "rpc",
                "transaction",
                "mismatch"
            })
    void scenario(String scenario) {
        String classpath = PeerClasspath.of("spring-amqp").joined();
        String client =
                Repository.file("conformance/peers/spring-amqp/Client.java").toString();

        Programs.run(
                        Duration.ofSeconds(80),
                        List.of(
                                Programs.java(),
                                "-XX:TieredStopAtLevel=1",
                                "-cp",
                                classpath,
                                client,
                                broker.address().host(),
                                "" + broker.address().port(),
                                scenario))
                .ok();
    }
}
