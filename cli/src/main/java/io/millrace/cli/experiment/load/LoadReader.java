package io.millrace.cli.experiment.load;

import io.millrace.cli.experiment.history.RecordId;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;

/// One consumer, a group of its own, that reads along until it is told to end.
///
/// Owned by: its thread.
final class LoadReader implements Runnable {
    private static final Duration POLL_MAX = Duration.ofMillis(200);

    private final int index;
    private final String topic;
    private final KafkaConsumer<byte[], byte[]> consumer;
    private final Journal journal;
    private volatile boolean ending;

    LoadReader(int index, String topic, KafkaConsumer<byte[], byte[]> consumer, Journal journal) {
        this.index = index;
        this.topic = topic;
        this.consumer = consumer;
        this.journal = journal;
    }

    @Override
    public void run() {
        consumer.subscribe(List.of(topic), new Moves());
        while (!ending) {
            try {
                consumer.poll(POLL_MAX).forEach(this::got);
            } catch (KafkaException failed) {
                journal.readerFailed(index, failed);
            }
        }
        consumer.close();
    }

    private void got(ConsumerRecord<byte[], byte[]> found) {
        journal.read(index, found.partition(), found.offset(), RecordId.of(found.value()));
    }

    void end() {
        ending = true;
    }

    /// A group that gives a partition out again also says where to go on.
    private final class Moves implements ConsumerRebalanceListener {
        @Override
        public void onPartitionsAssigned(Collection<TopicPartition> assigned) {
            assigned.forEach(partition -> journal.moved(index, partition.partition()));
        }

        @Override
        public void onPartitionsRevoked(Collection<TopicPartition> revoked) {
            // Nothing to give back: offsets are committed by the client itself.
        }
    }
}
