package io.millrace.conformance.amqp;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.conformance.Folders;
import io.millrace.conformance.InstalledClients;
import io.millrace.conformance.Programs;
import io.millrace.conformance.Repository;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Debian's oslo.messaging 14.0, as OpenStack's services use it. What is checked is written in
/// `conformance/peers/amqp-python/oslo_client.py`.
@ExtendWith(SharedAmqp.class)
final class OsloMessagingConformance {
    private static final String OPTIONS_OF_LARGE_CLOUDS =
            "rabbit_ha_queues=true,kombu_compression=gzip,rabbit_qos_prefetch_count=3,enable_cancel_on_failover=true";

    private final AmqpBroker broker;

    OsloMessagingConformance(AmqpBroker broker) {
        this.broker = broker;
    }

    private static List<String> command(AmqpBroker broker, String... arguments) {
        InstalledClients.file("/usr/lib/python3/dist-packages/oslo_messaging");
        var command = new ArrayList<>(List.of(
                "/usr/bin/python3",
                Repository.file("conformance/peers/amqp-python/oslo_client.py").toString(),
                broker.address().uri()));
        command.addAll(List.of(arguments));
        return command;
    }

    @ParameterizedTest
    @ValueSource(strings = {"rpc", "call_monitor", "missing_topic", "notifications"})
    void defaults(String scenario) {
        Programs.run(Duration.ofSeconds(60), command(broker, "default", scenario))
                .ok();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "amqp_durable_queues=true",
                "amqp_auto_delete=true",
                "rabbit_quorum_queue=true,rabbit_quorum_delivery_limit=5",
                OPTIONS_OF_LARGE_CLOUDS
            })
    void optionSets(String options) {
        Programs.run(Duration.ofSeconds(60), command(broker, options, "rpc,notifications"))
                .ok();
    }

    @Test
    @Timeout(value = 150, unit = TimeUnit.SECONDS)
    void everythingReconnectsAfterAKill() throws Exception {
        Path folder = Files.createTempDirectory("millrace-oslo");
        try (var own = AmqpBroker.start()) {
            Path log = folder.resolve("log");
            Process process = new ProcessBuilder(command(own, "default", "restart", folder.toString()))
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile())
                    .start();
            try {
                Awaitility.await()
                        .atMost(Duration.ofSeconds(30))
                        .until(() -> Files.exists(folder.resolve("ready")) || !process.isAlive());
                own.kill9();
                own.restart();
                Files.createFile(folder.resolve("again"));

                assertThat(process.waitFor(100, TimeUnit.SECONDS)).isTrue();
                assertThat(process.exitValue()).as(() -> read(log)).isZero();
            } finally {
                Programs.destroy(process);
            }
        } finally {
            Folders.delete(folder);
        }
    }

    private static String read(Path log) {
        try {
            return Files.readString(log);
        } catch (IOException e) {
            return "no log: " + e;
        }
    }
}
