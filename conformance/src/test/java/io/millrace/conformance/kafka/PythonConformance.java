package io.millrace.conformance.kafka;

import io.millrace.conformance.BrokerUnderTest;
import io.millrace.conformance.InstalledClients;
import io.millrace.conformance.Programs;
import io.millrace.conformance.Repository;
import io.millrace.conformance.SharedBroker;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Debian's python3-kafka 2.0.2, which guesses the broker's release from its ApiVersions answer. What is checked is
/// written in `conformance/peers/python/client.py`.
@ExtendWith(SharedBroker.class)
final class PythonConformance {
    private final BrokerUnderTest broker;

    PythonConformance(BrokerUnderTest broker) {
        this.broker = broker;
    }

    @ParameterizedTest
    @ValueSource(strings = {"produce_and_consume", "codecs", "acks_and_errors", "group", "positions", "admin"})
    void scenario(String scenario) {
        InstalledClients.file("/usr/lib/python3/dist-packages/kafka");
        String client = Repository.file("conformance/peers/python/client.py").toString();

        Programs.run(
                        Duration.ofSeconds(60),
                        // by its full path: another Python may shadow Debian's in PATH
                        List.of("/usr/bin/python3", client, broker.bootstrap(), scenario))
                .ok();
    }
}
