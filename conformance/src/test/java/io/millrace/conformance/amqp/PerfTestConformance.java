package io.millrace.conformance.amqp;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.conformance.Finished;
import io.millrace.conformance.PeerClasspath;
import io.millrace.conformance.Programs;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// RabbitMQ's own load generator: it ends when every message was confirmed and consumed.
@ExtendWith(SharedAmqp.class)
final class PerfTestConformance {
    private final AmqpBroker broker;

    PerfTestConformance(AmqpBroker broker) {
        this.broker = broker;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--producers 2 --consumers 1 --confirm 100 --flag persistent --auto-delete false --pmessages 5000"
                        + " --cmessages 10000",
                "--quorum-queue --confirm 50 --qos 50 --pmessages 2000 --cmessages 2000",
                "--autoack --size 4000 --pmessages 20000 --cmessages 20000"
            })
    void runsToItsEnd(String options) {
        var command = new ArrayList<>(List.of(
                Programs.java(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                PeerClasspath.of("perf-test").joined(),
                "com.rabbitmq.perf.PerfTest",
                "--uri",
                broker.address().uri(),
                "--queue",
                AmqpClients.fresh("perf")));
        command.addAll(List.of(options.split(" ", -1)));

        Finished finished = Programs.run(Duration.ofSeconds(80), command);

        assertThat(finished.exit()).as(finished.toString()).isZero();
        assertThat(finished.out()).contains("sending rate avg");
    }
}
