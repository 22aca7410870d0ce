package io.millrace.conformance.kafka;

import static io.millrace.conformance.kafka.JavaClients.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.millrace.conformance.BrokerKind;
import io.millrace.conformance.BrokerUnderTest;
import io.millrace.conformance.Finished;
import io.millrace.conformance.Immutable;
import io.millrace.conformance.Mount;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.KafkaStorageException;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// A data folder that may not be written: from the start, or from some moment on, as when the kernel remounts a disk
/// read-only.
final class ReadOnlyConformance {
    private static final Duration SOON = Duration.ofSeconds(40);
    private BrokerUnderTest broker;

    @BeforeEach
    void prepare() {
        Assumptions.assumeTrue(BrokerKind.underTest() == BrokerKind.MILLRACE, "about Millrace's own promises");
        broker = BrokerUnderTest.prepareMillrace();
    }

    @AfterEach
    void close() {
        if (broker != null) {
            broker.close();
        }
    }

    private void checkRefusal() {
        try (var _ = Mount.readOnly(broker.data())) {
            Finished refused = broker.startRefused();

            assertThat(refused.exit()).isEqualTo(1);
            assertThat(refused.err())
                    .contains(broker.data().toString())
                    .contains("Read-only file system")
                    .doesNotContain("\tat ");
        }
    }

    @Test
    void anEmptyReadOnlyFolderIsRefused() {
        checkRefusal();
    }

    @Test
    void aFolderWithDataIsRefusedWhileItIsReadOnly() {
        broker.restart();
        var clients = new JavaClients(broker.bootstrap());
        String topic = clients.topic("kept", 1, Map.of());
        clients.send(topic, 20);
        broker.stop();

        checkRefusal();

        broker.restart();
        assertThat(clients.readValues(topic)).hasSize(20);
    }

    @Test
    void aFolderThatTurnsReadOnlyRefusesWritersAndServesReaders() {
        broker.restart();
        var clients = new JavaClients(broker.bootstrap());
        String topic = clients.topic("kept", 1, Map.of());
        clients.send(topic, 20);
        List<String> values = IntStream.range(0, 20).mapToObj(Integer::toString).toList();

        try (var _ = Immutable.of(broker.data());
                var admin = clients.admin();
                var once = clients.producer(Map.of("retries", 0, "enable.idempotence", false))) {
            var write = once.send(new ProducerRecord<>(topic, 0, null, "refused"));
            assertThatExceptionOfType(KafkaStorageException.class).isThrownBy(() -> get(write));
            Awaitility.await().atMost(SOON).until(() -> !broker.isReady());
            assertThat(clients.readValues(topic)).isEqualTo(values);
            var deletion = admin.deleteTopics(List.of(topic)).all();
            assertThatExceptionOfType(KafkaStorageException.class).isThrownBy(() -> get(deletion));
            assertThat(get(admin.listTopics().names())).isEqualTo(Set.of(topic));
            assertThat(clients.readValues(topic)).isEqualTo(values);
        }

        assertThat(clients.send(topic, List.of("20"))).hasSize(1);
        assertThat(clients.readValues(topic)).hasSize(21).endsWith("20");
        Awaitility.await().atMost(SOON).until(broker::isReady);
    }
}
