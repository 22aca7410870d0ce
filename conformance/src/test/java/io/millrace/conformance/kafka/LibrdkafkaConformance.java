package io.millrace.conformance.kafka;

import io.millrace.conformance.BrokerUnderTest;
import io.millrace.conformance.InstalledClients;
import io.millrace.conformance.Programs;
import io.millrace.conformance.Repository;
import io.millrace.conformance.SharedBroker;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A C program on Debian's librdkafka 2.0.2, the library below the Python, .NET, Go, Ruby and PHP clients. What is
/// checked is written in `conformance/peers/librdkafka/client.c`.
@ExtendWith(SharedBroker.class)
final class LibrdkafkaConformance {
    @TempDir
    private static Path folder;

    private final BrokerUnderTest broker;

    LibrdkafkaConformance(BrokerUnderTest broker) {
        this.broker = broker;
    }

    @BeforeAll
    static void compile() {
        InstalledClients.file("/usr/include/librdkafka/rdkafka.h");
        Programs.run(
                        Duration.ofSeconds(60),
                        List.of(
                                InstalledClients.program("cc"),
                                "-O1",
                                "-o",
                                folder.resolve("client").toString(),
                                Repository.file("conformance/peers/librdkafka/client.c")
                                        .toString(),
                                "-lrdkafka"))
                .ok();
    }

    @ParameterizedTest
    @ValueSource(strings = {"codecs", "idempotence", "group", "offsets_and_admin"})
    void scenario(String scenario) {
        Programs.run(Duration.ofSeconds(60), List.of(folder.resolve("client").toString(), broker.bootstrap(), scenario))
                .ok();
    }
}
