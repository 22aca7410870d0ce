package io.millrace.cli.bench;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/// Reads its partitions from their present end on and measures how long each record was under way. Ends when the
/// load's time is over and nothing has come for a while.
///
/// Owned by: its thread, after it was made.
final class LoadConsumer implements Runnable {
    private static final Duration POLL = Duration.ofMillis(100);
    private static final long SILENT_NS = 1_000_000_000L;

    private final Consumer<byte[], byte[]> consumer;
    private final Meter meter;
    private final long endNs;

    LoadConsumer(Consumer<byte[], byte[]> consumer, List<TopicPartition> partitions, Meter meter, long endNs) {
        this.consumer = consumer;
        this.meter = meter;
        this.endNs = endNs;
        consumer.assign(partitions);
        consumer.seekToEnd(partitions);
        partitions.forEach(consumer::position); // asks now, before the first record is sent
    }

    @Override
    public void run() {
        long lastNs = System.nanoTime();
        while (System.nanoTime() < endNs || System.nanoTime() - lastNs < SILENT_NS) {
            for (ConsumerRecord<byte[], byte[]> entry : consumer.poll(POLL)) {
                lastNs = System.nanoTime();
                meter.done(ByteBuffer.wrap(entry.value()).getLong(), lastNs);
            }
        }
        consumer.close();
    }
}
