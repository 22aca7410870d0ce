package io.millrace.conformance.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;

/// One idempotent producer that writes without end, remembers what was acknowledged where, and judges what is read.
///
/// Record n goes to partition n modulo the number of partitions; key = the writer, value = n.
///
/// Owned by: one writing thread; the producer's thread reports acknowledgements; the test reads when both have ended.
final class CrashWriter {
    private static final int IN_FLIGHT_MAX = 400;
    private static final String PADDING = " ".repeat(60);

    private final String name;
    private final String topic;
    private final int partitions;
    private final KafkaProducer<String, String> producer;
    private final Semaphore inFlight = new Semaphore(IN_FLIGHT_MAX);
    private final AtomicLong acknowledged = new AtomicLong();
    private final ConcurrentSkipListMap<Long, Long> offsets = new ConcurrentSkipListMap<>();
    private final ConcurrentLinkedQueue<Exception> failures = new ConcurrentLinkedQueue<>();
    private final Thread thread;
    private volatile boolean stopping;

    CrashWriter(int index, JavaClients clients, String topic, int partitions) {
        this.name = "writer-" + index;
        this.topic = topic;
        this.partitions = partitions;
        this.producer = clients.producer(Map.of(
                "acks",
                "all",
                "delivery.timeout.ms",
                120_000,
                "max.block.ms",
                60_000,
                "reconnect.backoff.max.ms",
                100));
        this.thread = Thread.ofPlatform().name(name).start(this::write);
    }

    private void write() {
        for (long n = 0; !stopping; n++) {
            inFlight.acquireUninterruptibly();
            long number = n;
            producer.send(
                    new ProducerRecord<>(topic, (int) (n % partitions), name, n + PADDING),
                    (metadata, error) -> onAnswer(number, metadata, error));
        }
    }

    private void onAnswer(long number, RecordMetadata metadata, Exception error) {
        inFlight.release();
        if (error == null) {
            offsets.put(number, metadata.offset());
            acknowledged.incrementAndGet();
        } else {
            failures.add(error);
        }
    }

    long acknowledged() {
        return acknowledged.get();
    }

    List<Exception> failures() {
        return List.copyOf(failures);
    }

    /// Stops writing and waits for what is under way.
    void finish() {
        stopping = true;
        try {
            thread.join(Duration.ofSeconds(60));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        producer.close(Duration.ofSeconds(60));
    }

    /// Each partition must hold this writer's numbers in order, without a gap and without a double, at the offsets that
    /// were acknowledged.
    void check(List<ConsumerRecord<String, String>> read) {
        var next = new long[partitions];
        for (int partition = 0; partition < partitions; partition++) {
            next[partition] = partition;
        }
        for (ConsumerRecord<String, String> record : read) {
            if (record.key().equals(name)) {
                long number = Long.parseLong(record.value().strip());
                assertThat(number)
                        .as("number at offset %d of partition %d", record.offset(), record.partition())
                        .isEqualTo(next[record.partition()]);
                next[record.partition()] = number + partitions;
                assertThat(offsets.getOrDefault(number, record.offset())).isEqualTo(record.offset());
            }
        }
        for (int partition = 0; partition < partitions; partition++) {
            int wanted = partition;
            long last = offsets.keySet().stream()
                    .filter(number -> number % partitions == wanted)
                    .mapToLong(number -> number)
                    .max()
                    .orElse(-1);
            assertThat(next[partition]).as("end of partition %d", partition).isGreaterThan(last);
        }
    }
}
