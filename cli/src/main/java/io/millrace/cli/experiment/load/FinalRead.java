package io.millrace.cli.experiment.load;

import io.millrace.cli.experiment.history.FinalLog;
import io.millrace.cli.experiment.history.RecordId;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/// Reads a whole topic when nobody writes any more.
public final class FinalRead {
    private static final Duration POLL_MAX = Duration.ofMillis(500);
    private static final long LIMIT_NS = Duration.ofMinutes(2).toNanos();

    private FinalRead() {}

    /// @throws IllegalStateException if the end is not reached in time
    public static FinalLog of(String bootstrap, String topic, int partitions) {
        var log = new FinalLog(partitions);
        List<TopicPartition> all = IntStream.range(0, partitions)
                .mapToObj(partition -> new TopicPartition(topic, partition))
                .toList();
        try (var consumer = consumer(bootstrap)) {
            consumer.assign(all);
            consumer.seekToBeginning(all);
            Map<TopicPartition, Long> ends = consumer.endOffsets(all);
            long deadlineNs = System.nanoTime() + LIMIT_NS;
            while (!isAtEnd(consumer, ends)) {
                if (System.nanoTime() > deadlineNs) {
                    throw new IllegalStateException("the end of " + topic + " was not reached: " + ends);
                }
                for (ConsumerRecord<byte[], byte[]> found : consumer.poll(POLL_MAX)) {
                    log.add(found.partition(), found.offset(), RecordId.of(found.value()));
                }
            }
        }
        return log;
    }

    private static boolean isAtEnd(KafkaConsumer<byte[], byte[]> consumer, Map<TopicPartition, Long> ends) {
        return ends.entrySet().stream().allMatch(end -> consumer.position(end.getKey()) >= end.getValue());
    }

    private static KafkaConsumer<byte[], byte[]> consumer(String bootstrap) {
        return new KafkaConsumer<>(
                Map.of(
                        ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                        bootstrap,
                        ConsumerConfig.METRIC_REPORTER_CLASSES_CONFIG,
                        ""),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
    }
}
