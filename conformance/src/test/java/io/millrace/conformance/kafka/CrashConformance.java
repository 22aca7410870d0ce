package io.millrace.conformance.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.conformance.BrokerUnderTest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Kills the broker with signal 9 under load, again and again, and reads everything at the end.
///
/// The rounds are set by `-Dmillrace.crash.rounds` and the moments of the kills by `-Dmillrace.crash.seed`. Idempotent
/// producers with `acks=all` live through all rounds, as an application would.
final class CrashConformance {
    private static final int ROUNDS = Integer.getInteger("millrace.crash.rounds", 5);
    private static final long SEED = Long.getLong("millrace.crash.seed", 1);
    private static final int PARTITIONS = 4;
    private static final int WRITERS = 2;

    @Test
    @Timeout(value = 60, unit = TimeUnit.MINUTES)
    void nothingAcknowledgedIsLostReorderedOrDoubled() {
        var random = new Random(SEED);
        try (var broker = BrokerUnderTest.start()) {
            var clients = new JavaClients(broker.bootstrap());
            String topic = clients.topic("crash", PARTITIONS, Map.of("segment.bytes", "1048576"));
            List<CrashWriter> writers = new ArrayList<>();
            for (int i = 0; i < WRITERS; i++) {
                writers.add(new CrashWriter(i, clients, topic, PARTITIONS));
            }
            try {
                for (int round = 0; round < ROUNDS; round++) {
                    awaitMore(writers, 500 + random.nextInt(4_000));
                    broker.kill9();
                    broker.restart();
                }
                awaitMore(writers, 500);
            } finally {
                writers.forEach(CrashWriter::finish);
            }

            List<ConsumerRecord<String, String>> read = clients.readAll(topic);
            System.err.println("crash: seed " + SEED + ", " + ROUNDS + " rounds, " + acknowledged(writers)
                    + " acknowledged, " + read.size() + " read");
            for (CrashWriter writer : writers) {
                assertThat(writer.failures()).isEmpty();
                writer.check(read);
            }
        }
    }

    private static void awaitMore(List<CrashWriter> writers, int records) {
        long wanted = acknowledged(writers) + records;
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofMillis(5))
                .until(() -> acknowledged(writers) >= wanted);
    }

    private static long acknowledged(List<CrashWriter> writers) {
        return writers.stream().mapToLong(CrashWriter::acknowledged).sum();
    }
}
