package io.millrace.cli.experiment.load;

import io.millrace.cli.experiment.history.RecordId;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;

/// One producer that writes at its rate until it is told to end, and lives through everything.
///
/// Owned by: its thread; the client's thread reports to the journal.
final class LoadWriter implements Runnable {
    /// Who is later than this does not catch up: a burst after a pause would measure the burst.
    private static final long LATE_NS_MAX = 1_000_000_000L;

    private final int index;
    private final LoadShape load;
    private final KafkaProducer<byte[], byte[]> producer;
    private final Journal journal;
    private final long[] sequences;
    private double retriesReported;
    private volatile boolean ending;

    LoadWriter(int index, LoadShape load, KafkaProducer<byte[], byte[]> producer, Journal journal) {
        this.index = index;
        this.load = load;
        this.producer = producer;
        this.journal = journal;
        this.sequences = new long[load.partitions()];
    }

    @Override
    public void run() {
        long intervalNs = 1_000_000_000L * load.producers() / load.recordsPerSecond();
        long dueNs = System.nanoTime();
        for (int n = index; !ending; n++) {
            dueNs = Math.max(dueNs + intervalNs, System.nanoTime() - LATE_NS_MAX);
            awaitNs(dueNs);
            send(n % load.partitions());
        }
        producer.close(); // waits for all answers
    }

    private static void awaitNs(long dueNs) {
        for (long leftNs = dueNs - System.nanoTime(); leftNs > 0; leftNs = dueNs - System.nanoTime()) {
            LockSupport.parkNanos(leftNs);
        }
    }

    private void send(int partition) {
        var id = new RecordId(index, partition, sequences[partition]++);
        journal.sent(id);
        long sentNs = System.nanoTime();
        try {
            producer.send(
                    new ProducerRecord<>(load.topic(), partition, null, id.value(load.recordBytes())),
                    (place, error) -> answered(id, error == null ? place.offset() : -1, error, sentNs));
        } catch (KafkaException refused) {
            journal.failed(id, refused);
        }
    }

    private void answered(RecordId id, long offset, @Nullable Exception error, long sentNs) {
        if (error == null) {
            journal.acknowledged(id, offset, sentNs);
        } else {
            journal.failed(id, error);
        }
    }

    /// Tells the journal how often the client tried again since the last call; the application does not see it.
    void reportRetries() {
        double total = producer.metrics().entrySet().stream()
                .filter(metric -> metric.getKey().name().equals("record-retry-total")
                        && metric.getKey().group().equals("producer-metrics"))
                .map(Map.Entry::getValue)
                .mapToDouble(metric -> metric.metricValue() instanceof Double value ? value : 0)
                .sum();
        if (total > retriesReported) {
            journal.retried((long) (total - retriesReported));
            retriesReported = total;
        }
    }

    void end() {
        ending = true;
    }
}
